import type { Attempt, Delivery } from '../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';

/** What stands in the store of one delivery. */
export interface DeliveryRow extends Delivery {
  readonly status: Settlement['status'];
  readonly attemptNumber: number;
  readonly attempts: readonly Attempt[];
  /** While it is pending. */
  readonly dueAt?: Instant | undefined;
  /** Once it is exhausted. */
  readonly reason?: string | undefined;
}

export interface InMemoryDeliveryStore extends DeliveryStore {
  find(id: DeliveryId): DeliveryRow | undefined;
}

export function inMemoryDeliveryStore(): InMemoryDeliveryStore {
  const rows = new Map<DeliveryId, DeliveryRow>();
  return {
    async add(delivery, now) {
      if (rows.has(delivery.id)) return 'exists';
      const { id, messageId, endpointId, version } = structuredClone(delivery);
      const row = { id, messageId, endpointId, version, attemptNumber: 0, attempts: [], dueAt: now };
      rows.set(id, { ...row, status: 'pending' });
      return 'added';
    },
    async claim(id, now, leaseEndsAt) {
      const row = rows.get(id);
      if (!row || !isDue(row, now)) return undefined;
      const claimed = { ...row, attemptNumber: row.attemptNumber + 1, dueAt: leaseEndsAt };
      rows.set(id, claimed);
      const { messageId, endpointId, version, attemptNumber } = structuredClone(claimed);
      return { id, messageId, endpointId, version, attemptNumber };
    },
    async settle(claimed, attempt, settlement) {
      const row = rows.get(claimed.id);
      if (row?.status !== 'pending' || !mayWrite(row, claimed, settlement)) return 'superseded';
      rows.set(claimed.id, settled(row, structuredClone(attempt), settlement));
      return 'settled';
    },
    async revive(id, now) {
      const row = rows.get(id);
      if (row?.status !== 'exhausted') return;
      rows.set(id, { ...row, status: 'pending', attemptNumber: 0, dueAt: now, reason: undefined });
    },
    due: async (now, limit) =>
      [...rows.values()]
        .filter((row) => isDue(row, now))
        .toSorted((a, b) => dueMsOf(a) - dueMsOf(b))
        .slice(0, limit)
        .map(({ id }) => id),
    find: (id) => structuredClone(rows.get(id)),
  };
}

function isDue(row: DeliveryRow, now: Instant): boolean {
  return row.status === 'pending' && dueMsOf(row) <= epochMsOf(now);
}

function dueMsOf({ dueAt }: DeliveryRow): number {
  return dueAt === undefined ? Number.POSITIVE_INFINITY : epochMsOf(dueAt);
}

/** What was delivered is written whoever holds the claim; anything else is the newest claim's to write. */
function mayWrite(row: DeliveryRow, claimed: ClaimedDelivery, { status }: Settlement): boolean {
  return status === 'delivered' || row.attemptNumber === claimed.attemptNumber;
}

function settled(row: DeliveryRow, attempt: Attempt | undefined, settlement: Settlement): DeliveryRow {
  const attempts = attempt ? [...row.attempts, attempt] : row.attempts;
  const givenBack = settlement.status === 'pending' && !attempt ? 1 : 0;
  return { ...row, dueAt: undefined, ...settlement, attempts, attemptNumber: row.attemptNumber - givenBack };
}
