import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamodbClient, sqsClient } from '../adapters/aws-clients.ts';
import { dynamodbDeliveryStore } from '../adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointStore } from '../adapters/dynamodb-endpoint-store.ts';
import { dynamodbRecordStore } from '../adapters/dynamodb-record-store.ts';
import { sqsDeliveryDoorbell } from '../adapters/sqs-doorbell.ts';
import { sqsParkedQueue } from '../adapters/sqs-work-queue.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { parseFanOutDoorbell } from '../core/doorbell-body.ts';
import { lambdaHandler } from '../runtime/lambda-handler.ts';
import { memoize } from '../runtime/memoize.ts';
import { answerDoorbells, collectFailures } from '../runtime/sqs-batch.ts';
import { eachStreamRecord } from '../runtime/stream-batch.ts';
import { fanOutContract } from './contract.ts';
import { fanOut, fanOutVersionItem } from './fan-out.ts';

/**
 * Versions come from the stream of the table, and from the doorbell queue if `sweep` finds them
 * overdue.
 */
export const handler = lambdaHandler(fanOutContract, ({ env, log, metrics }) => {
  const dynamodb = dynamodbClient();
  const sqs = sqsClient();
  const endpoints = dynamodbEndpointStore(dynamodb, env.WEBHOOKS_TABLE_NAME);
  const parts = {
    records: dynamodbRecordStore(dynamodb, env.RECORDS_TABLE_NAME),
    deliveries: dynamodbDeliveryStore(dynamodb, env.WEBHOOKS_TABLE_NAME),
    doorbell: sqsDeliveryDoorbell(sqs, env.DELIVERY_QUEUE_URL),
    parked: sqsParkedQueue(sqs, env.PARKED_QUEUE_URL),
    clock: systemClock,
    log,
    metrics,
  };
  return (event: SQSEvent | DynamoDBStreamEvent): Promise<SQSBatchResponse | DynamoDBBatchResponse> => {
    // All versions of a batch go to the same endpoints: they are read once.
    const readEndpoints = memoize(() => endpoints.all());
    const deps = { ...parts, endpoints: () => readEndpoints(undefined) };
    if (!isQueueEvent(event)) return eachStreamRecord(event, log, (keys) => fanOutVersionItem(keys, deps));
    return answerDoorbells(event, deps, {
      parse: parseFanOutDoorbell,
      work: (versions) => collectFailures(versions, (version) => fanOut(version, deps)),
    });
  };
});

function isQueueEvent(event: SQSEvent | DynamoDBStreamEvent): event is SQSEvent {
  return event.Records.every(({ eventSource }) => eventSource === 'aws:sqs');
}
