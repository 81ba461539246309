import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRecordIndex } from '../../lambdas/adapters/dynamodb-record-index.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { currentItemKey } from '../../lambdas/core/tables.ts';
import { appendVersion } from '../builders/append-version.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';

/** How the index handles items that were edited by hand. */
export function recordIndexItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  test.each([
    ['links', 'O1'],
    ['links', [{ kind: 'opportunity', id: 'O1', via: 'a feeling' }]],
    ['readAt', 'yesterday'],
    ['tombstone', 'no'],
  ])('readHeads omits a record whose %s is %j, and returns the others', async (name, value) => {
    const { client, tableName } = await newTable();
    const records = dynamodbRecordStore(client, tableName);
    const sound = { ...opportunityKey, id: 'O2' };
    for (const key of [opportunityKey, sound])
      await appendVersion(records, undefined, versionOf(observation({ key })), '2026-03-01T10:01:00.000Z');
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: toAttributes(currentItemKey(opportunityKey)),
        UpdateExpression: 'SET #name = :value',
        ExpressionAttributeNames: { '#name': name },
        ExpressionAttributeValues: toAttributes({ ':value': value }),
      }),
    );
    const found = await dynamodbRecordIndex(client, tableName).readHeads([opportunityKey, sound]);
    expect([...found.keys()]).toEqual(['AWS/opportunity/O2']);
    // A read of the record itself fails with the reason.
    await expect(records.current(opportunityKey)).rejects.toMatchObject({ code: 'record.unreadable' });
  });
}
