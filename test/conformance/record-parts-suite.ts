import {
  DeleteItemCommand,
  type DynamoDBClient,
  paginateScan,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import {
  type Attributes,
  fromAttributes,
  keyIn,
  toAttributes,
} from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { partNameOf, partNamesOf } from '../../lambdas/adapters/record-parts.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import { currentItemKey, type ItemKey, parsePartKey, versionItemKey } from '../../lambdas/core/tables.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { appendVersion } from '../builders/append-version.ts';
import { incompressibleOpportunity, randomText } from '../builders/incompressible.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { invitationKey, observation, opportunityKey, stateOf, versionOf } from '../builders/versions.ts';
import { crashEverywhere, untilCrash } from '../fakes/crashing.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';

const first = versionOf(observation({ payload: incompressibleOpportunity(420_000, 1) }));
const second = versionOf(
  observation({ payload: incompressibleOpportunity(420_000, 2), readAt: '2026-03-01T11:00:02.000Z' }),
  first,
);

const pending = versionOf(
  observation({
    key: invitationKey,
    payload: {
      ...invitationPayload(),
      InvitationMessage: randomText(300_000, 'message'),
      Note: randomText(300_000, 'note'),
    },
  }),
);
const rejected = versionOf(
  observation({
    key: invitationKey,
    payload: redactPayload({ ...pending.payload, Status: 'REJECTED' }),
    readAt: '2026-03-01T11:00:02.000Z',
    redacted: true,
  }),
  pending,
);

interface Table {
  readonly client: DynamoDBClient;
  readonly tableName: string;
}

async function itemsOf({ client, tableName }: Table): Promise<readonly Attributes[]> {
  const items: Attributes[] = [];
  for await (const page of paginateScan({ client }, { TableName: tableName }))
    items.push(...(page.Items ?? []));
  return items;
}

async function partKeysOf(table: Table): Promise<readonly ItemKey[]> {
  return (await itemsOf(table)).map(keyIn).filter((key) => parsePartKey(key));
}

/** Parts that no item of the table names. */
async function unnamedPartsOf(table: Table): Promise<readonly string[]> {
  const items = await itemsOf(table);
  const named = new Set(items.flatMap((item) => partNamesOf(fromAttributes(item))));
  const names = items.flatMap((item) => parsePartKey(keyIn(item)) ?? []).map(partNameOf);
  return names.filter((name) => !named.has(name));
}

const unreadable = (sk: string) => ({
  code: 'record.unreadable',
  retry: { kind: 'never' },
  details: { item: `AWS/opportunity/O1234567 ${sk}` },
});

/** Content that is too large for one item. */
export function recordPartsSuite(newTable: () => Promise<Table>): void {
  const filled = async (...versions: readonly Version[]) => {
    const table = await newTable();
    const records = dynamodbRecordStore(table.client, table.tableName);
    for (const [index, version] of versions.entries())
      expect(await appendVersion(records, versions[index - 1], version, dueAt)).toBe('stored');
    return { ...table, records };
  };

  describe('the parts of a payload in the Records table', () => {
    it('are no result of a Query for the history of the record', async () => {
      const { client, tableName } = await filled(first, second);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: toAttributes({ ':pk': recordPath(opportunityKey) }),
        }),
      );
      expect(Items.map(({ sk }) => sk?.S)).toEqual(['current', 'version#0000000001', 'version#0000000002']);
    });

    it('are stored once for the current item and its version', async () => {
      const table = await filled(first);
      const [current, version] = (await itemsOf(table))
        .map(fromAttributes)
        .filter(({ pk }) => pk === recordPath(opportunityKey));
      expect(current?.['payloadParts']).toEqual(version?.['payloadParts']);
      expect(await partKeysOf(table)).toHaveLength(2);
      expect(await unnamedPartsOf(table)).toEqual([]);
    });
  });

  describe('a version with a payload in parts', () => {
    it('leaves the old or the new state after a crash at any call, and can be repeated', async () => {
      const crashes = await crashEverywhere(async (process) => {
        const { client, tableName, records } = await filled(first);
        const crashing = dynamodbRecordStore(process.wrap(client), tableName);
        await untilCrash(appendVersion(crashing, first, second, dueAt).then(() => undefined, rethrowCrash));
        const between = await records.current(opportunityKey);
        expect([stateOf(first), stateOf(second)]).toContainEqual(between);
        // A worker that decides again finds the version committed, or its own write.
        expect(await appendVersion(records, first, second, dueAt)).toBe('stored');
        expect(await records.storesVersion(between ?? first)).toBe(true);
        expect(await records.current(opportunityKey)).toEqual(stateOf(second));
        expect(await records.version(second)).toEqual(second);
        expect(await records.version(first)).toEqual(first);
      });
      expect(crashes).toBeGreaterThan(8);
    });
  });

  describe('RecordStore.redactBefore of a payload in parts', () => {
    it('removes the parts that hold sensitive members, also after a crash at any call', async () => {
      const crashes = await crashEverywhere(async (process) => {
        const { client, tableName, records } = await filled(pending, rejected);
        const crashing = dynamodbRecordStore(process.wrap(client), tableName);
        await untilCrash(crashing.redactBefore(rejected).then(() => undefined, rethrowCrash));
        const between = await records.version(pending);
        expect([pending.payload, redactPayload(pending.payload)]).toContainEqual(between?.payload);
        await records.redactBefore(rejected);
        expect((await records.version(pending))?.payload).toEqual(redactPayload(pending.payload));
        expect(await records.version(rejected)).toEqual(rejected);
        expect(await unnamedPartsOf({ client, tableName })).toEqual([]);
      });
      expect(crashes).toBeGreaterThan(8);
    });

    it('removes parts of a write that lost its race', async () => {
      const { client, tableName, records } = await filled(pending, rejected);
      const lost = versionOf(
        observation({
          key: invitationKey,
          payload: { ...pending.payload, Note: randomText(300_000, 'other') },
          readAt: '2026-03-01T11:00:01.000Z',
        }),
        pending,
      );
      expect(await appendVersion(records, pending, lost, dueAt)).toBe('raced');
      expect(await unnamedPartsOf({ client, tableName })).not.toEqual([]);
      await records.redactBefore(rejected);
      expect(await unnamedPartsOf({ client, tableName })).toEqual([]);
    });

    it('never makes a read at the same time fail', async () => {
      const { records } = await filled(pending, rejected);
      const work = { isDone: false };
      const redaction = records.redactBefore(rejected).finally(() => {
        work.isDone = true;
      });
      const whole = [pending.payload, redactPayload(pending.payload)];
      while (!work.isDone) expect(whole).toContainEqual((await records.version(pending))?.payload);
      expect(await redaction).toBe(1);
    });
  });

  describe('a part that was edited by hand', () => {
    it('makes its record unreadable if it is missing', async () => {
      const table = await filled(first);
      const [Key] = await partKeysOf(table);
      await table.client.send(
        new DeleteItemCommand({ TableName: table.tableName, Key: toAttributes({ ...Key }) }),
      );
      await expect(table.records.current(opportunityKey)).rejects.toMatchObject(unreadable('current'));
      await expect(table.records.version(first)).rejects.toMatchObject(unreadable('version#0000000001'));
    });

    it('makes its record unreadable if it has other bytes', async () => {
      const table = await filled(first);
      const [Key] = await partKeysOf(table);
      await set(table, Key, 'part', Buffer.from('other'));
      await expect(table.records.current(opportunityKey)).rejects.toMatchObject(unreadable('current'));
    });

    it.each([
      'text',
      {},
      { hash: 'abc', count: 0 },
      { hash: 'abc', count: 1_000_000 },
      { hash: '#', count: 1 },
    ])('makes its record unreadable if the name of the parts is %j', async (name) => {
      const table = await filled(first);
      await set(table, currentItemKey(opportunityKey), 'payloadParts', name);
      await set(table, versionItemKey(first), 'changesParts', name);
      await expect(table.records.current(opportunityKey)).rejects.toMatchObject(unreadable('current'));
      await expect(table.records.version(first)).rejects.toMatchObject(unreadable('version#0000000001'));
    });
  });
}

/** The store wraps every error of its client. */
function rethrowCrash(error: unknown): never {
  throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function set({ client, tableName }: Table, key: ItemKey | undefined, name: string, value: unknown) {
  return client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: toAttributes({ ...key }),
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: toAttributes({ ':value': value }),
    }),
  );
}
