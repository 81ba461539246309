import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { dictionary } from '../../docs/generate/dictionary.ts';
import type { ItemKind } from '../../docs/generate/table-dictionary.ts';
import type { Attributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { currentItem, versionItem } from '../../lambdas/adapters/record-item.ts';
import { storedContents } from '../../lambdas/adapters/record-parts.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { redactChanges, redactPayload } from '../../lambdas/core/redaction.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { invitationKey, observation, versionOf } from '../builders/versions.ts';
import { writeEveryItem } from './every-item.ts';
import { useStackTables } from './stack-tables.ts';

const tables = useStackTables();
const variables = {
  Records: tables.names.RECORDS_TABLE,
  Webhooks: tables.names.WEBHOOKS_TABLE,
  Control: tables.names.CONTROL_TABLE,
};
const written = new Map<string, readonly Attributes[]>();

beforeAll(async () => {
  await writeEveryItem(tables);
  const { CONTROL_TABLE } = tables.names;
  const before = await scanAll(CONTROL_TABLE);
  // The first event replaces the item that records the absence of events.
  await dynamodbSightings(tables.client(), CONTROL_TABLE).recordEvent('2026-03-01T11:00:00.000Z');
  for (const [name, table] of Object.entries(variables)) written.set(name, await scanAll(table));
  written.set('Control', [...before, ...(written.get('Control') ?? [])]);
});

async function scanAll(TableName: string): Promise<readonly Attributes[]> {
  const items: Attributes[] = [];
  for await (const page of paginateScan({ client: tables.client() }, { TableName }))
    items.push(...(page.Items ?? []));
  return items;
}

/** Compares the beginnings of the keys, up to a placeholder, with those in the dictionary. */
function isOf({ keys }: ItemKind, item: Attributes): boolean {
  const [, beginning = ''] = /^`pk` is `([^`<]*)/.exec(keys) ?? [];
  const [, ofSort = ''] = /^`pk` is `line#[^,]*, `sk` is `([^`<]*)/.exec(keys) ?? [];
  const pk = item['pk']?.S ?? '';
  // Keys of records begin with a catalog, which can be any text.
  return beginning === ''
    ? !pk.startsWith('parts/') && pk !== 'outbox'
    : pk.startsWith(beginning) && (item['sk']?.S ?? '').startsWith(ofSort);
}

/** The type of each attribute over all items. Different types are joined. */
function attributesOf(items: readonly Attributes[]): Readonly<Record<string, string>> {
  const types = items.flatMap((item) =>
    Object.entries(item).map(([name, value]) => [name, Object.keys(value).join()] as const),
  );
  return Object.fromEntries(
    types.map(([name]) => [
      name,
      [...new Set(types.filter(([each]) => each === name).map(([, type]) => type))].join(' or '),
    ]),
  );
}

const kinds = dictionary.flatMap(({ name, items }) => items.map((kind) => [name, kind.name, kind] as const));

describe('the data dictionary', () => {
  it.each(kinds)('%s, %s: lists exactly the attributes of the written items', (table, _name, kind) => {
    const items = (written.get(table) ?? []).filter((item) => isOf(kind, item));
    const documented = Object.entries(kind.attributes).map(([name, { type }]) => [name, type]);
    expect(attributesOf(items)).toEqual(Object.fromEntries(documented));
  });

  it('lists exactly the members of the written summaries', () => {
    const [records] = dictionary;
    const summaries = (written.get('Records') ?? []).flatMap(({ summary }) =>
      summary?.M ? [summary.M] : [],
    );
    const documented = Object.entries(records?.items[0]?.members?.['summary'] ?? {});
    expect(attributesOf(summaries)).toEqual(
      Object.fromEntries(documented.map(([name, { type }]) => [name, type])),
    );
  });

  it.each(dictionary)('$name: describes every written item exactly once', ({ name, items }) => {
    const all = written.get(name) ?? [];
    expect(all).not.toEqual([]);
    for (const item of all)
      expect(items.filter((kind) => isOf(kind, item)).map((kind) => kind.name)).toHaveLength(1);
  });

  it('marks exactly the attributes as personal that a redaction changes', () => {
    const [records] = dictionary;
    const attributes = Object.entries(records?.items[0]?.attributes ?? {});
    const personal = attributes.filter(([, { personal: says }]) => says === 'yes').map(([name]) => name);
    const changed = [
      ...differing((each) => currentItem(each, storedContents(each).current)),
      ...differing((each) => versionItem(each, storedContents(each).version)),
    ];
    // The content hash reveals no data, and `redacted` is the flag itself. `packed` and parts have
    // the payload. An invitation has no id of the partner.
    const beside = new Set(['contentHash', 'messageId', 'redacted']);
    expect(new Set([...changed.filter((name) => !beside.has(name)), 'packed', 'partnerKey'])).toEqual(
      new Set(personal),
    );
  });

  it('describes only existing attributes in the indexes', () => {
    const [records, webhooks] = dictionary;
    expect(records?.indexes.map(({ name }) => name)).toContain('recordsByCustomer');
    for (const { items, indexes } of [records, webhooks].flatMap((table) => table ?? []))
      for (const { partitionKey, sortKey, carries } of indexes) {
        const known = items.flatMap(({ attributes }) => Object.keys(attributes));
        expect([partitionKey, sortKey, ...carries].filter((name) => !known.includes(name))).toEqual([]);
      }
  });
});

describe('the queries for Athena', () => {
  const guide = readFileSync(new URL('../../docs/queries.md', import.meta.url), 'utf8');
  const pathsIn = (column: string): readonly string[] =>
    [...guide.matchAll(new RegExp(`\\(${column}, '\\$\\.([^']+)'\\)`, 'g'))].map(([, path = '']) => path);

  it.each([...pathsIn('line')])('read $.%s, which exists in an exported line', (path) => {
    const lines = (written.get('Records') ?? []).map((Item) => ({ Item }));
    expect(lines.filter((line) => valueAt(line, path) !== undefined)).not.toEqual([]);
  });

  it('read a view that has each current item and each version once, and no other item', () => {
    const items = written.get('Records') ?? [];
    const [records, ...others] = dictionary.find(({ name }) => name === 'Records')?.items ?? [];
    for (const kind of others) expect(items.filter((item) => isOf(kind, item))).not.toEqual([]);
    const expected = items.flatMap((item) =>
      records && isOf(records, item)
        ? [[item['pk']?.S, item['sk']?.S, item['summary']?.M?.['title']?.S]]
        : [],
    );
    const view = /CREATE OR REPLACE VIEW .*?(?=\n```)/s.exec(guide)?.[0] ?? '';
    const rows = rowsOfExport(items, view, 'SELECT pk, sk, title FROM relay_records');
    const found = rows.map(({ pk, sk, title }) => [pk, sk, title ?? undefined]);
    expect(found.toSorted(byText)).toEqual(expected.toSorted(byText));
  });

  it('read members of payloads with their actual types', () => {
    expect(pathsIn('line').length).toBeGreaterThan(20);
    const [list = '', stage = '', ...others] = pathsIn('payload');
    expect(others).toEqual([]);
    const payloads = (written.get('Records') ?? []).map((item) => item['payload']?.M);
    expect(payloads.filter((payload) => typeof valueAt(payload, stage) === 'string')).not.toEqual([]);
    const elements = payloads.map((payload) => valueAt(payload, `${list}.0`));
    expect(pathsIn('spend')).toHaveLength(2);
    for (const path of pathsIn('spend'))
      expect(elements.filter((element) => typeof valueAt(element, path) === 'string')).not.toEqual([]);
  });
});

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

/**
 * Runs a query on a view of exported items. SQLite lacks three of Athena's functions, which are
 * added here for the paths that the view uses.
 */
function rowsOfExport(items: readonly Attributes[], view: string, query: string) {
  const database = new DatabaseSync(':memory:');
  database.function('json_extract_scalar', (line, path) => {
    const value = jsonAt(line, path);
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? null);
  });
  database.function('json_extract', (line, path) => JSON.stringify(jsonAt(line, path)) ?? null);
  database.function('json_format', (json) => json);
  database.exec('CREATE TABLE relay_export (line text)');
  const insert = database.prepare('INSERT INTO relay_export VALUES (?)');
  for (const Item of items) insert.run(JSON.stringify({ Item }));
  database.exec(view.replace('CREATE OR REPLACE VIEW', 'CREATE VIEW'));
  return database.prepare(query).all();
}

function jsonAt(line: unknown, path: unknown): unknown {
  return valueAt(JSON.parse(String(line)), String(path).replace(/^\$\./, ''));
}

function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => {
    const entries: [string, unknown][] =
      typeof inner === 'object' && inner !== null ? Object.entries(inner) : [];
    return entries.find(([each]) => each === name)?.[1];
  }, value);
}

/** The attributes of an invitation's item that a redaction changes. */
function differing(
  itemOf: (version: ReturnType<typeof versionOf>) => Readonly<Record<string, unknown>>,
): string[] {
  const before = {
    ...read(invitationPayload({ title: 'Before' })),
    readAt: '2026-03-01T10:00:00.000Z',
  } as const;
  const first = versionOf(before);
  const whole = versionOf(read(invitationPayload()), first);
  const payload = redactPayload(whole.payload);
  const bare = versionOf({ ...read(payload), redacted: true }, first);
  const [kept, gone] = [itemOf(whole), itemOf({ ...bare, changes: redactChanges(whole.changes) })];
  const names = new Set([...Object.keys(kept), ...Object.keys(gone)]);
  return [...names].filter((name) => JSON.stringify(kept[name]) !== JSON.stringify(gone[name]));
}

function read(payload: JsonObject): ReturnType<typeof observation> {
  return observation({ key: invitationKey, payload });
}
