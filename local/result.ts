import type { TruthComparison } from './truth-check.ts';

/** What a run came to: counted on the bus, at the simulator, in the tables, in the queues and at the receiver. */
export interface Result {
  readonly events: number;
  readonly reads: number;
  readonly versions: number;
  /** Distinct webhook ids that arrived. */
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
  /** What was found instead, a few examples. */
  readonly found: readonly string[];
}

/** How many examples of a broken check are worth a person's time. */
const examples = 5;

export function check(name: string, violations: readonly string[]): Check {
  return { name, holds: violations.length === 0, found: violations.slice(0, examples) };
}

export function verdictChecks({ lost, stale, wrong }: TruthComparison): Check[] {
  return [
    check('nothing is lost: every record is in the table, every version came to the receiver', lost),
    check('nothing is stale: the table and the newest message are what Partner Central holds', stale),
    check(
      'every message is right: its changes lead from version to version, type and cause fit, repeats are the same',
      wrong,
    ),
  ];
}
