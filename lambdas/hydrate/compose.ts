import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { longestLagMs } from '../core/freshness.ts';
import type { EventKind } from '../core/partner-event.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { Clock } from '../ports/clock.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { Quota } from '../ports/quota.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import type { Random } from '../ports/random.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Sightings } from '../ports/sightings.ts';
import type { WorkQueue } from '../ports/work-queue.ts';
import type { ReadPurpose } from '../quota/purposes.ts';
import { readLimiters } from '../quota/read-limiter.ts';
import type { AddEchoesDeps } from '../records/add-echoes.ts';
import type { Contract } from '../runtime/contract.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { queuedMessage } from '../runtime/sqs-batch.ts';
import {
  eventResolutionSeconds,
  type HydrateMetric,
  type hydrateLevels,
  type hydrateOpportunityContract,
} from './contract.ts';
import { type HydrateBatchDeps, hydrateBatch } from './hydrate-batch.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import type { EarlyReadDeps } from './read-early.ts';
import type { EventsOf } from './received.ts';
import type { Ripening } from './wait-until-ripe.ts';

/** Maximum lag of a read behind its event, beyond the settling time. */
const freshMs = 60_000;

/**
 * Maximum wait of a read for its permit. Seven workers with ten records each get theirs within
 * seven seconds.
 */
const patienceMs = 10_000;
/** Maximum wait of an early read for its permit. Its change gets a ripe read some seconds later. */
const earlyPatienceMs = 500;

/** What every hydrate function uses of its surroundings. */
export interface HydratePorts {
  readonly ledger: QuotaLedgerStore;
  readonly partnerCentral: (quota: Quota) => PartnerCentral;
  readonly records: RecordStore;
  /** See `AddEchoesDeps`. */
  readonly lines?: AddEchoesDeps['lines'];
  readonly sightings: Pick<Sightings, 'recordEvent'>;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly random: Random;
}

interface HydrateContract extends Contract {
  readonly environment: (typeof hydrateOpportunityContract)['environment'];
  readonly metrics: readonly HydrateMetric[];
  readonly levels: typeof hydrateLevels;
}

/** The variables that every hydrate function uses. */
export type SharedName =
  | 'SETTLE_SECONDS'
  | 'EARLY_READ_PERCENT'
  | 'READS_PER_SECOND'
  | 'READS_PER_DAY'
  | 'TIME_SCALE';
export type HydrateRuntime = RuntimeWith<HydrateContract, SharedName>;
/** Answers one batch of the queue. */
export type AnswerBatch = (event: SQSEvent) => Promise<SQSBatchResponse>;

/** Composes what the three hydrate functions share: once, at cold start. */
export function composeShared(
  { env, log, metrics }: HydrateRuntime,
  { ledger, partnerCentral, records, lines, sightings, queue, clock, random }: HydratePorts,
  { name, purpose }: { readonly name: string; readonly purpose: ReadPurpose },
) {
  const timeScale = env.TIME_SCALE;
  // One for all batches of a worker: it remembers how far the clocks of other workers are off.
  const limit = readLimiters({
    ledger,
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${name}-${random.next()}`,
    clock,
    random,
    log,
    metrics,
  });
  const latestMs = (env.SETTLE_SECONDS + eventResolutionSeconds) * 1_000;
  const hydrateDeps = {
    partnerCentral: partnerCentral(limit({ purpose, patienceMs })),
    records,
    lines,
    clock,
    outboxGraceMs: outboxGraceMs(timeScale),
    lagMs: longestLagMs * timeScale,
    settleMs: env.SETTLE_SECONDS * 1_000,
    freshMs: latestMs + freshMs * timeScale,
  };
  const shareOfDay = env.EARLY_READ_PERCENT / 100;
  const earlyQuota = limit({ purpose: 'early', patienceMs: earlyPatienceMs, shareOfDay });
  const earlyDeps = shareOfDay > 0 && {
    ...hydrateDeps,
    ripeAfterMs: latestMs,
    partnerCentral: partnerCentral(earlyQuota),
  };
  /** Without a settling time, every read returns the change at once. */
  const chooseRipening = <Kind extends EventKind>(
    read: (events: EventsOf<Kind>, deps: EarlyReadDeps) => AsyncIterable<HydrationResult>,
  ): Ripening<Kind> | undefined => {
    if (env.SETTLE_SECONDS === 0) return undefined;
    const readEarly = earlyDeps ? (events: EventsOf<Kind>) => read(events, earlyDeps) : undefined;
    return { ripeAfterMs: latestMs, readEarly };
  };
  const batchDeps = {
    records,
    sightings,
    queue,
    clock,
    random,
    concurrentRecords: Math.ceil(env.READS_PER_SECOND),
    timeScale,
    log,
    metrics,
  };
  return { hydrateDeps, batchDeps, chooseRipening };
}

export function answerBatch<Kind extends EventKind>(deps: HydrateBatchDeps<Kind>): AnswerBatch {
  return async (event) => {
    const failed = await hydrateBatch(event.Records.map(queuedMessage), deps);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
