import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { parseState, parseVersion } from '../../lambdas/adapters/record-item.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { Stage } from '../host/stage.ts';
import { isParked } from './chaos-stage.ts';
import type { ParkedMessage } from './evidence.ts';

/** Reads the whole Records table. */
export async function readStoredRecords(
  client: DynamoDBClient,
  TableName: string,
): Promise<{ current: Map<string, RecordState>; versions: Map<string, Version[]> }> {
  const current = new Map<string, RecordState>();
  const all: Version[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const item of Items.map(fromAttributes)) {
      if (item['sk'] !== 'current') all.push(parseVersion(item));
      else {
        const state = parseState(item);
        current.set(recordPath(state), state);
      }
    }
  }
  const ordered = all.toSorted((a, b) => a.version - b.version);
  return { current, versions: Map.groupBy(ordered, recordPath) };
}

/** Takes every message out of the parked queues. */
export async function takeParkedMessages(client: SQSClient, { queues }: Stage): Promise<ParkedMessage[]> {
  const parked = queues.all().filter(({ resource }) => isParked(resource.id));
  const found = await Promise.all(parked.map(({ resource, url }) => takeAll(client, resource.id, url)));
  return found.flat();
}

async function takeAll(client: SQSClient, queueId: string, QueueUrl: string): Promise<ParkedMessage[]> {
  const found: ParkedMessage[] = [];
  for (;;) {
    const input = {
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
      MessageAttributeNames: ['All'],
    };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(input));
    if (Messages.length === 0) return found;
    for (const { Body = '', MessageAttributes } of Messages) {
      const [code, reason] = ['code', 'reason'].map((name) => MessageAttributes?.[name]?.StringValue);
      found.push({ queueId, body: Body, code, reason });
    }
  }
}
