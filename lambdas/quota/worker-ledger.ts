import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import type { Random } from '../ports/random.ts';
import { clockOffsets } from './clock-offsets.ts';
import { callsOfDay, type LedgerUser, type QuotaLedger, type QuotaLimits } from './ledger.ts';
import { ledgerItem, parseLedger } from './ledger-item.ts';
import {
  closeLedger,
  type PermitRequest,
  type Refusal,
  type Reservation,
  reservePermits,
} from './reserve-permits.ts';

export interface WorkerLedgerDeps {
  readonly ledger: QuotaLedgerStore;
  readonly limits: QuotaLimits;
  /** What the ledger counts: log lines name it. */
  readonly calls: 'reads' | 'writes';
  /**
   * Name of this worker. It must be unique: a worker trusts only its own timestamps to the
   * millisecond.
   */
  readonly writer: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<'RowsUnreadable'>;
  /** Reports how many calls of the day are used, from half of the limit. */
  readonly reportUsedOfDay: (calls: number) => void;
}

/**
 * The quota ledger as one of many workers uses it.
 * @throws ServiceError `store.unavailable` (later) from every call.
 */
export interface WorkerLedger {
  /** @param wanted called after the ledger is read: more calls may wait by then */
  reservePermits(purpose: PermitRequest['purpose'], wanted: () => number): Promise<Reservation | Refusal>;
  /** @returns how long the ledger stays closed, milliseconds */
  close(): Promise<number>;
  /**
   * Reads the ledger only to learn the clock offsets of other workers. Does nothing if no other
   * worker is known.
   */
  learnClockOffsets(): Promise<void>;
}

/** A lost race means that another worker made progress: many attempts are normal under load. */
const maxAttempts = 10;
const maxBreatherMs = 20;
/** Retry delay after all attempts have lost their race. */
const contendedMs = 500;

/** The first estimate of the time that a write takes. */
const firstLeadMs = 50;
/**
 * The largest estimate. It must stay below the horizon of `reconcile`, or `reconcile` could
 * reserve nothing.
 */
const longestLeadMs = 500;

export function workerLedger({
  ledger,
  limits,
  calls,
  writer,
  clock,
  random,
  log,
  metrics,
  reportUsedOfDay,
}: WorkerLedgerDeps): WorkerLedger {
  const offsets = clockOffsets(writer);
  let leadMs = firstLeadMs;

  async function readLedger() {
    const { item, revision } = await ledger.read();
    const nowMs = clock.nowMs();
    const parsed = item && parseLedger(item, { writer, nowMs, limits });
    const isRepaired = parsed !== undefined && (parsed.isRepaired || item?.['revision'] !== revision);
    return { parsed, isRepaired, revision, nowMs };
  }

  /** Reads, decides and writes. Starts again if another worker wrote in between. */
  async function update<T>(
    decide: (
      current: QuotaLedger | undefined,
      user: LedgerUser,
    ) => { written?: QuotaLedger | undefined; result: T },
  ): Promise<T | undefined> {
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      const { parsed, isRepaired, revision, nowMs } = await readLedger();
      if (parsed && isRepaired) {
        // Written before it is used: an assumption from the time of one read must not move with the
        // next read.
        const outcome = await ledger.write(ledgerItem(parsed.ledger), revision);
        if (outcome === 'written') {
          metrics.count('RowsUnreadable');
          log.warn('quota.mended', { calls, revision });
        }
        continue;
      }
      const offsetMs = parsed ? offsets.learnOffsetMs(parsed.ledger, nowMs) : 0;
      const { written, result } = decide(parsed?.ledger, { writer, nowMs, offsetMs });
      if (!written) return result;
      const outcome = await ledger.write(ledgerItem(written), revision);
      leadMs = Math.min(Math.max(clock.nowMs() - nowMs, leadMs / 2), longestLeadMs);
      if (outcome === 'written') return result;
      await clock.sleep(random.next() * maxBreatherMs);
    }
    return undefined;
  }

  return {
    async reservePermits(purpose, wanted) {
      let usedOfDay: number | undefined;
      const answer = await update((current, user) => {
        const result = reservePermits(current, { ...user, purpose, wanted: wanted(), leadMs }, limits);
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
      const closure = await update((current, user) => {
        const result = closeLedger(current, user);
        return { written: result.ledger, result };
      });
      const { closedForMs = contendedMs, ledger: closed } = closure ?? {};
      if (closed) log.warn('quota.closed', { calls, closedForMs, closures: closed.closures });
      return closedForMs;
    },
    async learnClockOffsets() {
      if (offsets.workerCount() === 0) return;
      const { parsed, isRepaired, nowMs } = await readLedger();
      if (parsed && !isRepaired) offsets.learnOffsetMs(parsed.ledger, nowMs);
    },
  };
}
