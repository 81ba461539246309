import type { DrillStage } from './stage/drill-stage.ts';

/** Makes one alarm fire on a stage, and ends it as the runbook says. */
export interface Drill<Stage = DrillStage> {
  /** Name of the alarm, and of the drill. */
  readonly alarm: string;
  /** What is broken, in one sentence. */
  readonly fault: string;
  /** Other alarms that rightly fire with it, each with the reason. @default none */
  readonly alsoFires?: Readonly<Record<string, string>>;
  /** Breaks something that can break in a deployment. */
  readonly cause: (stage: Stage) => Promise<void>;
  /** Within how many minutes after `cause` the alarm must fire. */
  readonly firesWithinMinutes: number;
  /** What the runbook says under "Do", step by step. */
  readonly mend: readonly MendStep<Stage>[];
  /** Within how many minutes after the last step all alarms must be OK again. */
  readonly endsWithinMinutes: number;
}

export type MendStep<Stage = DrillStage> =
  | {
      /** Words of the runbook that say what a person does. */
      readonly words: string;
      /** @default nothing: the person waits */
      readonly perform?: (stage: Stage) => Promise<void>;
    }
  | {
      /** A command as the runbook prints it. It must end with exit code 0. */
      readonly command: string;
      /** Returns what stands for the words in capitals of the command. */
      readonly values?: () => Readonly<Record<string, string>>;
    };
