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
  title: 'Read units of a listed record, in a large table',
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
  const found: (readonly [string, Cost])[] = [];
  for (const firstPage of queries)
    found.push(await measureCost(endpoint, (counted) => firstPage(counted, table)));
  client.destroy();
  return new Map(found);
}

/** One query of the product for each index. Its items exist in a table of any size. */
const queries: readonly ((client: DynamoDBClient, table: string) => Promise<unknown>)[] = [
  ...[
    {},
    { state: 'Qualified', dueBefore: '2026-07-01' },
    { customer: 'Example Corp 000017' },
    { partnerId: 'CRM-000017' },
  ].map(
    (filter) => (client: DynamoDBClient, table: string) =>
      first(listRecords({ ...ofOpportunities, ...filter }, client, table)),
  ),
  (client, table) => dynamodbRecordIndex(client, table).findByEngagement('AWS', 'eng-example000017'),
];

const ofOpportunities = { catalog: 'AWS', kind: 'opportunity' } as const;

/** Requests only the first page. */
async function first<T>(items: AsyncIterable<T>): Promise<T> {
  for await (const item of items) return item;
  throw new Error('the first page is empty');
}

/** The index of one query, and its cost as reported by DynamoDB. */
async function measureCost(
  endpoint: string,
  query: (client: DynamoDBClient) => Promise<unknown>,
): Promise<readonly [index: string, Cost]> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  const answers: QueryCommandOutput[] = [];
  let index: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
      if ('IndexName' in args.input) index = args.input.IndexName;
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
  if (index === undefined) throw new Error('a query names no index');
  const units = ConsumedCapacity?.CapacityUnits ?? Number.NaN;
  return [index, { returned: Count, itemsRead: ScannedCount, units }];
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
      before: unitsPerItem(before),
      after: unitsPerItem(after),
      line: `${index}: with ${few} records ${text(before)}; with ${many} records ${text(after)}`,
    };
  });
  const [worst] = rows.toSorted((one, other) => other.ratio - one.ratio);
  if (!worst) throw new Error('no index was measured');
  return {
    ratio: worst.ratio,
    ours: `${worst.after} units an item, of ${many} records`,
    floor: `${worst.before} units an item, of ${few} records`,
    details: rows.map(({ line }) => line),
  };
}

function text({ returned, itemsRead, units }: Cost): string {
  return `${returned} items returned, ${itemsRead} read, ${units} capacity units`;
}

function unitsPerItem({ units, returned }: Cost): string {
  return (units / returned).toFixed(3);
}
