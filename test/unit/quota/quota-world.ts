import type { QuotaLedgerStore } from '../../../lambdas/ports/quota-ledger-store.ts';
import type { Random } from '../../../lambdas/ports/random.ts';
import type { ReadQuota } from '../../../lambdas/ports/read-quota.ts';
import type { ReadLimits, ReadPurpose } from '../../../lambdas/quota/ledger.ts';
import { readLimiter } from '../../../lambdas/quota/read-limiter.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { type InMemoryQuotaLedger, inMemoryQuotaLedger } from '../../fakes/in-memory-quota-ledger.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { type RecordedMetrics, recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { type VirtualTime, virtualTime } from '../../fakes/virtual-time.ts';

export interface Worker {
  readonly name: string;
  readonly purpose?: ReadPurpose;
  readonly skewMs?: number;
  readonly patienceMs?: number;
  /** How late a sleep of this worker ends. */
  readonly lateMs?: () => number;
}

export interface QuotaWorld {
  readonly time: VirtualTime;
  readonly ledger: InMemoryQuotaLedger;
  readonly log: RecordedLog;
  readonly random: Random;
  /** Values of ReadsUsedOfDay, in the order of the reservations; none below half of the limit. */
  readonly spent: number[];
  readonly metrics: RecordedMetrics<'ReadsThrottled' | 'RowsUnreadable', 'ReadsUsedOfDay'>;
  readonly worker: (worker: Worker) => ReadQuota;
}

/** Workers that share one ledger with latency. Each has its own clock. */
export function quotaWorld({
  limits = { perSecond: 10, perDay: 100_000 },
  seed = 1,
  latencyMs = 4,
}: {
  limits?: ReadLimits;
  seed?: number;
  /** Average duration of a call of the store. */
  latencyMs?: number;
} = {}): QuotaWorld {
  const time = virtualTime();
  const ledger = inMemoryQuotaLedger();
  const log = recordedLog();
  const random: Random = { next: seededRandom(seed) };
  const spent: number[] = [];
  const metrics = recordedMetrics<'ReadsThrottled' | 'RowsUnreadable', 'ReadsUsedOfDay'>();
  const wire = time.clock();
  const underWay = () => wire.sleep(2 * latencyMs * random.next());
  const store: QuotaLedgerStore = {
    async read() {
      await underWay();
      const found = await ledger.read();
      await underWay();
      return found;
    },
    async write(written, revision) {
      await underWay();
      const outcome = await ledger.write(written, revision);
      await underWay();
      return outcome;
    },
  };
  return {
    time,
    ledger,
    log,
    random,
    spent,
    metrics,
    worker: ({ name, purpose = 'record', skewMs = 0, patienceMs = 20_000, lateMs }) =>
      readLimiter({
        ledger: store,
        limits,
        purpose,
        patienceMs,
        writer: name,
        clock: time.clock(skewMs, lateMs),
        random,
        log,
        metrics: { ...metrics, level: (_, readsOfDay) => void spent.push(readsOfDay) },
      }),
  };
}

export interface Watched {
  outcome?: 'resolved' | 'rejected';
  reason?: unknown;
}

/** The current state of a promise. */
export function watched(promise: Promise<unknown>): Watched {
  const seen: Watched = {};
  void settle(promise, seen);
  return seen;
}

async function settle(promise: Promise<unknown>, seen: Watched): Promise<void> {
  try {
    await promise;
    seen.outcome = 'resolved';
  } catch (reason) {
    Object.assign(seen, { outcome: 'rejected', reason });
  }
}
