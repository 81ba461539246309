import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { type IntentRef, intentOf } from '../../lambdas/core/intent.ts';
import { intentItemKey, intentPartition } from '../../lambdas/core/intent-key.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import { finishVersion } from '../../lambdas/records/finish-version.ts';
import { appendVersion, dueForFanOut, leaveOutbox } from '../builders/append-version.ts';
import { opportunityKey, stateOf, versionOf } from '../builders/versions.ts';
import { manualClock } from '../fakes/manual-clock.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const first = versionOf();
const ref = { ...opportunityKey, version: 1 };

/** Rows of the outbox as an earlier release wrote them, and as people edit them. */
export function outboxMarkSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  const update = async (
    { client, tableName }: Awaited<ReturnType<typeof newTable>>,
    key: Readonly<Record<string, string>>,
    attributes: Readonly<Record<string, unknown>>,
  ) => {
    const names = Object.keys(attributes);
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: toAttributes(key),
        UpdateExpression: `SET ${names.map((name) => `${name} = :${name}`).join(', ')}`,
        ExpressionAttributeValues: toAttributes(
          Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
        ),
      }),
    );
  };
  /** A version that release 0.1.0 has stored, and not fanned out. */
  const marked = async () => {
    const table = await newTable();
    const records = dynamodbRecordStore(table.client, table.tableName);
    await appendVersion(records, undefined, first, dueAt);
    await leaveOutbox(records, first);
    await update(table, versionItemKey(first), { outbox: 'pending', outboxDueAt: dueAt });
    return { table, records };
  };

  describe('a version with the mark of release 0.1.0', () => {
    test('is in the outbox until it is fanned out', async () => {
      const { records } = await marked();
      expect(await dueForFanOut(records, '2026-03-01T10:00:59.999Z', 10)).toEqual([]);
      expect(await dueForFanOut(records, dueAt, 10)).toEqual([{ version: ref, dueAt }]);
      expect(await records.awaitsFanOut(ref)).toBe(true);
      expect(await records.announced(ref)).toMatchObject({ isMarked: true });
      await records.markFannedOut(ref);
      expect(await dueForFanOut(records, farFuture, 10)).toEqual([]);
      expect(await records.awaitsFanOut(ref)).toBe(false);
      expect(await records.announced(ref)).toMatchObject({ isMarked: undefined });
      expect(await records.version(ref)).toEqual(first);
    });

    test('is postponed and set aside as one with an intent', async () => {
      const { records } = await marked();
      await records.postponeFanOut(ref, farFuture);
      expect(await dueForFanOut(records, dueAt, 10)).toEqual([]);
      expect(await records.setAside(ref, dueAt)).toBe('set-aside');
      expect(await records.setAside(ref, dueAt)).toBe('already');
      expect(await dueForFanOut(records, farFuture, 10)).toEqual([]);
      expect(await records.awaitsFanOut(ref)).toBe(false);
    });

    test('is due beside versions with an intent', async () => {
      const { records } = await marked();
      const others: readonly [string, Instant][] = [
        ['O1', '2026-03-01T10:00:00.000Z'],
        ['O2', '2026-03-01T10:02:00.000Z'],
      ];
      for (const [id, at] of others)
        await appendVersion(
          records,
          undefined,
          { ...first, id, messageId: `msg_${id.slice(1).padEnd(32, '0')}` },
          at,
        );
      const due = (await dueForFanOut(records, farFuture, 10)).map(({ version: { id } }) => id);
      expect(due.toSorted()).toEqual(['O1', 'O1234567', 'O2']);
    });
  });

  describe('an edited intent', () => {
    test('is due if its postponement is not a time that comes soon, and skipped if its key is unknown', async () => {
      const table = await newTable();
      const records = dynamodbRecordStore(table.client, table.tableName);
      const refs: IntentRef[] = [];
      for (const [index, postponedTo] of [7, 'soon', farFuture, '2026-03-01T10:30:00.000Z'].entries()) {
        const id = `O${index}`;
        const intent = intentOf({ ...first, id }, dueAt);
        await records.putIntent(intent);
        await update(table, intentItemKey(intent), { postponedTo });
        refs.push(intent);
      }
      await update(table, { pk: intentPartition, sk: '2026-03-01' }, { topics: 'edited' });
      const due = (await dueForFanOut(records, '2026-03-01T10:29:59.999Z', 10)).map(
        ({ version: { id } }) => id,
      );
      expect(due.toSorted()).toEqual(['O0', 'O1', 'O2']);
      expect(await dueForFanOut(records, '2026-03-01T10:30:00.000Z', 10)).toHaveLength(4);
    });

    test('does not keep the version of its current item from being finished with what the states say', async () => {
      const table = await newTable();
      const records = dynamodbRecordStore(table.client, table.tableName);
      const intent = intentOf(first, dueAt);
      await records.putIntent(intent);
      await records.commit(undefined, first, dueAt);
      await update(table, intentItemKey(intent), { topics: 7 });
      const clock = manualClock(dueAt);
      await finishVersion(stateOf(first), { records, clock, outboxGraceMs: 60_000 });
      const cause = { detailType: 'unknown', eventIds: [], eventTime: first.readAt };
      expect(await records.version(first)).toEqual({ ...first, cause });
      expect(await records.awaitsFanOut(first)).toBe(true);
      expect((await dueForFanOut(records, farFuture, 10)).map(({ dueAt: time }) => time)).toEqual([
        dueAt,
        '2026-03-01T10:02:00.000Z',
      ]);
    });

    test('is not found if it is unreadable', async () => {
      const table = await newTable();
      const records = dynamodbRecordStore(table.client, table.tableName);
      await appendVersion(records, undefined, first, dueAt);
      expect(await records.findIntent(first)).toMatchObject({ type: 'opportunity.created' });
      await update(table, intentItemKey(intentOf(first, dueAt)), { topics: 7 });
      expect(await records.findIntent(first)).toBeUndefined();
    });
  });
}
