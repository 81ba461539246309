import { checkBlame } from './check-blame.ts';
import { checkCommands } from './check-commands.ts';
import { checkEchoes } from './check-echoes.ts';
import { checkRowReports } from './check-edited.ts';
import { checkErased } from './check-erased.ts';
import { checkMessages, checkOneWorkerAtATime } from './check-messages.ts';
import { checkOrder } from './check-ordered.ts';
import { checkOverwritten } from './check-overwritten.ts';
import { checkParked } from './check-parked.ts';
import { checkPermissions } from './check-permissions.ts';
import {
  checkBackwards,
  checkContiguous,
  checkLinks,
  checkRedaction,
  checkTruth,
  excusedPaths,
  type Tolerance,
} from './check-records.ts';
import { checkReminders } from './check-reminders.ts';
import type { Evidence, Violation } from './evidence.ts';

/** Checks what must hold after the storm, once the stage is quiescent. */
export function checkAfterStorm(evidence: Evidence, tolerance: Tolerance): Violation[] {
  return [...checkTruth(evidence, excusedPaths(evidence), 1), ...checkAlways(evidence, tolerance)];
}

/**
 * Checks what must hold after a full reconciliation: as after the storm, but no record is excused.
 */
export function checkAfterReconcile(evidence: Evidence, tolerance: Tolerance): Violation[] {
  const all = checkTruth(evidence, new Set(), 10);
  return [...all, ...checkLinks(evidence), ...checkAlways(evidence, tolerance)];
}

function checkAlways(evidence: Evidence, tolerance: Tolerance): Violation[] {
  return [
    ...evidence.unfinished.map((what): Violation => ({ promise: 1, what: `work is left: ${what}` })),
    ...checkContiguous(evidence),
    ...checkBackwards(evidence, tolerance),
    ...checkRedaction(evidence),
    ...checkErased(evidence),
    ...checkRowReports(evidence),
    ...checkMessages(evidence),
    ...checkOneWorkerAtATime(evidence),
    ...checkOrder(evidence),
    ...checkParked(evidence),
    ...checkQuota(evidence),
    ...checkBlame(evidence),
    ...checkCommands(evidence, tolerance),
    ...checkOverwritten(evidence, tolerance),
    ...checkEchoes(evidence),
    ...checkPermissions(evidence, tolerance),
    ...checkReminders(evidence),
    ...evidence.sightings.map(
      ({ place, text }): Violation => ({
        promise: 6,
        what: `found in ${place}: ${text.slice(0, 300)}`,
      }),
    ),
  ];
}

function checkQuota({ quotaThrottled }: Evidence): Violation[] {
  if (quotaThrottled === 0) return [];
  return [
    {
      promise: 4,
      what: `Partner Central refused ${quotaThrottled} calls because a quota was exceeded`,
    },
  ];
}
