import type { Quota } from '../../../lambdas/ports/quota.ts';
import type { QuotaLedgerStore } from '../../../lambdas/ports/quota-ledger-store.ts';
import type { Random } from '../../../lambdas/ports/random.ts';
import type { QuotaLimits } from '../../../lambdas/quota/ledger.ts';
import type { ReadPurpose, WritePurpose } from '../../../lambdas/quota/purposes.ts';
import { readLimiters } from '../../../lambdas/quota/read-limiter.ts';
import { writeLimiters } from '../../../lambdas/quota/write-limiter.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { type InMemoryQuotaLedger, inMemoryQuotaLedger } from '../../fakes/in-memory-quota-ledger.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { type RecordedMetrics, recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { type VirtualTime, virtualTime } from '../../fakes/virtual-time.ts';

export interface Worker<Purpose> {
  readonly name: string;
  readonly purpose?: Purpose;
  readonly skewMs?: number;
  readonly patienceMs?: number;
  /** @default that of the purpose */
  readonly shareOfDay?: number | undefined;
  /** How late a sleep of this worker ends. */
  readonly lateMs?: () => number;
}

type Counts = 'ReadsThrottled' | 'WritesThrottled' | 'RowsUnreadable';
type Levels = 'ReadsUsedOfDay' | 'WritesUsedOfDay';

export interface QuotaWorld {
  readonly time: VirtualTime;
  readonly ledger: InMemoryQuotaLedger;
  readonly log: RecordedLog;
  readonly random: Random;
  /** Calls used of the day, in the order of the reservations; nothing below half of the limit. */
  readonly spent: number[];
  readonly metrics: RecordedMetrics<Counts, Levels>;
  readonly worker: (worker: Worker<ReadPurpose>) => Quota;
  readonly writer: (worker: Worker<WritePurpose>) => Quota;
}

/** Workers that share one ledger with latency. Each has its own clock. */
export function quotaWorld({
  limits = { perSecond: 10, perDay: 100_000 },
  seed = 1,
  latencyMs = 4,
}: {
  limits?: QuotaLimits;
  seed?: number;
  /** Average duration of a call of the store. */
  latencyMs?: number;
} = {}): QuotaWorld {
  const time = virtualTime();
  const ledger = inMemoryQuotaLedger();
  const log = recordedLog();
  const random: Random = { next: seededRandom(seed) };
  const spent: number[] = [];
  const metrics = recordedMetrics<Counts, Levels>();
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
    async replaceOwn(written, own) {
      await underWay();
      const outcome = await ledger.replaceOwn(written, own);
      await underWay();
      return outcome;
    },
  };
  const depsOf = ({ name, skewMs = 0, lateMs }: Worker<unknown>) => ({
    ledger: store,
    limits,
    writer: name,
    clock: time.clock(skewMs, lateMs),
    random,
    log,
    metrics: { ...metrics, level: (_: Levels, callsOfDay: number) => void spent.push(callsOfDay) },
  });
  return {
    time,
    ledger,
    log,
    random,
    spent,
    metrics,
    worker: ({ purpose = 'record', patienceMs = 20_000, shareOfDay, ...worker }) =>
      readLimiters(depsOf(worker))({ purpose, patienceMs, shareOfDay }),
    writer: ({ purpose = 'command', patienceMs = 20_000, ...worker }) =>
      writeLimiters(depsOf(worker))({ purpose, patienceMs }),
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
