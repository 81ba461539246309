import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { QuotaLedgerStore, StoredLedger } from '../ports/quota-ledger-store.ts';
import type { Random } from '../ports/random.ts';
import { clockOffsets } from './clock-offsets.ts';
import type { LedgerUser, QuotaLedger, QuotaLimits } from './ledger.ts';
import { ledgerItem, parseLedger } from './ledger-item.ts';

export interface UpdateLedgerDeps {
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
}

type Decide<T> = (
  current: QuotaLedger | undefined,
  user: LedgerUser,
) => { readonly written?: QuotaLedger | undefined; readonly result: T };

export interface LedgerUpdates {
  /**
   * Decides and writes. Starts again if another worker wrote in between.
   * @returns undefined after too many lost races
   */
  update<T>(decide: Decide<T>): Promise<T | undefined>;
  /** How long a write takes, milliseconds. */
  leadMs(): number;
  /** See `WorkerLedger`. */
  learnClockOffsets(): Promise<void>;
}

/** A lost race means that another worker made progress: many attempts are normal under load. */
const maxAttempts = 10;
const maxBreatherMs = 20;
/** The first estimate of the time that a write takes. */
const firstLeadMs = 50;
/**
 * The smallest estimate: a write that takes longer than the one before would lose its permits, and
 * cost another write.
 */
const leastLeadMs = 40;
/** The largest estimate. A reservation takes at most half of its horizon, see `reservePermits`. */
const longestLeadMs = 500;

/**
 * Updates of the ledger under an optimistic lock. A worker that wrote the ledger last decides on
 * what it remembers: if it is alone, a reservation takes one call.
 */
export function ledgerUpdates(deps: UpdateLedgerDeps): LedgerUpdates {
  const { ledger, limits, writer, clock, random } = deps;
  const offsets = clockOffsets(writer);
  let leadMs = firstLeadMs;
  let own: StoredLedger | undefined;

  function parse({ item, revision }: StoredLedger) {
    const nowMs = clock.nowMs();
    const parsed = item && parseLedger(item, { writer, nowMs, limits });
    const isRepaired = parsed !== undefined && (parsed.isRepaired || item?.['revision'] !== revision);
    const offsetMs = parsed && !isRepaired ? offsets.learnOffsetMs(parsed.ledger, nowMs) : 0;
    return { parsed, isRepaired, user: { writer, nowMs, offsetMs } };
  }

  /** Returns the stored ledger if it is not the remembered one any more. */
  async function tryWrite(written: QuotaLedger, before: StoredLedger) {
    const item = ledgerItem(written);
    const outcome =
      before === own ? await ledger.replaceOwn(item, before) : await ledger.write(item, before.revision);
    const revision = before.revision + 1;
    own = outcome === 'written' ? { item: { ...item, revision }, revision } : undefined;
    return outcome;
  }

  /**
   * Written before it is used: an assumption from the time of one read must not move with the next
   * read.
   */
  async function repair(repaired: QuotaLedger, { revision }: StoredLedger): Promise<void> {
    if ((await ledger.write(ledgerItem(repaired), revision)) !== 'written') return;
    deps.metrics.count('RowsUnreadable');
    deps.log.warn('quota.mended', { calls: deps.calls, revision });
  }

  return {
    async update(decide) {
      // As a read would: calls that begin in the same turn of the event loop then share the update.
      if (own) await clock.sleep(0);
      let known = own;
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        const isRemembered = known !== undefined && known === own;
        const stored = known ?? (await ledger.read());
        known = undefined;
        const { parsed, isRepaired, user } = parse(stored);
        if (parsed && isRepaired) {
          await repair(parsed.ledger, stored);
          continue;
        }
        const { written, result } = decide(parsed?.ledger, user);
        if (!written) {
          // Only what is stored may refuse: an operator may have freed the quota.
          if (isRemembered) continue;
          return result;
        }
        const outcome = await tryWrite(written, stored);
        leadMs = Math.min(Math.max(clock.nowMs() - user.nowMs, leadMs / 2, leastLeadMs), longestLeadMs);
        if (outcome === 'written') return result;
        if (outcome === 'raced') await clock.sleep(random.next() * maxBreatherMs);
        else known = outcome;
      }
      return undefined;
    },
    leadMs: () => leadMs,
    async learnClockOffsets() {
      if (offsets.needsWrites(clock.nowMs())) parse(await ledger.read());
    },
  };
}
