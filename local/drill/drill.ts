import type { DrillStage } from './stage/drill-stage.ts';

/** Makes one alarm fire on a stage, and ends it as the runbook says. */
export interface Drill {
  /** Name of the alarm, and of the drill. */
  readonly alarm: string;
  /** What is broken, in one sentence. */
  readonly fault: string;
  /** Other alarms that rightly fire with it, each with the reason. @default none */
  readonly alsoFires?: Readonly<Record<string, string>>;
  /** Breaks something that can break in a deployment. */
  readonly cause: (stage: DrillStage) => Promise<void>;
  /** Within how many minutes after `cause` the alarm must fire. */
  readonly firesWithinMinutes: number;
  /** What the runbook says under "Do", step by step. */
  readonly mend: readonly MendStep[];
  /** Within how many minutes after the last step all alarms must be OK again. */
  readonly endsWithinMinutes: number;
}

export type MendStep =
  | {
      /** Words of the runbook that say what a person does. */
      readonly words: string;
      /** @default nothing: the person waits */
      readonly perform?: (stage: DrillStage) => Promise<void>;
    }
  | {
      /** A command as the runbook prints it. It must end with exit code 0. */
      readonly command: string;
      /** Returns what stands for the words in capitals of the command. */
      readonly values?: (stage: DrillStage) => Readonly<Record<string, string>>;
    };
