import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../lambdas/adapters/dynamodb-attributes.ts';
import { currentItem } from '../lambdas/adapters/record-item.ts';
import { opportunityPayload } from '../test/builders/payloads.ts';
import { observation, opportunityKey, stateOf, versionOf } from '../test/builders/versions.ts';

const stages = ['Prospect', 'Qualified', 'Technical Validation', 'Committed', 'Launched'] as const;
/** Opportunities of one customer and of one engagement, independent of the size of the table. */
const ofOneCustomer = 8;
const ofOneEngagement = 4;
/** DynamoDB's limit for one batch write. */
const batchSize = 25;

/** Writes opportunities to the table until it has this number of them. @param present @default 0 */
export async function fillRecords(
  client: DynamoDBClient,
  table: string,
  records: number,
  present = 0,
): Promise<void> {
  for (let from = present; from < records; from += batchSize) {
    const requests = Array.from({ length: Math.min(batchSize, records - from) }, (_, index) => ({
      PutRequest: { Item: opportunityItem(from + index) },
    }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}

/**
 * The item that the adapter writes, without the payload, which no index has. The close dates cycle
 * through 60 days.
 */
function opportunityItem(number: number): Record<string, AttributeValue> {
  const id = `O${1_000_000 + number}`;
  const day = new Date(Date.UTC(2026, 5, 1 + (number % 60))).toISOString().slice(0, 10);
  const payload = opportunityPayload({
    id,
    title: `Data platform ${six(number)}`,
    companyName: `Example Corp ${six(number / ofOneCustomer)}`,
    stage: stages[number % stages.length] ?? 'Prospect',
    targetCloseDate: day,
    lastModifiedDate: new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString(),
  });
  const identified = { ...payload, PartnerOpportunityIdentifier: `CRM-${six(number)}` };
  const state = stateOf(versionOf(observation({ key: { ...opportunityKey, id }, payload: identified })));
  const engagement = {
    kind: 'engagement',
    id: `eng-example${six(number / ofOneEngagement)}`,
    via: 'snapshot',
  } as const;
  const attributes = Object.entries(currentItem({ ...state, links: [engagement] }, {}));
  return toAttributes(Object.fromEntries(attributes.filter(([name]) => name !== 'payload')));
}

function six(value: number): string {
  return String(Math.floor(value)).padStart(6, '0');
}
