import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { fromAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../lambdas/adapters/dynamodb-delivery-store.ts';
import { itemLoader } from '../lambdas/adapters/dynamodb-item-loader.ts';
import { dynamodbLineSignals } from '../lambdas/adapters/dynamodb-line-signals.ts';
import { dynamodbRecordStore } from '../lambdas/adapters/dynamodb-record-store.ts';
import { parseState, parseVersion } from '../lambdas/adapters/record-item.ts';
import { wholeItem } from '../lambdas/adapters/whole-item.ts';
import { textAt } from '../lambdas/core/json.ts';
import { tryParseJson } from '../lambdas/core/json-text.ts';
import { linePath } from '../lambdas/core/line.ts';
import { parseRecordPath, recordPath } from '../lambdas/core/record.ts';
import type { RecordState, Version } from '../lambdas/core/version.ts';
import type { Stage } from './host/stage.ts';

/** Later than every due time. */
const farFuture = '9999-12-31T00:00:00.000Z';

/** A few versions in the outbox, deliveries that wait for their next attempt, and due lines. */
export async function findUnfinishedWork(client: DynamoDBClient, tables: Tables): Promise<string[]> {
  const records = dynamodbRecordStore(client, tables.records);
  const [intents, marks, deliveries, lines] = await Promise.all([
    records.dueIntents(farFuture, 3),
    records.dueMarks(farFuture, 3),
    dynamodbDeliveryStore(client, tables.webhooks).due(farFuture, 3),
    dynamodbLineSignals(client, tables.webhooks).dueLines(farFuture, 3),
  ]);
  return [
    ...[...intents, ...marks].map(
      ({ version }) => `${recordPath(version)} version ${version.version} in the outbox`,
    ),
    ...deliveries.map(({ id }) => id),
    ...lines.map(({ key }) => `line ${linePath(key)}`),
  ];
}

/** The latest due time of the next deliveries, as epoch milliseconds; 0 if there is none. */
export async function findLatestDue(client: DynamoDBClient, tables: Tables): Promise<number> {
  const deliveries = await dynamodbDeliveryStore(client, tables.webhooks).due(farFuture, 100);
  return Math.max(0, ...deliveries.map(({ dueAt }) => (dueAt === undefined ? 0 : Date.parse(dueAt))));
}

export interface Tables {
  readonly records: string;
  readonly webhooks: string;
}

export interface StoredRecords {
  /** The current state of every record, by path. */
  readonly current: ReadonlyMap<string, RecordState>;
  /** All versions of every record in the order of their numbers, by path. */
  readonly versions: ReadonlyMap<string, readonly Version[]>;
}

export async function readStoredRecords(client: DynamoDBClient, table: string): Promise<StoredRecords> {
  const current = new Map<string, RecordState>();
  const versions: Version[] = [];
  const getItem = itemLoader(client, table);
  for await (const each of scan(client, table)) {
    // Parts are read with the items that name them.
    if (!parseRecordPath(String(each['pk']))) continue;
    const item = await wholeItem(each, getItem);
    if (!item) throw new Error(`a part of ${String(each['pk'])} ${String(each['sk'])} is missing`);
    if (item['sk'] !== 'current') versions.push(parseVersion(item));
    else {
      const state = parseState(item);
      current.set(recordPath(state), state);
    }
  }
  const ordered = versions.toSorted((a, b) => a.version - b.version);
  return { current, versions: Map.groupBy(ordered, recordPath) };
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

/** A message in a parked queue, or in the queue that keeps events for a later release. */
export interface ParkedMessage {
  readonly queueId: string;
  readonly body: string;
  readonly code: string;
  readonly reason: string | undefined;
}

/** The code of a message that SQS itself parked, because it was received too often. */
export const receivedTooOften = 'received too often';

/** Whether no function receives from the queue: what is in it waits for an operator. */
export function isUnpolled(queueId: string): boolean {
  return queueId.endsWith('/Parked') || queueId.endsWith('/Kept');
}

/** Reads every message in the parked queues of a stage, and in the queue of kept events. */
export async function readAllParkedMessages(
  client: SQSClient,
  { queues }: Stage,
  hiddenSeconds?: number,
): Promise<ParkedMessage[]> {
  const parked = queues.all().filter(({ resource }) => isUnpolled(resource.id));
  const found = await Promise.all(
    parked.map(({ resource, url }) => readParkedMessages(client, resource.id, url, hiddenSeconds)),
  );
  return found.flat();
}

/**
 * Reads every message in a parked queue. The messages stay in the queue.
 * @param hiddenSeconds how long no other read returns them. The default is long enough to read no
 *   message twice, and short enough for people to find all messages afterwards.
 */
export async function readParkedMessages(
  client: SQSClient,
  queueId: string,
  QueueUrl: string,
  hiddenSeconds = 5,
): Promise<ParkedMessage[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    // With short polling, SQS may answer that it has no message although it has one.
    WaitTimeSeconds: 1,
    VisibilityTimeout: hiddenSeconds,
    MessageAttributeNames: ['All'],
  });
  const found: ParkedMessage[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(command);
    if (Messages.length === 0) return found;
    for (const { Body: body = '', MessageAttributes } of Messages) {
      const code = MessageAttributes?.['code']?.StringValue ?? receivedTooOften;
      found.push({ queueId, body, code, reason: MessageAttributes?.['reason']?.StringValue });
    }
  }
}

/** EventBridge's id of a parked event. Returns undefined for a parked delivery or invalid JSON. */
export function eventIdOf({ body }: Pick<ParkedMessage, 'body'>): string | undefined {
  return textAt(tryParseJson(body), 'id');
}
