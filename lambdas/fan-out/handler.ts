import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { sqsDeliveryDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { composeFanOut } from './compose.ts';
import { fanOutContract } from './contract.ts';

export const handler = lambdaHandler(fanOutContract, (runtime) => {
  const { env } = runtime;
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  return composeFanOut(runtime, {
    endpoints: dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    doorbell: sqsDeliveryDoorbell(sqs, env.DELIVERY_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
  });
});
