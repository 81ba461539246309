import type { Json } from '../lambdas/core/json.ts';
import { parsePartnerEvent } from '../lambdas/core/partner-event.ts';
import { type ErrorCode, ServiceError } from '../lambdas/core/service-error.ts';
import type { FunctionLines } from './function-lines.ts';
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
export interface Follower {
  readonly lines: FunctionLines;
  readonly note: (line: string) => void;
  /** Called whenever events were put on the bus, with how many there are by now. */
  readonly onEvents: (total: number) => void;
}

/** The catalogs that the stage is synthesized with. */
const catalogs = new Set(['AWS', 'Sandbox']);

/** What an event is to be parked as; undefined where it names a record. */
export function parkedAs(event: Json): ErrorCode | undefined {
  try {
    const { kind, catalog } = parsePartnerEvent(event);
    return kind === 'unhandled' || !catalogs.has(catalog) ? 'event.unhandled' : undefined;
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}
