import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { fromAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbRecordStore } from '../lambdas/adapters/dynamodb-record-store.ts';
import { parseState } from '../lambdas/adapters/record-item.ts';
import { type Json, textAt } from '../lambdas/core/json.ts';
import { recordPath } from '../lambdas/core/record.ts';
import type { RecordState } from '../lambdas/core/version.ts';

/** Later than every due time. */
const farFuture = '9999-12-31T00:00:00.000Z';

/** A few versions in the outbox and a few deliveries that wait for their next attempt. */
export async function findUnfinishedWork(client: DynamoDBClient, tables: Tables): Promise<string[]> {
  const [versions, deliveries] = await Promise.all([
    dynamodbRecordStore(client, tables.records).dueForFanOut(farFuture, 3),
    dynamodbDeliveryStore(client, tables.webhooks).due(farFuture, 3),
  ]);
  return [
    ...versions.map(({ version }) => `${recordPath(version)} version ${version.version} in the outbox`),
    ...deliveries.map(({ id }) => id),
  ];
}

export interface Tables {
  readonly records: string;
  readonly webhooks: string;
}

/** The current state of every record, by path. */
export async function readCurrentStates(
  client: DynamoDBClient,
  table: string,
): Promise<Map<string, RecordState>> {
  const states = new Map<string, RecordState>();
  for await (const item of scan(client, table)) {
    if (item['sk'] !== 'current') continue;
    const state = parseState(item);
    states.set(recordPath(state), state);
  }
  return states;
}

/** Number of deliveries in the table with the status `delivered`. */
export async function countDelivered(client: DynamoDBClient, table: string): Promise<number> {
  let delivered = 0;
  for await (const item of scan(client, table)) if (item['status'] === 'delivered') delivered += 1;
  return delivered;
}

async function* scan(client: DynamoDBClient, TableName: string) {
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true }))
    for (const item of Items) yield fromAttributes(item);
}

/** A message in a parked queue. */
export interface ParkedMessage {
  readonly body: string;
  readonly code: string;
}

/** Reads every message in a parked queue. The messages stay there. */
export async function readParkedMessages(client: SQSClient, QueueUrl: string): Promise<ParkedMessage[]> {
  const found: ParkedMessage[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      // Long enough to read no message twice, short enough for people to find all messages
      // afterwards.
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 5,
        MessageAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return found;
    for (const { Body = '', MessageAttributes } of Messages)
      found.push({ body: Body, code: MessageAttributes?.['code']?.StringValue ?? 'receive count exceeded' });
  }
}

/** EventBridge's id of a parked event. Returns undefined for a parked delivery or invalid JSON. */
export function eventIdOf({ body }: ParkedMessage): string | undefined {
  try {
    const event: Json = JSON.parse(body);
    return textAt(event, 'id');
  } catch {
    return undefined;
  }
}
