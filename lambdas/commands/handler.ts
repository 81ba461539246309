import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbCommandStore } from '../adapters/dynamodb-command-store.ts';
import { dynamodbRecordIndex } from '../adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { sqsLineDoorbell } from '../adapters/sqs-doorbell.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeCommands } from './compose.ts';
import { commandsContract } from './contract.ts';

export const handler = lambdaHandler(commandsContract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  return composeCommands(runtime, {
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    index: dynamodbRecordIndex(dynamodb, env.RECORDS_TABLE_NAME),
    commands: dynamodbCommandStore(dynamodb, {
      records: env.RECORDS_TABLE_NAME,
      webhooks: env.WEBHOOKS_TABLE_NAME,
    }),
    doorbell: sqsLineDoorbell(sqsClient(), env.QUEUE_URL),
    clock: systemClock,
  });
});
