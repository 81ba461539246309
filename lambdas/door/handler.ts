import { dynamodbClient, secretsManagerClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbClientStore } from '../adapters/dynamodb-client-store.ts';
import { dynamodbCommandStore } from '../adapters/dynamodb-command-store.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { dynamodbRequestCounter } from '../adapters/dynamodb-request-counter.ts';
import { secretsManagerClientSecrets } from '../adapters/secrets-manager-client-secrets.ts';
import { sqsLineDoorbell } from '../adapters/sqs-doorbell.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeDoor } from './compose.ts';
import { doorContract } from './contract.ts';

export const handler = lambdaHandler(doorContract, (runtime) => {
  const { env, log } = runtime;
  const dynamodb = dynamodbClient();
  return composeDoor(runtime, {
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
    commands: dynamodbCommandStore(dynamodb, {
      records: env.RECORDS_TABLE_NAME,
      webhooks: env.WEBHOOKS_TABLE_NAME,
    }),
    doorbell: sqsLineDoorbell(sqsClient(), env.QUEUE_URL),
    clients: dynamodbClientStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    secrets: secretsManagerClientSecrets(
      secretsManagerClient(),
      env.CLIENT_SECRET_NAME_PREFIX,
      (clientId, { stage, error }) => log.warn('secret.degraded', { clientId, stage, error }),
    ),
    counter: dynamodbRequestCounter(dynamodb, env.WEBHOOKS_TABLE_NAME),
    clock: systemClock,
  });
});
