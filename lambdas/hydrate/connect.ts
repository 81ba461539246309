import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsWorkQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import type { Env } from '../runtime/env.ts';
import type { HydratePorts } from './compose.ts';
import type { hydrateEngagementContract } from './contract.ts';

/**
 * A read takes well under a second. The function's timeout of a minute must outlast several reads
 * that hang.
 */
const readTimeoutMs = 8_000;

type HydrateEnv = Env<(typeof hydrateEngagementContract)['environment']>;

/** Connects what the three hydrate functions share to AWS. */
export function connectHydrate(env: HydrateEnv, dynamodb: DynamoDBClient): HydratePorts {
  return {
    ledger: dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME, 'reads'),
    partnerCentral: (quota) => sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    sightings: dynamodbSightings(dynamodb, env.CONTROL_TABLE_NAME),
    queue: sqsWorkQueue(sqsClient(), { queue: env.QUEUE_URL, parked: env.PARKED_QUEUE_URL }),
    clock: systemClock,
    random: systemRandom,
  };
}
