import { checkMessages, checkOneWorkerAtATime } from './check-messages.ts';
import { checkOrder } from './check-ordered.ts';
import { checkParked } from './check-parked.ts';
import {
  checkBackwards,
  checkContiguous,
  checkLinks,
  checkRedaction,
  checkTruth,
  excusedPaths,
  type Tolerance,
} from './check-records.ts';
import type { Evidence, Violation } from './evidence.ts';

/** What must hold once the storm is over and all work has come to its end. */
export function checkAfterStorm(evidence: Evidence, tolerance: Tolerance): Violation[] {
  return [...checkTruth(evidence, excusedPaths(evidence), 'truth'), ...checkAlways(evidence, tolerance)];
}

/** What must hold once `reconcile` has compared everything: the same, and no record is excused any more. */
export function checkAfterReconcile(evidence: Evidence, tolerance: Tolerance): Violation[] {
  const all = checkTruth(evidence, new Set(), 'repaired');
  return [...all, ...checkLinks(evidence), ...checkAlways(evidence, tolerance)];
}

function checkAlways(evidence: Evidence, tolerance: Tolerance): Violation[] {
  return [
    ...evidence.unfinished.map((what): Violation => ({ promise: 'rest', what: `unfinished: ${what}` })),
    ...checkContiguous(evidence),
    ...checkBackwards(evidence, tolerance),
    ...checkRedaction(evidence),
    ...checkMessages(evidence),
    ...checkOneWorkerAtATime(evidence),
    ...checkOrder(evidence),
    ...checkParked(evidence),
    ...checkQuota(evidence),
    ...evidence.sightings.map(
      ({ place, text }): Violation => ({
        promise: 'canary',
        what: `seen in ${place}: ${text.slice(0, 300)}`,
      }),
    ),
  ];
}

function checkQuota({ quotaThrottled }: Evidence): Violation[] {
  if (quotaThrottled === 0) return [];
  return [
    {
      promise: 'quota',
      what: `Partner Central refused ${quotaThrottled} reads because the quota was used up`,
    },
  ];
}
