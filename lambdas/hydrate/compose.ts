import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsWorkQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { longestLagMs } from '../core/freshness.ts';
import type { EventKind } from '../core/partner-event.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { ReadPurpose } from '../quota/ledger.ts';
import { readLimiter } from '../quota/read-limiter.ts';
import type { Contract } from '../runtime/contract.ts';
import type { Runtime } from '../runtime/lambda-handler.ts';
import { queuedMessage } from '../runtime/sqs-batch.ts';
import {
  eventResolutionSeconds,
  type HydrateMetric,
  type hydrateLevels,
  type hydrateOpportunityContract,
} from './contract.ts';
import { type HydrateBatchDeps, hydrateBatch } from './hydrate-batch.ts';

/** Maximum lag of a read behind its event, beyond the settling time. */
const freshMs = 60_000;

/**
 * A read takes well under a second. The function's timeout of a minute must outlast several reads
 * that hang.
 */
const readTimeoutMs = 8_000;

/**
 * Maximum wait of a read for its permit. Seven workers with ten records each get theirs within
 * seven seconds.
 */
const patienceMs = 10_000;

interface HydrateContract extends Contract {
  readonly environment: (typeof hydrateOpportunityContract)['environment'];
  readonly metrics: readonly HydrateMetric[];
  readonly levels: typeof hydrateLevels;
}

/** Composes what the three hydrate functions share: once, at cold start. */
export function composeShared(
  { env, log, metrics }: Runtime<HydrateContract>,
  { name, purpose }: { readonly name: string; readonly purpose: ReadPurpose },
) {
  const timeScale = env.TIME_SCALE;
  const dynamodb = dynamodbClient();
  // One for all batches of a worker: it remembers how far the clocks of other workers are off.
  const quota = readLimiter({
    ledger: dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME),
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${name}-${systemRandom.next()}`,
    purpose,
    patienceMs,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
  });
  const latestMs = (env.SETTLE_SECONDS + eventResolutionSeconds) * 1_000;
  const hydrateDeps = {
    partnerCentral: sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    clock: systemClock,
    outboxGraceMs: outboxGraceMs(timeScale),
    lagMs: longestLagMs * timeScale,
    settleMs: env.SETTLE_SECONDS * 1_000,
    freshMs: latestMs + freshMs * timeScale,
  };
  const batchDeps = {
    sightings: dynamodbSightings(dynamodb, env.CONTROL_TABLE_NAME),
    queue: sqsWorkQueue(sqsClient(), { queue: env.QUEUE_URL, parked: env.PARKED_QUEUE_URL }),
    clock: systemClock,
    random: systemRandom,
    concurrentRecords: Math.ceil(env.READS_PER_SECOND),
    timeScale,
    log,
    metrics,
  };
  return { dynamodb, hydrateDeps, batchDeps };
}

/** Returns the function that answers one batch of the queue. */
export function answerBatch<Kind extends EventKind>(
  deps: HydrateBatchDeps<Kind>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async (event) => {
    const failed = await hydrateBatch(event.Records.map(queuedMessage), deps);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}
