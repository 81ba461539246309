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
 * Cost of one listed item with 100,000 records in the table, divided by its cost with 1,000
 * records. For each index the first page of one query is measured: read capacity units, or items
 * read, per returned item, whichever grew more. The cost does not vary, so there is only one round.
 */
export const listPages: Measurement = {
  name: 'listPages',
  bound: { atMost: 1.2 },
  async run(report) {
    const engine = await startDynamoDb('auto');
    try {
      const small = await measureCosts(engine.endpoint, few, report);
      const large = await measureCosts(engine.endpoint, many, report);
      return compare(small, large);
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

async function measureCosts(
  endpoint: string,
  records: number,
  report: (line: string) => void,
): Promise<Costs> {
  const table = `records-${records}`;
  const client = new DynamoDBClient(clientSettings(endpoint));
  await client.send(new CreateTableCommand(recordTableInput(table)));
  report(`writing ${records} records`);
  await fillRecords(client, table, records);
  const found = new Map<string, Cost>();
  for (const [index, firstPage] of queries)
    found.set(index, await measureCost(endpoint, (counted) => firstPage(counted, table)));
  client.destroy();
  return found;
}

/** One query of the product for each index. Its items exist in a table of any size. */
const queries: readonly (readonly [
  index: string,
  firstPage: (client: DynamoDBClient, table: string) => Promise<unknown>,
])[] = [
  ['byModification', (client, table) => first(listRecords(ofOpportunities, client, table))],
  [
    'byStatus',
    (client, table) =>
      first(listRecords({ ...ofOpportunities, state: 'Qualified', dueBefore: '2026-07-01' }, client, table)),
  ],
  [
    'byCustomer',
    (client, table) =>
      first(listRecords({ ...ofOpportunities, customer: 'Example Corp 000017' }, client, table)),
  ],
  [
    'byEngagement',
    (client, table) => dynamodbRecordIndex(client, table).findByEngagement('AWS', 'eng-example000017'),
  ],
];

const ofOpportunities = { catalog: 'AWS', kind: 'opportunity' } as const;

/** Requests only the first page. */
async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('the first page is empty');
}

/** The cost of one query as reported by DynamoDB. */
async function measureCost(
  endpoint: string,
  query: (client: DynamoDBClient) => Promise<unknown>,
): Promise<Cost> {
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
  await query(client);
  client.destroy();
  const [{ Count = 0, ScannedCount = 0, ConsumedCapacity } = { Count: 0 }, ...more] = answers;
  if (Count === 0 || more.length > 0) throw new Error(`${answers.length} pages, ${Count} items in the first`);
  return { returned: Count, itemsRead: ScannedCount, units: ConsumedCapacity?.CapacityUnits ?? Number.NaN };
}

function compare(small: Costs, large: Costs): Measured {
  const rows = [...small].map(([index, before]) => {
    const after = large.get(index) ?? { returned: 0, itemsRead: 0, units: 0 };
    const growth = (cost: (of: Cost) => number) => cost(after) / cost(before);
    const byUnits = growth(({ units, returned }) => units / returned);
    const byItems = growth(({ itemsRead, returned }) => itemsRead / returned);
    // Some engines do not report capacity units.
    const ratio = Number.isNaN(byUnits) ? byItems : Math.max(byUnits, byItems);
    return {
      ratio,
      line: `${index}: with ${few} records ${text(before)}; with ${many} records ${text(after)}`,
    };
  });
  return { ratio: Math.max(...rows.map(({ ratio }) => ratio)), details: rows.map(({ line }) => line) };
}

function text({ returned, itemsRead, units }: Cost): string {
  return `${returned} items returned, ${itemsRead} read, ${units} capacity units`;
}
