import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsWorkQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import type { ReadPurpose } from '../core/quota-ledger.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { Contract } from '../runtime/contract.ts';
import type { Runtime } from '../runtime/lambda-handler.ts';
import { ledgerReadQuota } from '../runtime/ledger-read-quota.ts';
import { eachMessage, queuedMessage } from '../runtime/sqs-batch.ts';
import {
  eventResolutionSeconds,
  type HydrateMetric,
  type hydrateLevels,
  type hydrateOpportunityContract,
} from './contract.ts';
import { type BatchWork, type HydratedEvent, hydrateBatch } from './hydrate-batch.ts';
import type { HydrateDeps } from './hydrate-deps.ts';

/** How long Partner Central may take to show what an event has told, beyond the settling time. */
const freshMs = 60_000;

/** A read takes well under a second; the function's minute must outlast several that hang. */
const readTimeoutMs = 8_000;

/** How long a read waits for its turn in place. With seven workers that have ten records each, a turn comes after seven seconds. */
const patienceMs = 10_000;

interface HydrateContract extends Contract {
  readonly environment: (typeof hydrateOpportunityContract)['environment'];
  readonly metrics: readonly HydrateMetric[];
  readonly levels: typeof hydrateLevels;
}

interface Concern<Event extends HydratedEvent> {
  readonly contract: HydrateContract;
  readonly purpose: ReadPurpose;
  /** Adds what this concern alone needs; called once. */
  readonly composeWork: (hydration: HydrateDeps, dynamodb: DynamoDBClient) => BatchWork<Event>;
}

/** Composes what the hydrating functions have in common, and returns the function that works off one batch. */
export function composeHydrate<Event extends HydratedEvent>(
  { env, log, metrics }: Runtime<HydrateContract>,
  { contract, purpose, composeWork }: Concern<Event>,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const timeScale = env.TIME_SCALE;
  const dynamodb = dynamodbClient();
  const ledger = dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME);
  // One per worker, not one per batch: it remembers how far the clocks of other workers are off.
  const quota = ledgerReadQuota({
    ledger,
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
    writer: `${contract.name}-${systemRandom.next()}`,
    purpose,
    patienceMs,
    clock: systemClock,
    random: systemRandom,
    log,
    metrics,
  });
  const latestMs = (env.SETTLE_SECONDS + eventResolutionSeconds) * 1_000;
  const hydration = {
    partnerCentral: sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    clock: systemClock,
    outboxGraceMs: outboxGraceMs(timeScale),
    settleMs: env.SETTLE_SECONDS * 1_000,
    freshMs: latestMs + freshMs * timeScale,
  };
  const work = composeWork(hydration, dynamodb);
  const deps = {
    sightings: dynamodbSightings(dynamodb, env.CONTROL_TABLE_NAME),
    queue: sqsWorkQueue(sqsClient(), { queue: env.QUEUE_URL, parked: env.PARKED_QUEUE_URL }),
    clock: systemClock,
    random: systemRandom,
    concurrentRecords: Math.ceil(env.READS_PER_SECOND),
    timeScale,
    log,
    metrics,
  };
  return async (event: SQSEvent) => {
    const failures = await hydrateBatch(event.Records.map(queuedMessage), work, deps);
    return eachMessage(event, log, async ({ messageId }) => {
      if (failures.has(messageId)) throw failures.get(messageId);
    });
  };
}
