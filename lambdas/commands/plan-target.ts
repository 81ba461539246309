import type { JsonObject } from '../core/json.ts';
import type { LineKey } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';

/** The record that a command is about: a stored one, or one that a command creates. */
export interface PlanTarget {
  readonly line: LineKey;
  /** The members as far as they are known. */
  readonly payload: JsonObject;
  /** Undefined if it is not stored yet. */
  readonly stored?: RecordState | undefined;
}
