import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbCommandStore } from '../adapters/dynamodb-command-store.ts';
import { dynamodbCommandSwitch } from '../adapters/dynamodb-command-switch.ts';
import { dynamodbQuotaLedger } from '../adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { sellingApiPartnerCentral } from '../adapters/selling-api-partner-central.ts';
import { sellingApiWrites } from '../adapters/selling-api-writes.ts';
import { sqsLineDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeAct } from './compose.ts';
import { actContract, scaledWriteMs } from './contract.ts';

const readTimeoutMs = 8_000;

export const handler = lambdaHandler(actContract, (runtime) => {
  const { env } = runtime;
  const writeTimeoutMs = scaledWriteMs(env.TIME_SCALE);
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  return composeAct(runtime, {
    commands: dynamodbCommandStore(dynamodb, {
      records: env.RECORDS_TABLE_NAME,
      webhooks: env.WEBHOOKS_TABLE_NAME,
    }),
    commandSwitch: dynamodbCommandSwitch(dynamodb, env.CONTROL_TABLE_NAME, env.RECORDS_TABLE_NAME),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
    ledger: (calls) => dynamodbQuotaLedger(dynamodb, env.CONTROL_TABLE_NAME, calls),
    partnerCentral: (quota) => sellingApiPartnerCentral({ timeoutMs: readTimeoutMs, quota }),
    writes: (quota) => sellingApiWrites({ timeoutMs: writeTimeoutMs, quota }),
    doorbell: sqsLineDoorbell(sqs, env.QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
    random: systemRandom,
  });
});
