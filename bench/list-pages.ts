import { CreateTableCommand, DynamoDBClient, type QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import { listRecords } from '../bin/pcr/stores/record-list.ts';
import { dynamodbRecordIndex } from '../lambdas/adapters/dynamodb-record-index.ts';
import { clientSettings } from '../local/host/local-account.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { recordTableInput } from '../test/conformance/tables.ts';
import { fillRecords } from './listed-records.ts';
import type { Measured, Measurement } from './measurement.ts';

const few = 1_000;
const many = 100_000;

/**
 * What an item of a list costs with 100,000 records in the table over what it costs with 1,000, for each index the first page of
 * a query that the product makes: read capacity units by each item returned, or items read by each, whichever grew more. No
 * time is in it, so that nothing is repeated: the same query costs the same.
 */
export const listPages: Measurement = {
  name: 'listPages',
  bound: { atMost: 1.2 },
  async run(told) {
    const engine = await startDynamoDb('auto');
    try {
      const small = await costs(engine.endpoint, few, told);
      const large = await costs(engine.endpoint, many, told);
      return compared(small, large);
    } finally {
      await engine.stop();
    }
  },
};

interface Cost {
  readonly returned: number;
  readonly itemsRead: number;
  readonly units: number;
}

type Costs = ReadonlyMap<string, Cost>;

async function costs(endpoint: string, records: number, told: (line: string) => void): Promise<Costs> {
  const table = `records-${records}`;
  const client = new DynamoDBClient(clientSettings(endpoint));
  await client.send(new CreateTableCommand(recordTableInput(table)));
  told(`writing ${records} records`);
  await fillRecords(client, table, records);
  const found = new Map<string, Cost>();
  for (const [index, firstPage] of queries)
    found.set(index, await costOf(endpoint, (counted) => firstPage(counted, table)));
  client.destroy();
  return found;
}

/** In the product's own words, one for each index. What they ask for is there in a table of any size. */
const queries: readonly (readonly [
  index: string,
  firstPage: (client: DynamoDBClient, table: string) => Promise<unknown>,
])[] = [
  ['byModification', (client, table) => first(listRecords(client, table, ofOpportunities))],
  [
    'byStatus',
    (client, table) =>
      first(listRecords(client, table, { ...ofOpportunities, state: 'Qualified', dueBefore: '2026-07-01' })),
  ],
  [
    'byCustomer',
    (client, table) =>
      first(listRecords(client, table, { ...ofOpportunities, customer: 'Example Corp 000017' })),
  ],
  [
    'byEngagement',
    (client, table) => dynamodbRecordIndex(client, table).findByEngagement('AWS', 'eng-example000017'),
  ],
];

const ofOpportunities = { catalog: 'AWS', kind: 'opportunity' } as const;

/** Nothing beyond the first page is asked for. */
async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('the page is empty: there is nothing to compare');
}

/** What one query reads, as DynamoDB reports it. */
async function costOf(endpoint: string, ask: (client: DynamoDBClient) => Promise<unknown>): Promise<Cost> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const answers: QueryCommandOutput[] = [];
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      const result = await next(args);
      if ('Count' in result.output) answers.push(result.output);
      return result;
    },
    { step: 'initialize' },
  );
  await ask(client);
  client.destroy();
  const [{ Count = 0, ScannedCount = 0, ConsumedCapacity } = { Count: 0 }, ...more] = answers;
  if (Count === 0 || more.length > 0) throw new Error(`${answers.length} pages, ${Count} items in the first`);
  return { returned: Count, itemsRead: ScannedCount, units: ConsumedCapacity?.CapacityUnits ?? Number.NaN };
}

function compared(small: Costs, large: Costs): Measured {
  const rows = [...small].map(([index, before]) => {
    const after = large.get(index) ?? { returned: 0, itemsRead: 0, units: 0 };
    const grown = (cost: (of: Cost) => number) => cost(after) / cost(before);
    const byUnits = grown(({ units, returned }) => units / returned);
    const byItems = grown(({ itemsRead, returned }) => itemsRead / returned);
    // Some engines report no capacity.
    const ratio = Number.isNaN(byUnits) ? byItems : Math.max(byUnits, byItems);
    return { ratio, line: `${index}: ${text(before)} of ${few}; ${text(after)} of ${many}` };
  });
  return { ratio: Math.max(...rows.map(({ ratio }) => ratio)), details: rows.map(({ line }) => line) };
}

function text({ returned, itemsRead, units }: Cost): string {
  return `${returned} items for ${itemsRead} read and ${units} units`;
}
