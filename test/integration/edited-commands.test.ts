import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { endpointsEnabled, rowsReadable } from '../../bin/pcr/doctor/work-checks.ts';
import { planErasure } from '../../bin/pcr/erase/erase.ts';
import { quotaUse } from '../../bin/pcr/quota-use.ts';
import { dynamodbErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { passRows } from '../../bin/pcr/stores/pass-rows.ts';
import { scanPages } from '../../lambdas/adapters/dynamodb-pages.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../lambdas/adapters/system-random.ts';
import { errorName } from '../../lambdas/core/service-error.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editItem, type Item, withValue, wrongValues } from './edited-rows.ts';
import { writeEveryItem } from './every-item.ts';
import { type PcrUnderTest, pcrOn } from './pcr/pcr-under-test.ts';

interface Row {
  readonly table: string;
  readonly item: Item;
}

const settings = () => Promise.reject(new Error('these checks need no settings'));
const deployed = { catalogs: ['AWS'], limits: { perSecond: 1, perDay: 24_000 } };

/** Commands that list. An edited row never makes them fail. */
const lists = [
  ['opportunities', 'list'],
  ['opportunities', 'history', 'O1234567'],
  ['deliveries', 'list'],
  ['deliveries', 'list', '--record', 'O1234567'],
  ['endpoints', 'list'],
  ['rows', 'list', '--scan'],
] as const;

/** Commands about one item. They may say that it is unreadable. */
const details = [
  ['opportunities', 'show', 'O1234567'],
  ['endpoints', 'show', 'ep_bus'],
  ['replay', '--endpoint', 'ep_bus', '--record', 'O1234567', '--dry-run'],
] as const;

describeUnless(missingDynoxide, 'pcr with a row that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let rows: readonly Row[];
  let commands: readonly (readonly string[])[];

  beforeEach(async () => {
    pcr = await pcrOn(engine, []);
    const names = {
      RECORDS_TABLE: pcr.relay.output('RecordsTableName'),
      WEBHOOKS_TABLE: pcr.relay.output('WebhooksTableName'),
      CONTROL_TABLE: pcr.relay.output('ControlTableName'),
    };
    await writeEveryItem({ client: engine.client, names });
    rows = await scanAll(engine.client(), Object.values(names));
    const keys = rows.map(({ item }) => keyOf(item));
    const delivery = keys.find(({ pk }) => pk.startsWith('delivery#'))?.pk.replace('delivery#', '') ?? '';
    const replay = keys.find(({ pk }) => pk === 'replay')?.sk ?? '';
    commands = [...details, ['deliveries', 'show', delivery], ['replay', '--resume', replay, '--dry-run']];
  });

  it.each(['missing', 'map'])(
    'ends with a defined outcome if any attribute is %s',
    async (kind) => {
      const value = wrongValues.find(([each]) => each === kind)?.[1];
      const names = new Set(rows.flatMap(({ item }) => Object.keys(item)));
      const outcomes: string[] = [];
      for (const name of [...names].filter((each) => each !== 'pk' && each !== 'sk')) {
        const edited = rows.filter(({ item }) => name in item);
        for (const { table, item } of edited)
          await editItem(engine.client(), table, keyOf(item), (each) => withValue(each, name, value));
        for (const command of lists) {
          const { code, err } = await pcr.run(...command);
          if (code !== 0) outcomes.push(`${name}: ${command.join(' ')}: ${err.slice(0, 200)}`);
        }
        for (const command of commands) {
          const { err } = await pcr.run(...command);
          if (/Error\b/.test(err)) outcomes.push(`${name}: ${command.join(' ')}: ${err.slice(0, 200)}`);
        }
        for (const [what, read] of Object.entries(reads()))
          await read().catch((error: unknown) =>
            outcomes.push(`${name}: ${what}: ${errorName(error)} ${String(error)}`),
          );
        for (const { table, item } of edited)
          await engine.client().send(new PutItemCommand({ TableName: table, Item: item }));
      }
      expect(outcomes).toEqual([]);
    },
    300_000,
  );

  /** What else reads rows. The commands around these need other services. */
  const reads = () => ({
    doctor: async () => {
      const context = { relay: pcr.relay, settings, io: { clock: systemClock, random: systemRandom } };
      return [await endpointsEnabled.run(context), await rowsReadable.run(context)];
    },
    quota: () => quotaUse(deployed, pcr.relay, { clock: systemClock }),
    passes: () => passRows(engine.client(), pcr.relay.output('ControlTableName')),
    erase: async () => {
      const erasureRows = dynamodbErasureRows(engine.client(), {
        records: pcr.relay.output('RecordsTableName'),
        webhooks: pcr.relay.output('WebhooksTableName'),
      });
      const parked = { count: noneParked, drop: noneParked };
      const { records, deliveries } = pcr.relay;
      return planErasure(
        { email: 'a@example.com' },
        { records, rows: erasureRows, deliveries, parked, clock: systemClock },
      );
    },
  });
});

const noneParked = async () => ({ found: 0, notSearched: 0 });

function keyOf(item: Item): { readonly pk: string; readonly sk: string } {
  return { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
}

async function scanAll(client: DynamoDBClient, tables: readonly string[]): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const table of tables)
    for await (const items of scanPages(client, { TableName: table }))
      found.push(...items.map((item) => ({ table, item })));
  return found;
}
