import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsWorkQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { type Env, readEnv } from '../runtime/env.ts';
import { observed } from '../runtime/observed.ts';
import { eachMessage, queuedMessage } from '../runtime/sqs-batch.ts';
import { type BatchDeps, type BatchWork, type HydratedEvent, hydrateBatch } from './batch.ts';
import {
  eventResolutionSeconds,
  type hydrateInvitationContract,
  type hydrateOpportunityContract,
} from './contract.ts';
import type { Hydration } from './hydration.ts';

/** How long Partner Central may take to show what an event has told, beyond the settling time. */
const freshMs = 60_000;

/** A read takes well under a second; the function's minute must outlast several that hang. */
const readTimeoutMs = 10_000;

type HydrateContract = typeof hydrateOpportunityContract | typeof hydrateInvitationContract;

/** The handler of one concern's queue: what both hydrating functions have in common is wired here, once, at cold start. */
export function hydratingHandler<Event extends HydratedEvent>(
  contract: HydrateContract,
  workOn: (hydration: Hydration) => BatchWork<Event>,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const parts = compose(readEnv(contract.environment, process.env));
  const work = workOn(parts);
  return observed(contract, async (event: SQSEvent, { log, metrics }) => {
    const failures = await hydrateBatch(event.Records.map(queuedMessage), work, { ...parts, log, metrics });
    return eachMessage(event, log, async ({ messageId }) => {
      if (failures.has(messageId)) throw failures.get(messageId);
    });
  });
}

function compose(env: Env<HydrateContract['environment']>): Hydration & Omit<BatchDeps, 'log' | 'metrics'> {
  const timeScale = env.TIME_SCALE;
  return {
    partnerCentral: sellingApiPartnerCentral({ timeoutMs: readTimeoutMs }),
    records: dynamodbRecordStore(dynamodbClient(), env.RECORDS_TABLE_NAME),
    queue: sqsWorkQueue(sqsClient(), { queue: env.QUEUE_URL, parked: env.PARKED_QUEUE_URL }),
    clock: systemClock,
    random: systemRandom,
    settleMs: env.SETTLE_SECONDS * 1_000,
    freshMs: (env.SETTLE_SECONDS + eventResolutionSeconds) * 1_000 + freshMs * timeScale,
    timeScale,
  };
}
