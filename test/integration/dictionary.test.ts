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
