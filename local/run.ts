import type { ControlRequest } from './control-door.ts';
import type { FunctionLogs } from './function-logs.ts';
import type { LocalStage } from './local-stage.ts';
import type { Check } from './result.ts';
import type { PlayedRun } from './verdict.ts';

/** A stage that is up, and what is to be played on it: the scenario or recorded samples. */
export interface StagedRun {
  readonly local: LocalStage;
  /** Plays everything and waits until all work is finished. */
  readonly play: () => Promise<ObservedRun>;
  /** Answers `pcr trigger`. */
  readonly control: ControlRequest;
  readonly stop: () => Promise<void>;
}

/** What was played, with everything that is measured or checked outside the stage. */
export interface ObservedRun extends PlayedRun {
  /** Measured figures, ready to print. */
  readonly measured: readonly (readonly [name: string, value: string])[];
  readonly checks: readonly Check[];
}

/** Follows a run while it lasts. */
export interface RunObserver {
  readonly logs: FunctionLogs;
  readonly note: (line: string) => void;
  /** Called after events were put on the bus, with their total so far. */
  readonly onEvents: (total: number) => void;
}

/**
 * The detail-types that end as records. They are listed here again, because a check must not take
 * its expectation from the code under test.
 */
export const hydratedDetailTypes: ReadonlySet<string> = new Set([
  'Opportunity Created',
  'Opportunity Updated',
  'Engagement Invitation Created',
  'Engagement Invitation Accepted',
  'Engagement Invitation Rejected',
  'Engagement Invitation Expired',
  'Engagement Created',
  'Engagement Updated',
  'Engagement Member Added',
  'Engagement Resource Snapshot Created',
]);
