import type { Attempt, Delivery, DeliveryStatus } from '../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';

/** A stored delivery. */
export interface DeliveryRow extends Delivery {
  readonly status: DeliveryStatus;
  readonly attemptNumber: number;
  readonly attempts: readonly Attempt[];
  /** Set while it is pending. */
  readonly dueAt?: Instant | undefined;
  /** Set while it waits for its predecessor. */
  readonly waitsFor?: DeliveryId | undefined;
  /** Set when it is exhausted. */
  readonly reason?: string | undefined;
}

export interface InMemoryDeliveryStore extends DeliveryStore {
  find(id: DeliveryId): DeliveryRow | undefined;
  rows(): readonly DeliveryRow[];
}

export function inMemoryDeliveryStore(): InMemoryDeliveryStore {
  const rows = new Map<DeliveryId, DeliveryRow>();
  /** Changes a row if a condition holds. Returns the changed row, or undefined. */
  const change = (
    id: DeliveryId,
    condition: (row: DeliveryRow) => boolean,
    changes: (row: DeliveryRow) => Partial<DeliveryRow>,
  ) => {
    const row = rows.get(id);
    if (!row || !condition(row)) return undefined;
    const changed = { ...row, ...changes(row) };
    rows.set(id, changed);
    return structuredClone(changed);
  };
  return {
    async add(delivery, now, status = 'pending') {
      const row = rows.get(delivery.id);
      if (row) return isOfDelivery(row, delivery) ? 'exists' : 'conflict';
      const dueAt = status === 'pending' ? now : undefined;
      rows.set(delivery.id, { ...identityOf(delivery), status, attemptNumber: 0, attempts: [], dueAt });
      return 'added';
    },
    async claim(id, now, leaseEndsAt) {
      const claimed = change(
        id,
        (row) => isDue(row, now),
        ({ attemptNumber }) => ({
          attemptNumber: attemptNumber + 1,
          dueAt: leaseEndsAt,
          waitsFor: undefined,
        }),
      );
      if (!claimed) return undefined;
      const { attemptNumber, attempts } = claimed;
      const lastAttemptAt = attemptNumber > 1 ? attempts.at(-1)?.startedAt : undefined;
      return {
        ...identityOf(claimed),
        attemptNumber,
        ...(lastAttemptAt && { lastAttemptAt }),
        replayed: false,
      };
    },
    async settle(claimed, attempt, settlement) {
      const written = change(
        claimed.id,
        (row) => row.status === 'pending' && mayWrite(row, claimed, settlement),
        (row) => applySettlement(row, structuredClone(attempt), settlement),
      );
      return written ? 'settled' : 'superseded';
    },
    async state(id) {
      const row = rows.get(id);
      if (!row) return undefined;
      const { endpointId, status, wanted, dueAt } = row;
      return { endpointId, status, wanted, dueAt };
    },
    postpone: async (id, now, dueAt) =>
      change(
        id,
        (row) => isDue(row, now),
        () => ({ dueAt }),
      )
        ? 'postponed'
        : 'unchanged',
    wake: async (id, now) =>
      change(
        id,
        ({ status, waitsFor }) => status === 'pending' && waitsFor !== undefined,
        () => ({ dueAt: now, waitsFor: undefined }),
      )
        ? 'woken'
        : 'unchanged',
    release: async (id, now) =>
      change(
        id,
        ({ status }) => status === 'held',
        () => ({ status: 'pending', attemptNumber: 0, dueAt: now }),
      )
        ? 'released'
        : 'unchanged',
    async revive(id, now) {
      change(
        id,
        ({ status }) => status === 'exhausted',
        () => ({ status: 'pending', attemptNumber: 0, dueAt: now, reason: undefined }),
      );
    },
    due: async (now, limit) =>
      [...rows.values()]
        .filter((row) => isDue(row, now))
        .toSorted((a, b) => dueMsOf(a) - dueMsOf(b))
        .slice(0, limit)
        .map(({ id, dueAt }) => ({ id, dueAt })),
    find: (id) => structuredClone(rows.get(id)),
    rows: () => structuredClone([...rows.values()]),
  };
}

function identityOf(delivery: Delivery): Delivery {
  const { id, messageId, previousMessageId, endpointId, version, correlationId, wanted } = delivery;
  return structuredClone({ id, messageId, previousMessageId, endpointId, version, correlationId, wanted });
}

function isOfDelivery(row: DeliveryRow, { messageId, endpointId, version }: Delivery): boolean {
  return (
    row.messageId === messageId &&
    row.endpointId === endpointId &&
    recordPath(row.version) === recordPath(version) &&
    row.version.version === version.version
  );
}

function isDue(row: DeliveryRow, now: Instant): boolean {
  return row.status === 'pending' && dueMsOf(row) <= epochMsOf(now);
}

function dueMsOf({ dueAt }: DeliveryRow): number {
  return dueAt === undefined ? Number.POSITIVE_INFINITY : epochMsOf(dueAt);
}

/** A success is always recorded. Any other settlement needs the newest claim. */
function mayWrite(row: DeliveryRow, claimed: ClaimedDelivery, { status }: Settlement): boolean {
  return status === 'delivered' || row.attemptNumber === claimed.attemptNumber;
}

function applySettlement(
  row: DeliveryRow,
  attempt: Attempt | undefined,
  settlement: Settlement,
): Partial<DeliveryRow> {
  const attempts = attempt ? [...row.attempts, attempt] : row.attempts;
  const isOpen = settlement.status === 'pending' || settlement.status === 'held';
  const givenBack = isOpen && !attempt ? 1 : 0;
  return { dueAt: undefined, ...settlement, attempts, attemptNumber: row.attemptNumber - givenBack };
}
