import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbPassStore } from '../adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../adapters/dynamodb-sightings.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sqsFindingQueue } from '../adapters/sqs-finding-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeReconcile } from './compose.ts';
import { reconcileContract } from './contract.ts';

/**
 * A page usually takes well under a second. The last page of a run must end before the function
 * times out.
 */
const readTimeoutMs = 8_000;

export const handler = lambdaHandler(reconcileContract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  return composeReconcile(runtime, {
    ledger: dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME, 'reads'),
    partnerCentral: (quota) => sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    passes: dynamodbPassStore(dynamodb, env.CONTROL_TABLE_NAME),
    sightings: dynamodbSightings(dynamodb, env.CONTROL_TABLE_NAME),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
    feeds: {
      opportunity: { queue: sqsFindingQueue(sqs, env.OPPORTUNITY_QUEUE_URL) },
      'engagement-invitation': { queue: sqsFindingQueue(sqs, env.INVITATION_QUEUE_URL) },
      engagement: { queue: sqsFindingQueue(sqs, env.ENGAGEMENT_QUEUE_URL) },
    },
    clock: systemClock,
    random: systemRandom,
  });
});
