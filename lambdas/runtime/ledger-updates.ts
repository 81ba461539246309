import { type LedgerUser, type QuotaLedger, type ReadLimits, readsOfDay } from '../core/quota-ledger.ts';
import { parseLedger } from '../core/quota-ledger-item.ts';
import { type Ask, close, type Refusal, type Reservation, reserve } from '../core/quota-turns.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger.ts';
import type { Random } from '../ports/random.ts';
import { otherClocks } from './other-clocks.ts';

/** How much of the day is used, told after each reservation, and how often Partner Central throttled all the same. */
export type QuotaMetrics = Metrics<'ReadsThrottled', 'ReadsUsedOfDay'>;

export interface LedgerParts {
  readonly ledger: QuotaLedgerStore;
  readonly limits: ReadLimits;
  /** The name of this worker. No other may have it: its own instants are the only ones that it trusts to the millisecond. */
  readonly writer: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: QuotaMetrics;
}

export interface LedgerUpdates {
  /** @param wanted asked once the ledger is read: by then more may want one */
  reserve(purpose: Ask['purpose'], wanted: () => number): Promise<Reservation | Refusal>;
  /** @returns for how long */
  close(): Promise<number>;
  /** Reads it for nothing but the clocks of other workers. Where there are none it does nothing. */
  watch(): Promise<void>;
}

/** How often a lost race is run again: each time somebody else got turns, so it is no failure, only bad luck. */
const mostAttempts = 10;
const breatherMs = 20;
/** After bad luck alone. */
const outOfLuckMs = 500;

/** How long writing may be thought to take, so that a reservation for `reconcile` can still reach beyond it. */
const longestLeadMs = 500;

/** The ledger as one of many workers uses it: read, decide, write on condition, and again where somebody was quicker. */
export function ledgerUpdates({
  ledger,
  limits,
  writer,
  clock,
  random,
  log,
  metrics,
}: LedgerParts): LedgerUpdates {
  const clocks = otherClocks(writer);
  let leadMs = 50;

  async function update<T>(
    decide: (
      current: QuotaLedger | undefined,
      user: LedgerUser,
    ) => { written?: QuotaLedger | undefined; result: T },
  ): Promise<T | undefined> {
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const { item, revision } = await ledger.read();
      const nowMs = clock.nowMs();
      const parsed = item && parseLedger(item, { writer, nowMs, limits });
      if (parsed?.mended) {
        // Made sound before it is used: what had to be assumed from the moment of one reading must not move with the next.
        const outcome = await ledger.write(parsed.ledger, revision);
        if (outcome === 'written') log.warn('quota.mended', { revision });
        continue;
      }
      const offsetMs = parsed ? clocks.offsetMs(parsed.ledger, nowMs) : 0;
      const { written, result } = decide(parsed?.ledger, { writer, nowMs, offsetMs });
      if (!written) return result;
      const outcome = await ledger.write(written, revision);
      leadMs = Math.min(Math.max(clock.nowMs() - nowMs, leadMs / 2), longestLeadMs);
      if (outcome === 'written') return result;
      await clock.sleep(random.next() * breatherMs);
    }
    return undefined;
  }

  return {
    async reserve(purpose, wanted) {
      let usedOfDay: number | undefined;
      const answer = await update((current, user) => {
        const result = reserve(current, { ...user, purpose, wanted: wanted(), leadMs }, limits);
        const ledgerNow = 'granted' in result ? result.ledger : current;
        usedOfDay = ledgerNow && readsOfDay(ledgerNow, user.nowMs);
        return { written: 'granted' in result ? result.ledger : undefined, result };
      });
      // Also where nothing is granted: a quota that is used up must not look like one that nobody uses.
      if (usedOfDay !== undefined) metrics.level('ReadsUsedOfDay', usedOfDay);
      return answer ?? { limit: 'rate', waitMs: outOfLuckMs };
    },
    async close() {
      const closing = await update((current, user) => {
        const result = close(current, user);
        return { written: result.ledger, result };
      });
      const { closedForMs = outOfLuckMs, ledger: closed } = closing ?? {};
      if (closed) log.warn('quota.closed', { closedForMs, closures: closed.closures });
      return closedForMs;
    },
    async watch() {
      if (clocks.known() === 0) return;
      const { item } = await ledger.read();
      const nowMs = clock.nowMs();
      const parsed = item && parseLedger(item, { writer, nowMs, limits });
      if (parsed && !parsed.mended) clocks.offsetMs(parsed.ledger, nowMs);
    },
  };
}
