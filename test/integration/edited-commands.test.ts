import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { endpointsEnabled, rowsReadable } from '../../bin/pcr/doctor/work-checks.ts';
import { planErasure } from '../../bin/pcr/erase/erase.ts';
import { quotaUse } from '../../bin/pcr/quota-use.ts';
import { dynamodbErasureRows } from '../../bin/pcr/stores/erasure-rows.ts';
import { passRows } from '../../bin/pcr/stores/pass-rows.ts';
import { keyIn } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { scanPages } from '../../lambdas/adapters/dynamodb-pages.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../lambdas/adapters/system-random.ts';
import { errorName } from '../../lambdas/core/service-error.ts';
import type { ItemKey } from '../../lambdas/core/tables.ts';
import { stackPartsOf } from '../builders/stack-parts.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editItem, type Item, withValue, wrongValues } from './edited-rows.ts';
import { writeEveryItem } from './every-item.ts';
import { type PcrUnderTest, pcrOn } from './pcr/pcr-under-test.ts';
import { shrinkContent } from './small-content.ts';

type Table = 'Records' | 'Webhooks' | 'Control';

interface Row {
  readonly table: Table;
  readonly key: ItemKey;
  readonly item: Item;
}

/** A command, or what one reads. */
interface Reading {
  readonly name: string;
  readonly tables: readonly Table[];
  /** Returns what went wrong. */
  readonly run: () => Promise<string | undefined>;
}

const settings = () => Promise.reject(new Error('these checks need no settings'));
const deployed = { catalogs: ['AWS'], limits: { perSecond: 1, perDay: 24_000 }, reminders: false };
const records = ['Records'] as const;
const webhooks = ['Webhooks'] as const;
const both = ['Records', 'Webhooks'] as const;

/** Commands that list. An edited row never makes them fail. */
const lists = [
  [records, 'opportunities list'],
  [records, 'opportunities history O1234567'],
  [webhooks, 'deliveries list'],
  [both, 'deliveries list --record O1234567'],
  [webhooks, 'endpoints list'],
  [both, 'rows list --scan'],
] as const;

/** Commands about one item. They may say that it is unreadable. */
const details = [
  [records, 'opportunities show O1234567'],
  [webhooks, 'endpoints show ep_bus'],
  [both, 'replay --endpoint ep_bus --record O1234567 --dry-run'],
] as const;

describeUnless(missingDynoxide, 'pcr with a row that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let rows: readonly Row[];
  let readings: readonly Reading[];
  const tableName = (table: Table) => pcr.relay.output(`${table}TableName`);

  beforeEach(async () => {
    pcr = await pcrOn(engine, []);
    const names = {
      RECORDS_TABLE: tableName('Records'),
      WEBHOOKS_TABLE: tableName('Webhooks'),
      CONTROL_TABLE: tableName('Control'),
    };
    await writeEveryItem({ client: engine.client, names });
    await shrinkContent(engine.client(), names.RECORDS_TABLE);
    rows = [...(await rowsOf('Records')), ...(await rowsOf('Webhooks')), ...(await rowsOf('Control'))];
    const delivery = rows.find(({ key }) => key.pk.startsWith('delivery#'))?.key.pk.replace('delivery#', '');
    const replay = rows.find(({ key }) => key.pk === 'replay')?.key.sk;
    readings = [
      ...lists.map(([tables, name]) => ({ name, tables, run: () => outcomeOfList(name) })),
      ...[
        ...details,
        [webhooks, `deliveries show ${delivery}`] as const,
        [both, `replay --resume ${replay} --dry-run`] as const,
      ].map(([tables, name]) => ({ name, tables, run: () => outcomeOfDetail(name) })),
      ...reads().map(([tables, name, read]) => ({ name, tables, run: () => outcomeOfRead(read) })),
    ];
  });

  it.each(wrongValues)(
    'ends with a defined outcome if any attribute is %s',
    async (_, value) => {
      const attributes = new Map<string, { table: Table; name: string }>();
      for (const { table, item } of rows)
        for (const name of Object.keys(item)) attributes.set(`${table} ${name}`, { table, name });
      const outcomes: string[] = [];
      for (const { table, name } of attributes.values()) {
        if (name === 'pk' || name === 'sk') continue;
        const edited = rows.filter((row) => row.table === table && name in row.item);
        for (const { key } of edited)
          await editItem(engine.client(), tableName(table), key, (each) => withValue(each, name, value));
        for (const reading of readings.filter(({ tables }) => tables.includes(table))) {
          const outcome = await reading.run();
          if (outcome !== undefined) outcomes.push(`${table} ${name}: ${reading.name}: ${outcome}`);
        }
        for (const { item } of edited)
          await engine.client().send(new PutItemCommand({ TableName: tableName(table), Item: item }));
      }
      expect(attributes.size).toBeGreaterThan(90);
      expect(outcomes).toEqual([]);
    },
    300_000,
  );

  async function rowsOf(table: Table): Promise<readonly Row[]> {
    const found: Row[] = [];
    for await (const items of scanPages(engine.client(), { TableName: tableName(table) }))
      found.push(...items.map((item) => ({ table, key: keyIn(item), item })));
    return found;
  }

  async function outcomeOfList(name: string): Promise<string | undefined> {
    const { code, err } = await pcr.run(...name.split(' '));
    return code === 0 ? undefined : err.slice(0, 200);
  }

  async function outcomeOfDetail(name: string): Promise<string | undefined> {
    const { err } = await pcr.run(...name.split(' '));
    return /Error\b/.test(err) ? err.slice(0, 200) : undefined;
  }

  /** What else reads rows. The commands around these need other services. */
  const reads = () =>
    [
      [
        both,
        'doctor',
        async () => {
          const context = {
            relay: pcr.relay,
            settings,
            parts: stackPartsOf(),
            io: { clock: systemClock, random: systemRandom },
          };
          return [await endpointsEnabled.run(context), await rowsReadable.run(context)];
        },
      ],
      [['Control'], 'quota', () => quotaUse(deployed, pcr.relay, { clock: systemClock })],
      [['Control'], 'passes', () => passRows(engine.client(), tableName('Control'))],
      [
        both,
        'erase',
        () => {
          const { records: store, deliveries } = pcr.relay;
          const tables = { records: tableName('Records'), webhooks: tableName('Webhooks') };
          const erasureRows = dynamodbErasureRows(engine.client(), tables);
          const deps = { records: store, rows: erasureRows, deliveries, parked, clock: systemClock };
          return planErasure({ email: 'a@example.com' }, deps);
        },
      ],
    ] as const;
});

async function outcomeOfRead(read: () => Promise<unknown>): Promise<string | undefined> {
  return read().then(
    () => undefined,
    (error: unknown) => `${errorName(error)} ${String(error)}`,
  );
}

const noneParked = async () => ({ found: 0, notSearched: 0 });
const parked = { count: noneParked, drop: noneParked };
