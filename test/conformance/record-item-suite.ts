import { gzipSync } from 'node:zlib';
import {
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { intentOf } from '../../lambdas/core/intent.ts';
import { intentPartition } from '../../lambdas/core/intent-key.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import { currentItemKey, recordTable, versionItemKey } from '../../lambdas/core/tables.ts';
import { type RecordState, restate, type Version } from '../../lambdas/core/version.ts';
import { applyChanges } from '../../local/apply-changes.ts';
import { appendVersion } from '../builders/append-version.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../builders/payloads.ts';
import { invitationKey, observation, opportunityKey, summaryKey, versionOf } from '../builders/versions.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const { indexes } = recordTable;
type QueryIndex = Exclude<keyof typeof indexes, 'outbox' | 'versionsByDay'>;

/** Reads everything under one partition key of an index, in its order. */
async function listed(
  client: DynamoDBClient,
  table: string,
  index: keyof typeof indexes,
  value: string,
  sortKeyPrefix = '',
) {
  const { name, partitionKey, sortKey } = indexes[index];
  const prefix = sortKeyPrefix === '' ? '' : ' AND begins_with(#sortKey, :prefix)';
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: name,
      KeyConditionExpression: `#partitionKey = :value${prefix}`,
      ExpressionAttributeNames: { '#partitionKey': partitionKey, ...(prefix && { '#sortKey': sortKey }) },
      ExpressionAttributeValues: toAttributes({
        ':value': value,
        ...(prefix && { ':prefix': sortKeyPrefix }),
      }),
    }),
  );
  return Items.map(fromAttributes);
}

/** The items of the Records table as queries and the stream see them. */
export function recordItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  /**
   * Stores an opportunity with two versions, one without a due date, a summary and an invitation.
   */
  const filledTable = async () => {
    const { client, tableName } = await newTable();
    const records = dynamodbRecordStore(client, tableName);
    const first = versionOf(observation({ payload: opportunityPayload({ title: 'Before' }) }));
    const later = {
      readAt: '2026-03-01T11:00:02.000Z',
      payload: {
        ...opportunityPayload({ lastModifiedDate: '2026-03-01T11:00:00Z', stage: 'Qualified' }),
        PartnerOpportunityIdentifier: 'CRM-10023',
      },
    } as const;
    const bare = { Id: 'O2', LastModifiedDate: '2026-03-01T09:00:00Z', LifeCycle: { Stage: 'Qualified' } };
    await appendVersion(records, undefined, first, dueAt);
    await appendVersion(records, first, versionOf(observation(later), first), dueAt);
    for (const observed of [
      observation({ key: { ...opportunityKey, id: 'O2' }, payload: bare }),
      observation({ key: summaryKey, payload: awsSummaryPayload() }),
      observation({ key: invitationKey, payload: invitationPayload() }),
    ])
      await appendVersion(records, undefined, versionOf(observed), dueAt);
    return {
      records,
      client,
      tableName,
      ids: async (index: keyof typeof indexes, value: string, prefix?: string) =>
        (await listed(client, tableName, index, value, prefix)).map(({ pk }) => pk),
      items: (index: keyof typeof indexes, value: string) => listed(client, tableName, index, value),
    };
  };

  test('RecordStore reports packed content nested to 10,000 levels as an unreadable record', async () => {
    const { client, tableName, records } = await filledTable();
    const deep = `{"payload":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: toAttributes(currentItemKey(opportunityKey)),
        UpdateExpression: 'SET packed = :packed',
        ExpressionAttributeValues: toAttributes({ ':packed': gzipSync(deep) }),
      }),
    );
    await expect(records.current(opportunityKey)).rejects.toMatchObject({ code: 'record.unreadable' });
  });

  describe('the indexes of the Records table', () => {
    let table: Awaited<ReturnType<typeof filledTable>>;
    beforeAll(async () => {
      table = await filledTable();
    });

    test('recordsByModification lists one kind by change, oldest first', async () => {
      const { ids } = table;
      expect(await ids('recordsByModification', 'AWS/opportunity')).toEqual([
        'AWS/opportunity/O2',
        'AWS/opportunity/O1234567',
      ]);
      expect(await ids('recordsByModification', 'AWS/aws-opportunity-summary')).toEqual([
        'AWS/aws-opportunity-summary/O1234567',
      ]);
    });

    test('recordsByStatus lists by due date, items without one last, and none under a former status', async () => {
      const { ids } = table;
      expect(await ids('recordsByStatus', 'AWS/opportunity/Qualified')).toEqual([
        'AWS/opportunity/O1234567',
        'AWS/opportunity/O2',
      ]);
      expect(await ids('recordsByStatus', 'AWS/opportunity/Prospect')).toEqual([]);
      expect(await ids('recordsByStatus', 'AWS/engagement-invitation/PENDING', '2026-03-16')).toEqual([
        'AWS/engagement-invitation/engi-abcdefgh12345',
      ]);
    });

    test('recordsByCustomer finds by the start of the name in lower case', async () => {
      const { ids } = table;
      expect(await ids('recordsByCustomer', 'AWS/opportunity', 'example c')).toEqual([
        'AWS/opportunity/O1234567',
      ]);
      expect(await ids('recordsByCustomer', 'AWS/opportunity', 'corp')).toEqual([]);
    });

    test('recordsByEngagement lists the records of an engagement', async () => {
      const { ids } = table;
      expect(await ids('recordsByEngagement', 'eng-abcdefgh123456')).toEqual([
        'AWS/engagement-invitation/engi-abcdefgh12345',
      ]);
    });

    const queries: readonly (readonly [QueryIndex, string])[] = [
      ['recordsByModification', 'AWS/opportunity'],
      ['recordsByStatus', 'AWS/opportunity/Qualified'],
      ['recordsByCustomer', 'AWS/opportunity'],
      ['recordsByEngagement', 'eng-abcdefgh123456'],
      ['recordsByPartnerId', 'CRM-10023'],
    ];
    test.each(queries)('%s holds current items only, with their keys and a summary', async (index, value) => {
      const { items } = table;
      const found = await items(index, value);
      expect(found.length).toBeGreaterThan(0);
      const { partitionKey, sortKey } = indexes[index];
      const names = new Set(['pk', 'sk', partitionKey, sortKey, 'summary']);
      for (const item of found) {
        expect(item).toMatchObject({ sk: 'current', summary: { version: expect.any(Number) } });
        expect(new Set(Object.keys(item))).toEqual(names);
      }
    });

    test('recordsByPartnerId holds only records that have an id of the partner', async () => {
      const { ids } = table;
      expect(await ids('recordsByPartnerId', 'CRM-10023')).toEqual(['AWS/opportunity/O1234567']);
    });

    test('versionsByDay holds the versions of a day with topics and the paths that changed', async () => {
      const { items } = table;
      // Versions of the same instant have no order.
      const found = await items('versionsByDay', 'AWS/opportunity#2026-03-01');
      const [first, ...others] = found.toSorted((a, b) => placeOf(a).localeCompare(placeOf(b)));
      expect(first).toMatchObject({ sk: 'version#0000000001', knownAt: '2026-03-01T10:00:02.000Z' });
      expect(others).toEqual([
        {
          pk: 'AWS/opportunity/O2',
          sk: 'version#0000000001',
          dayKey: 'AWS/opportunity#2026-03-01',
          knownAt: '2026-03-01T10:00:02.000Z',
          summary: { topics: ['opportunity.created'] },
        },
        {
          pk: 'AWS/opportunity/O1234567',
          sk: 'version#0000000002',
          dayKey: 'AWS/opportunity#2026-03-01',
          knownAt: '2026-03-01T11:00:02.000Z',
          summary: {
            topics: ['opportunity.updated', 'opportunity.stage_changed'],
            paths: ['/LifeCycle/Stage', '/PartnerOpportunityIdentifier', '/Project/Title'],
          },
        },
      ]);
    });

    test('a confirmation leaves every index as it is', async () => {
      const { client, tableName, records } = await filledTable();
      const before = await records.current(summaryKey);
      if (!before) throw new Error('nothing was stored');
      const entries = async () => {
        const found = await Promise.all(
          Object.values(indexes).map(({ name }) =>
            client.send(new ScanCommand({ TableName: tableName, IndexName: name })),
          ),
        );
        return found.map(({ Items }) => Items);
      };
      const former = await entries();
      expect(await records.confirm(before, '2026-03-02T10:00:00.000Z')).toBe('confirmed');
      expect(await entries()).toEqual(former);
    });

    test('outbox holds nothing that is not set aside', async () => {
      const { items, records } = table;
      expect(await items('outbox', 'pending')).toEqual([]);
      await records.setAside(intentOf(versionOf(observation({ key: invitationKey })), dueAt), dueAt);
      expect(await items('outbox', 'unreadable')).toMatchObject([
        { pk: 'AWS/engagement-invitation/engi-abcdefgh12345', sk: 'version#0000000001' },
      ]);
    });
  });

  test('one Query reads a record with its history in order', async () => {
    const { client, tableName, records } = await filledTable();
    let before: RecordState | undefined = await records.current(opportunityKey);
    for (let hour = 12; hour < 22; hour += 1) {
      const observed = observation({
        payload: opportunityPayload({
          lastModifiedDate: `2026-03-01T${hour}:00:00Z`,
          stage: `Stage ${hour}`,
        }),
        readAt: `2026-03-01T${hour}:00:02.000Z`,
      });
      const version = versionOf(observed, before);
      await appendVersion(records, before, version, dueAt);
      before = version;
    }
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: toAttributes({ ':pk': 'AWS/opportunity/O1234567' }),
      }),
    );
    const versions = Array.from(
      { length: 12 },
      (_, index) => `version#${String(index + 1).padStart(10, '0')}`,
    );
    expect(Items.map(({ sk }) => sk?.S)).toEqual(['current', ...versions]);
  });

  test('a record that is linked to an engagement is listed with it', async () => {
    const { client, tableName, records } = await filledTable();
    const before = await records.current(opportunityKey);
    if (!before) throw new Error('nothing was stored');
    const links = [{ kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' }] as const;
    const { type, topics, cause } = versionOf();
    await appendVersion(records, before, restate(before, { type, topics, cause, links }), dueAt);
    const [, linked] = await listed(client, tableName, 'recordsByEngagement', 'eng-abcdefgh123456');
    expect(linked).toMatchObject({
      pk: 'AWS/opportunity/O1234567',
      summary: { engagementId: 'eng-abcdefgh123456' },
    });
  });

  test('promise 7: a redacted record has no sensitive member in any attribute of any item', async () => {
    const { client, tableName } = await newTable();
    const records = dynamodbRecordStore(client, tableName);
    const first = versionOf(observation({ key: invitationKey, payload: invitationPayload() }));
    const payload = redactPayload(invitationPayload({ status: 'REJECTED' }));
    const second = versionOf(observation({ key: invitationKey, payload, redacted: true }), first);
    await appendVersion(records, undefined, first, dueAt);
    await appendVersion(records, first, second, dueAt);
    await records.redactBefore(second);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    expect(JSON.stringify(Items)).not.toMatch(/example corp|data platform|paulo/i);
    const ofRecord = Items.map(fromAttributes).filter(({ pk }) => pk !== intentPartition);
    expect(ofRecord).toHaveLength(3);
    for (const item of ofRecord) expect(item).toMatchObject({ redacted: true });
  });

  test('promise 7: the summary of a redacted version names only the changes that are left', async () => {
    const { client, tableName } = await newTable();
    const records = dynamodbRecordStore(client, tableName);
    const contacts = '/Payload/OpportunityInvitation/SenderContacts';
    const withPhone = (after: string) =>
      applyChanges(invitationPayload(), [{ path: `${contacts}/0/Phone`, after }]);
    const payloads = [
      withPhone('1'),
      withPhone('2'),
      redactPayload(invitationPayload({ status: 'REJECTED' })),
    ];
    let before: Version | undefined;
    for (const [index, payload] of payloads.entries()) {
      const readAt = `2026-03-01T1${index}:00:00.000Z` as const;
      const read = observation({ key: invitationKey, payload, readAt, redacted: index === 2 });
      const version = versionOf(read, before);
      await appendVersion(records, before, version, dueAt);
      before = version;
    }
    const second = { ...invitationKey, version: 2 };
    const readSummary = async () => {
      const Key = toAttributes(versionItemKey(second));
      const { Item } = await client.send(new GetItemCommand({ TableName: tableName, Key }));
      return fromAttributes(Item ?? {})['summary'];
    };
    const topics = ['engagement_invitation.updated'];
    expect(await readSummary()).toEqual({ topics, paths: [`${contacts}/0/Phone`] });
    await records.redactBefore({ ...second, version: 3 });
    expect(await readSummary()).toEqual({ topics, paths: [contacts] });
  });

  test('a payload that fits is stored as a native map', async () => {
    const { client, tableName } = await filledTable();
    const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
    const items = Items.map(fromAttributes).filter(({ pk }) => pk !== intentPartition);
    expect(items).toHaveLength(9);
    for (const item of items) expect(item).toMatchObject({ payload: expect.any(Object) });
  });
}

function placeOf(item: Readonly<Record<string, unknown>>): string {
  return `${String(item['knownAt'])} ${String(item['pk'])}`;
}
