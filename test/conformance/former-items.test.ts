import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { type ListedRecord, listRecords } from '../../bin/pcr/stores/record-list.ts';
import { rowProblems } from '../../bin/pcr/stores/row-problems.ts';
import { controlProblems } from '../../lambdas/adapters/control-items.ts';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { dynamodbSolutionCache } from '../../lambdas/adapters/dynamodb-solution-cache.ts';
import { numberedMessageIdOf } from '../../lambdas/core/ids.ts';
import { former } from '../builders/former-items.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { invitationKey } from '../builders/versions.ts';
import { describeUnless } from '../describe-unless.ts';
import { missingDynoxide, useDynamoDb } from './dynamodb-under-test.ts';

type Item = Readonly<Record<string, unknown>>;

/** Items as releases before and after this one write them. */
const formats: readonly (readonly [name: string, inFormat: (item: Item) => Item])[] = [
  ['as 0.1.0 wrote them', (item) => item],
  ['of a later format with more attributes', (item) => ({ ...item, format: 99, addedLater: { a: [1] } })],
];

describeUnless(missingDynoxide, 'items of other releases', () => {
  const tables = useDynamoDb('dynoxide');
  describe.each(formats)('%s', (_name, inFormat) => {
    const put = async (table: string, ...items: readonly Item[]) => {
      for (const item of items)
        await tables
          .client()
          .send(new PutItemCommand({ TableName: table, Item: toAttributes(inFormat(item)) }));
    };

    const recordsWith = async (...items: readonly Item[]) => {
      const table = await tables.emptyRecordTable();
      await put(table, ...items);
      return { table, records: dynamodbRecordStore(tables.client(), table) };
    };

    test('a current item is the state that it was, with the announcement of its expiration', async () => {
      const { records } = await recordsWith(former.current);
      const messageId = numberedMessageIdOf({ ...invitationKey, version: 2 });
      expect(await records.current(invitationKey)).toMatchObject({
        ...invitationKey,
        version: 2,
        messageId,
        readAt: '2026-03-01T10:00:02.000Z',
        attributes: { title: 'Data platform', status: 'PENDING' },
        announcedExpiration: '2026-03-16T10:00:00.123Z',
        payload: invitationPayload(),
      });
    });

    test('a version is the message that it was, and waits for its fan-out', async () => {
      const { records } = await recordsWith(former.version);
      const ref = { ...invitationKey, version: 2 };
      const ids = {
        messageId: numberedMessageIdOf(ref),
        previousMessageId: numberedMessageIdOf({ ...ref, version: 1 }),
      };
      expect(await records.version(ref)).toMatchObject({
        ...ids,
        type: 'engagement_invitation.updated',
        changes: [{ path: '/InvitationMessage', before: 'Hello', after: 'Hi' }],
      });
      expect(await records.announced(ref)).toMatchObject({
        ...ids,
        topics: ['engagement_invitation.updated'],
      });
      expect(await records.awaitsFanOut(ref)).toBe(true);
      expect(await records.dueMarks('2026-03-01T10:02:00.000Z', 10)).toMatchObject([{ version: ref }]);
    });

    test('an opportunity without a summary in the index is not looked at for reminders', async () => {
      const id = 'O1234567';
      const keys = { pk: `AWS/opportunity/${id}`, catalogKindStatus: 'AWS/opportunity/Prospect' };
      const { table } = await recordsWith({ ...former.current, ...keys, kind: 'opportunity', id });
      expect(await dynamodbRecordIndex(tables.client(), table).findOpenOpportunities('AWS')).toEqual([]);
    });

    test('a record is compared with lists, found and listed as before', async () => {
      const { table } = await recordsWith(former.current);
      const index = dynamodbRecordIndex(tables.client(), table);
      const path = 'AWS/engagement-invitation/engi-abcdefgh12345';
      expect((await index.readHeads([invitationKey])).get(path)).toMatchObject({ status: 'PENDING' });
      expect(await index.findByEngagement('AWS', 'eng-abcdefgh123456')).toEqual([invitationKey]);
      expect(
        await index.findPendingInvitations('AWS', '2026-03-16T00:00:00.000Z', '2026-03-17T00:00:00.000Z'),
      ).toEqual([invitationKey]);
      const filter = { catalog: 'AWS', kind: 'engagement-invitation', state: 'PENDING' } as const;
      const listed: ListedRecord[] = [];
      for await (const row of listRecords(filter, tables.client(), table)) listed.push(row);
      expect(listed).toMatchObject([
        {
          ...invitationKey,
          version: 2,
          title: 'Data platform',
          dueOn: '2026-03-16T10:00:00.123Z',
          modifiedAt: '2026-03-01T10:00:02.000Z',
        },
      ]);
    });

    test('a delivery is claimed once, under the message id that it had', async () => {
      const table = await tables.emptyWebhookTable();
      await put(table, former.delivery);
      const store = dynamodbDeliveryStore(tables.client(), table);
      const { id, messageId } = former.delivery;
      const [now, leaseEndsAt] = ['2026-03-01T10:05:01.000Z', '2026-03-01T10:07:00.000Z'] as const;
      expect(await store.due(now, 10)).toMatchObject([{ id }]);
      expect(await store.claim(id, now, leaseEndsAt)).toMatchObject({ id, messageId, attemptNumber: 2 });
      expect(await store.claim(id, now, leaseEndsAt)).toBeUndefined();
    });

    test('an endpoint keeps its definition, and its gate starts anew', async () => {
      const table = await tables.emptyWebhookTable();
      // cspell:disable-next-line
      await put(table, former.endpoint, former.lanes);
      const { endpoints, unreadable } = await dynamodbEndpointStore(tables.client(), table).all();
      expect(unreadable).toEqual([]);
      expect(endpoints).toMatchObject([
        {
          id: 'ep_crm',
          destination: { kind: 'webhook', url: 'https://crm.example.com/hooks', secretId: 'relay/ep_crm' },
          topics: ['opportunity.*'],
          ordering: 'per-record',
        },
      ]);
      const gates = dynamodbEndpointGateStore(tables.client(), table);
      expect(await gates.read('ep_crm')).toEqual({ gate: undefined, revision: 0 });
    });

    test('a pass that was requested is run, in full, and goes on where it was', async () => {
      const table = await tables.emptyControlTable();
      await put(table, former.pass);
      const passes = dynamodbPassStore(tables.client(), table);
      const [now, leaseEndsAt] = ['2026-03-01T10:00:00.000Z', '2026-03-01T10:05:00.000Z'] as const;
      const key = { catalog: 'AWS', name: 'opportunities' } as const;
      expect(await passes.claim(key, now, leaseEndsAt, '2026-03-02T10:00:00.000Z')).toMatchObject({
        fullRequestedAt: '2026-03-01T09:59:00.000Z',
        state: {
          watermark: '2026-03-01T08:00:00.000Z',
          progress: { nextToken: 'token-2', newestTimestamp: '2026-03-01T09:00:00.000Z', pages: 1 },
        },
        unreadable: [],
      });
      // A request is taken once.
      expect(await passes.claim(key, now, leaseEndsAt, '2026-03-02T10:00:00.000Z')).toBeUndefined();
    });

    test('the ledger, the last event and the names of solutions are read without a repair', async () => {
      const table = await tables.emptyControlTable();
      await put(table, former.ledger, former.firstRead, former.solutions);
      const { item, revision } = await dynamodbQuotaLedger(tables.client(), table, 'reads').read();
      expect(revision).toBe(7);
      expect(item).toMatchObject({ hours: { '2026-03-01T10': 42 } });
      const sightings = dynamodbSightings(tables.client(), table);
      expect(await sightings.lastEventAt('2026-03-01T12:00:00.000Z')).toEqual({
        at: '2026-03-01T10:00:00.000Z',
        repaired: [],
      });
      const solutions = await dynamodbSolutionCache(tables.client(), table).read('AWS');
      expect(solutions?.names.get('S-1234567')).toBe('Example solution');
    });

    test.each(Object.entries(former))('%s is no invalid row', (_kind, item) => {
      const isControl = ['quota', 'pass', 'sightings', 'solutions'].includes(item.pk);
      const problems = isControl
        ? controlProblems(inFormat(item))
        : rowProblems(inFormat(item), '2026-03-01T10:00:00.000Z');
      expect(problems).toEqual([]);
    });
  });
});
