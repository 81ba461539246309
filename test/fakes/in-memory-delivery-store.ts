import type { Attempt, Delivery, DeliveryStatus } from '../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { epochMsOf, type Instant } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';
import { deepFreeze } from './deep-freeze.ts';

/** A stored delivery. */
export interface DeliveryRow extends Delivery {
  readonly status: DeliveryStatus;
  readonly attemptNumber: number;
  readonly attempts: readonly Attempt[];
  readonly createdAt: Instant;
  /** When it last changed. DynamoDB deletes it 30 days later. */
  readonly usedAt: Instant;
  /** Set while it is pending, except during a first attempt. */
  readonly dueAt?: Instant | undefined;
  /** Set while it waits for its predecessor. */
  readonly waitsFor?: DeliveryId | undefined;
  /** Set during the first attempt of a row that was added with it. */
  readonly firstAttempt?: FirstClaim | undefined;
  /** Set when it is exhausted, cancelled or unreadable. */
  readonly reason?: string | undefined;
  /** The last replay that moved it. */
  readonly replayId?: string | undefined;
  /**
   * What a hand edit has made invalid, of what only claims and lists read. Names attributes, never
   * values.
   */
  readonly problems?: readonly string[] | undefined;
}

interface FirstClaim {
  readonly id: string;
  readonly at: Instant;
  readonly until: Instant;
}

export interface InMemoryDeliveryStore extends DeliveryStore {
  find(id: DeliveryId): DeliveryRow | undefined;
  rows(): readonly DeliveryRow[];
}

/** @param rows the stored rows, by id; a caller that keeps the map sees what is stored */
export function inMemoryDeliveryStore(rows: Map<DeliveryId, DeliveryRow> = new Map()): InMemoryDeliveryStore {
  /** Changes a row if a condition holds. Returns the changed row, or undefined. */
  const change = (
    id: DeliveryId,
    condition: (row: DeliveryRow) => boolean,
    changes: (row: DeliveryRow) => Partial<DeliveryRow>,
  ) => {
    const row = rows.get(id);
    if (!row || !condition(row)) return undefined;
    const changed = deepFreeze({ ...row, ...changes(row) });
    rows.set(id, changed);
    return changed;
  };
  return {
    async add(delivery, now, status = 'pending', dueAt = now) {
      const row = rows.get(delivery.id);
      if (!row) {
        const times = { createdAt: now, usedAt: now, dueAt: status === 'pending' ? dueAt : undefined };
        const given = { ...identityOf(delivery), status, attemptNumber: 0, attempts: [], ...times };
        rows.set(delivery.id, deepFreeze(structuredClone(given)));
        return 'added';
      }
      if (!isOfDelivery(row, delivery)) return 'conflict';
      if (!isFirstAttempt(row)) return 'exists';
      if (row.firstAttempt && row.firstAttempt.until > now) return 'attempted';
      change(delivery.id, isFirstAttempt, () => ({ dueAt, createdAt: now, firstAttempt: undefined }));
      return 'exists';
    },
    async claimFirst(delivery, claimId, now, leaseEndsAt) {
      const row = rows.get(delivery.id);
      const claim = { id: claimId, at: now, until: leaseEndsAt };
      const isOwn = row && isFirstAttempt(row) && row.firstAttempt?.id === claimId;
      if (row && !isOwn) return undefined;
      const counts = { status: 'pending', attemptNumber: 1, attempts: [] } as const;
      const given = { ...identityOf(delivery), ...counts, createdAt: now, usedAt: now, firstAttempt: claim };
      rows.set(delivery.id, deepFreeze(structuredClone(given)));
      return { ...identityOf(delivery), attemptNumber: 1, replayed: false, firstClaimedAt: now };
    },
    async claim(id, now, leaseEndsAt) {
      const { problems } = rows.get(id) ?? {};
      if (problems) {
        const reason = problems.join('; ');
        const isSetAside = change(
          id,
          (row) => isDue(row, now),
          () => ({ status: 'unreadable', dueAt: now, reason }),
        );
        if (isSetAside) throw new ServiceError('delivery.unreadable', { deliveryId: id, problems });
        return undefined;
      }
      const claimed = change(
        id,
        (row) => isDue(row, now),
        ({ attemptNumber }) => ({
          attemptNumber: attemptNumber + 1,
          dueAt: leaseEndsAt,
          usedAt: now,
          waitsFor: undefined,
        }),
      );
      if (!claimed) return undefined;
      const { attemptNumber, attempts, replayId } = claimed;
      const lastAttemptAt = attemptNumber > 1 ? attempts.at(-1)?.startedAt : undefined;
      return {
        ...identityOf(claimed),
        attemptNumber,
        ...(lastAttemptAt && { lastAttemptAt }),
        replayed: replayId !== undefined,
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
      const { messageId, endpointId, status, wanted, dueAt, firstAttempt } = row;
      const state = { messageId, endpointId, status, wanted };
      if (!isFirstAttempt(row)) return { ...state, dueAt };
      return { ...state, dueAt: firstAttempt?.until, isFirstAttempt: true };
    },
    postpone: async (id, now, dueAt) =>
      change(
        id,
        (row) => isDue(row, now),
        () => ({ dueAt, usedAt: now }),
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
        () => ({ status: 'pending', attemptNumber: 0, dueAt: now, usedAt: now }),
      )
        ? 'released'
        : 'unchanged',
    async revive(id, now) {
      change(
        id,
        ({ status }) => status === 'exhausted',
        () => ({ status: 'pending', attemptNumber: 0, dueAt: now, usedAt: now, reason: undefined }),
      );
    },
    due: async (now, limit) =>
      [...rows.values()]
        .filter((row) => isDue(row, now))
        .toSorted((a, b) => dueMsOf(a) - dueMsOf(b))
        .slice(0, limit)
        .map(({ id, dueAt }) => ({ id, dueAt })),
    find: (id) => rows.get(id),
    rows: () => [...rows.values()],
  };
}

export function identityOf(delivery: Delivery): Delivery {
  const { id, messageId, previousMessageId, endpointId, version, correlationId, wanted } = delivery;
  return { id, messageId, previousMessageId, endpointId, version, correlationId, wanted };
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

function isFirstAttempt({ status, dueAt }: DeliveryRow): boolean {
  return status === 'pending' && dueAt === undefined;
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
  const isOpen = ['pending', 'held', 'unreadable'].includes(settlement.status);
  const givenBack = isOpen && !attempt ? 1 : 0;
  const ended = { dueAt: undefined, firstAttempt: undefined };
  return { ...ended, ...settlement, attempts, attemptNumber: row.attemptNumber - givenBack };
}
