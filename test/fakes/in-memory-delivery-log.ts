import type { DeliveryLog, DeliveryQuery } from '../../bin/pcr/stores/delivery-log.ts';
import { maxClockSkewMs } from '../../lambdas/core/clock-skew.ts';
import type { Delivery, DeliveryEntry } from '../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { addMs, type Instant } from '../../lambdas/core/instant.ts';
import { longestLeaseMs } from '../../lambdas/core/retry-schedule.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type DeliveryRow, identityOf } from './in-memory-delivery-store.ts';

/** What operators see of the rows of an in-memory delivery store, and how they move them. */
export function inMemoryDeliveryLog(rows: Map<DeliveryId, DeliveryRow>): DeliveryLog {
  const change = (
    id: DeliveryId,
    condition: (row: DeliveryRow) => boolean,
    changes: Partial<DeliveryRow>,
  ): boolean => {
    const row = rows.get(id);
    if (!row || !condition(row)) return false;
    rows.set(id, deepFreeze({ ...row, ...changes }));
    return true;
  };
  async function* list(query: DeliveryQuery): AsyncIterable<DeliveryEntry> {
    const newestFirst = [...rows.values()].toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    // During its first attempt a row is in no index.
    for (const row of newestFirst)
      if (!row.firstAttempt && isSelected(row, query))
        yield { ...entryOf(row), attempts: undefined, correlationId: undefined, replayId: undefined };
  }
  return {
    async find(id) {
      const row = rows.get(id);
      if (!row?.problems) return row && entryOf(row);
      const { endpointId, createdAt, problems: unreadable } = row;
      return { id, endpointId, createdAt, unreadable };
    },
    rows: list,
    list,
    async release(id, now) {
      const released = { status: 'pending', attemptNumber: 0, dueAt: now, usedAt: now } as const;
      return change(id, ({ status }) => status === 'held', released) ? 'released' : 'unchanged';
    },
    async hurry(id, now) {
      const leaseEndsAt = addMs(now, longestLeaseMs + maxClockSkewMs);
      const isLate = ({ status, dueAt }: DeliveryRow) =>
        status === 'pending' && dueAt !== undefined && dueAt > leaseEndsAt;
      return change(id, isLate, { dueAt: now }) ? 'hurried' : 'unchanged';
    },
    async replay(delivery, dueAt, replayId) {
      const row = rows.get(delivery.id);
      if (row && !isMoved(row, delivery, replayId)) return 'already';
      rows.set(delivery.id, deepFreeze(replayedRow(row, delivery, dueAt, replayId)));
      return 'moved';
    },
    async cancel(id, reason) {
      const cancelled = { status: 'cancelled', reason, dueAt: undefined, waitsFor: undefined } as const;
      return change(id, isOpen, cancelled) ? 'cancelled' : 'unchanged';
    },
  };
}

function entryOf(row: DeliveryRow): DeliveryEntry {
  const { status, attemptNumber, attempts, createdAt, dueAt, reason, replayId } = row;
  return { ...identityOf(row), status, attemptNumber, createdAt, dueAt, reason, replayId, attempts };
}

function isSelected(
  { endpointId, createdAt, status }: DeliveryRow,
  { endpointId: wanted, since, until, statuses }: DeliveryQuery,
): boolean {
  if (endpointId !== wanted || (statuses && !statuses.includes(status))) return false;
  return (since === undefined || createdAt >= since) && (until === undefined || createdAt <= until);
}

function isMoved({ status, replayId }: DeliveryRow, { wanted }: Delivery, by: string): boolean {
  const mayMove = wanted ? status !== 'pending' && status !== 'held' : status === 'skipped';
  return mayMove && replayId !== by;
}

function replayedRow(
  row: DeliveryRow | undefined,
  delivery: Delivery,
  dueAt: Instant,
  replayId: string,
): DeliveryRow {
  const { previousMessageId, correlationId, ...given } = identityOf(delivery);
  return {
    ...row,
    ...structuredClone(given),
    // If unknown, the stored ones stay.
    previousMessageId: previousMessageId ?? row?.previousMessageId,
    correlationId: correlationId ?? row?.correlationId,
    status: 'pending',
    attemptNumber: 0,
    attempts: row?.attempts ?? [],
    createdAt: row?.createdAt ?? dueAt,
    usedAt: dueAt,
    dueAt,
    waitsFor: undefined,
    reason: undefined,
    replayId,
  };
}

function isOpen({ status }: DeliveryRow): boolean {
  return status === 'pending' || status === 'held';
}
