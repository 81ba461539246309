import type { FunctionLogs } from './function-logs.ts';
import type { LocalStage } from './local-stage.ts';
import type { Check, Result } from './result.ts';

/** A run that is over, with its stage still up. */
export interface Run {
  readonly local: LocalStage;
  readonly result: Result;
  readonly checks: readonly Check[];
  /** What else was measured, ready to be shown. */
  readonly measured: readonly (readonly [name: string, value: string])[];
  readonly stop: () => Promise<void>;
}

/** How a run is followed while it lasts. */
export interface RunObserver {
  readonly lines: FunctionLogs;
  readonly note: (line: string) => void;
  /** Called whenever events were put on the bus, with how many there are by now. */
  readonly onEvents: (total: number) => void;
}

/** The detail-types that end as records, spelled out here: what must become of an event is not for the code under test to say. */
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
