import type { Evidence, Violation } from './evidence.ts';
import type { SendingEntry } from './sending-log.ts';

/**
 * Promise 12: a fault is charged to the party that made it. What the workers reported is compared
 * with what the receivers are known to do.
 */
export function checkBlame(evidence: Evidence): Violation[] {
  return [...unfairFailures(evidence), ...unfairOpenings(evidence), ...spentByOwnFaults(evidence)].map(
    (what) => ({ promise: 12, what }),
  );
}

/** Statuses about one message, and those with which a receiver of a storm asks for a pause. */
const notAboutTheEndpoint: ReadonlySet<number | undefined> = new Set([400, 409, 413, 415, 422, 429, 503]);

function countsAgainstEndpoint({ kind, outcome, status }: SendingEntry): boolean {
  if (kind !== 'attempted' || outcome === 'delivered' || outcome === 'gone') return false;
  return !notAboutTheEndpoint.has(status);
}

/** An endpoint that is never down fails only if this machine is too slow for its timeout. */
function unfairFailures({ sending, subscriptions }: Evidence): string[] {
  const neverDown = new Set<string>(subscriptions.filter((each) => each.isNeverDown).map(({ id }) => id));
  return sending.entries
    .filter((entry) => neverDown.has(entry.endpointId) && countsAgainstEndpoint(entry))
    .filter(({ outcome }) => outcome !== 'timed-out')
    .map(
      ({ endpointId, outcome, status, reason }) =>
        `${endpointId} was charged with ${[outcome, status, reason].filter(Boolean).join(' ')}, although it was up`,
    );
}

/** A log line arrives at most this much later than a line of another worker that follows it. */
const reorderedMs = 1_000;

/** A circuit breaker opens after failures of the endpoint only. */
function unfairOpenings({ sending }: Evidence): string[] {
  const failures = sending.entries.filter(countsAgainstEndpoint);
  return sending.entries.flatMap(({ kind, endpointId, atMs, failuresInARow = 0 }) => {
    if (kind !== 'breaker-opened') return [];
    const before = failures.filter(
      (each) => each.endpointId === endpointId && each.atMs < atMs + reorderedMs,
    );
    if (before.length >= failuresInARow) return [];
    return [
      `the circuit breaker of ${endpointId} opened after ${failuresInARow} failures, but only ${before.length} attempts failed`,
    ];
  });
}

/**
 * A fault of this stack spends no attempt. Numbers of attempts may also be missing because a worker
 * ended, or because a call about the delivery met a fault.
 */
function spentByOwnFaults({ sending, disturbedDeliveries }: Evidence): string[] {
  const byDelivery = Map.groupBy(sending.entries, ({ deliveryId = '' }) => deliveryId);
  return [...byDelivery].flatMap(([deliveryId, entries]) => {
    const known = { attempt: 0, atMs: 0, blocked: 0 };
    const spent: string[] = [];
    for (const { kind, attempt = 0, atMs } of entries) {
      if (kind === 'blocked') known.blocked += 1;
      if (kind !== 'attempted') continue;
      const missing = attempt - known.attempt - 1;
      const ended = sending.endedAtMs.filter(
        (each) => each > known.atMs - reorderedMs && each < atMs + reorderedMs,
      );
      const excused = ended.length + (disturbedDeliveries.get(deliveryId) ?? 0);
      if (known.blocked > 0 && missing > excused)
        spent.push(
          `${deliveryId} lost ${missing} attempts between its attempts ${known.attempt} and ${attempt}, while this stack could not send`,
        );
      Object.assign(known, { attempt, atMs, blocked: 0 });
    }
    return spent;
  });
}
