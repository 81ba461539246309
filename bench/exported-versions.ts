import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Attributes, toAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { storedContent } from '../lambdas/adapters/record-content.ts';
import { currentItem, versionItem } from '../lambdas/adapters/record-item.ts';
import { instantOf } from '../lambdas/core/instant.ts';
import type { Version } from '../lambdas/core/version.ts';
import { opportunityPayload } from '../test/builders/payloads.ts';
import { observation, opportunityKey, stateOf, versionOf } from '../test/builders/versions.ts';

const stages = ['Prospect', 'Qualified', 'Technical Validation', 'Committed', 'Launched'] as const;
export const versionsOfEach = 10;
/** DynamoDB's limit for one batch write. */
const batchSize = 25;

/** Writes opportunities with ten versions each, as the adapters store them. */
export async function fillVersions(client: DynamoDBClient, table: string, versions: number): Promise<void> {
  const history = itemsOfOne();
  let waiting: Attributes[] = [];
  for (let deal = 0; deal < versions / versionsOfEach; deal += 1) {
    const id = `O${1_000_000 + deal}`;
    waiting.push(...history.map((item) => ({ ...item, pk: { S: `AWS/opportunity/${id}` }, id: { S: id } })));
    for (; waiting.length >= batchSize; waiting = waiting.slice(batchSize))
      await write(client, table, waiting.slice(0, batchSize));
  }
  if (waiting.length > 0) await write(client, table, waiting);
}

async function write(client: DynamoDBClient, table: string, items: readonly Attributes[]): Promise<void> {
  const requests = items.map((Item) => ({ PutRequest: { Item } }));
  await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
}

/** The items of one opportunity: the current one, and each version. */
function itemsOfOne(): readonly Attributes[] {
  const versions: Version[] = [];
  for (let number = 0; number < versionsOfEach; number += 1) {
    const at = instantOf(Date.UTC(2026, 2, 1 + number));
    const payload = opportunityPayload({
      lastModifiedDate: at,
      stage: stages[Math.floor(number / 2)] ?? 'Prospect',
      nextSteps: `Step ${number}`,
    });
    versions.push(versionOf(observation({ key: opportunityKey, payload, readAt: at }), versions.at(-1)));
  }
  const items = versions.map((version) => toAttributes(versionItem(version, storedContent(version))));
  const current = versions.slice(-1).map((version) => {
    const state = stateOf(version);
    return toAttributes(currentItem(state, storedContent({ payload: state.payload })));
  });
  return [...current, ...items];
}
