import type { TruthComparison } from './truth-check.ts';

/**
 * The result of a run, counted on the bus, at the simulator, in tables and queues, and at the
 * receiver.
 */
export interface Result {
  readonly events: number;
  readonly reads: number;
  readonly versions: number;
  /** Number of distinct webhook ids received. */
  readonly messages: number;
  readonly delivered: number;
  readonly verified: number;
  readonly duplicateDeliveries: number;
  readonly lost: number;
  readonly stale: number;
  readonly parked: number;
  readonly elapsedMs: number;
}

export interface Check {
  readonly name: string;
  readonly holds: boolean;
  /** A few examples of violations. */
  readonly found: readonly string[];
}

/** At most this many violations of a check are printed. */
const maxExamples = 5;

export function check(name: string, violations: readonly string[]): Check {
  return { name, holds: violations.length === 0, found: violations.slice(0, maxExamples) };
}

export function verdictChecks({ lost, stale, wrong }: TruthComparison): Check[] {
  return [
    check('promise 1, nothing is lost: every version is stored and was received', lost),
    check('promise 2, nothing goes backwards: the newest states equal Partner Central', stale),
    check('promise 3, versions are contiguous, messages stable, and changes complete', wrong),
  ];
}
