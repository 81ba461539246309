import { callsOfDay } from './ledger.ts';
import {
  closeLedger,
  type PermitRequest,
  type Refusal,
  type Reservation,
  reservePermits,
} from './reserve-permits.ts';
import { ledgerUpdates, type UpdateLedgerDeps } from './update-ledger.ts';

export interface WorkerLedgerDeps extends UpdateLedgerDeps {
  /** Reports how many calls of the day are used, from half of the limit. */
  readonly reportUsedOfDay: (calls: number) => void;
}

/**
 * The quota ledger as one of many workers uses it.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface WorkerLedger {
  /** @param ask called after the ledger is read: more calls may wait by then */
  reservePermits(
    purpose: PermitRequest['purpose'],
    ask: () => Pick<PermitRequest, 'wanted' | 'withinMs'>,
  ): Promise<Reservation | Refusal>;
  /** @returns how long the ledger stays closed, milliseconds */
  close(): Promise<number>;
  /**
   * Reads the ledger only to learn the clock offsets of other workers. Does nothing while no other
   * worker uses it, or if their offsets are precise.
   */
  learnClockOffsets(): Promise<void>;
}

/** Retry delay after all attempts have lost their race. */
const contendedMs = 500;

export function workerLedger(deps: WorkerLedgerDeps): WorkerLedger {
  const { limits, calls, log, reportUsedOfDay } = deps;
  const store = ledgerUpdates(deps);
  return {
    async reservePermits(purpose, ask) {
      let usedOfDay: number | undefined;
      const answer = await store.update((current, user) => {
        const request = { ...user, ...ask(), purpose, leadMs: store.leadMs() };
        const result = reservePermits(current, request, limits);
        const written = 'granted' in result ? result.ledger : undefined;
        const latest = written ?? current;
        usedOfDay = latest && callsOfDay(latest, user.nowMs);
        return { written, result };
      });
      // Also if nothing was granted: a quota that is used up must not look like an unused one.
      if (usedOfDay !== undefined && usedOfDay >= limits.perDay / 2) reportUsedOfDay(usedOfDay);
      return answer ?? { limit: 'rate', waitMs: contendedMs };
    },
    async close() {
      const closure = await store.update((current, user) => {
        const result = closeLedger(current, user);
        return { written: result.ledger, result };
      });
      const { closedForMs = contendedMs, ledger: closed } = closure ?? {};
      if (closed) log.warn('quota.closed', { calls, closedForMs, closures: closed.closures });
      return closedForMs;
    },
    learnClockOffsets: () => store.learnClockOffsets(),
  };
}
