import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbRequestCounter, requestRateKey } from '../../lambdas/adapters/dynamodb-request-counter.ts';
import { requestRateOf } from '../../lambdas/core/request-rate.ts';

const start = Date.parse('2026-03-01T10:00:00.000Z');
const rate = requestRateOf(60);

/** What the row of a client holds in a real engine, and what editing it by hand does. */
export function requestCounterItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  test('keeps one small row for each client, which DynamoDB deletes after a day', async () => {
    const { client, tableName: TableName } = await newTable();
    const counter = dynamodbRequestCounter(client, TableName);
    for (let times = 0; times < 3; times += 1) await counter.admit('crm', rate, start);
    const { Item = {} } = await client.send(
      new GetItemCommand({ TableName, Key: toAttributes(requestRateKey('crm')) }),
    );
    expect(fromAttributes(Item)).toEqual({
      pk: 'request-rate',
      sk: 'crm',
      format: 1,
      busyUntilMs: start + 3_000,
      expiresAtEpochSeconds: start / 1_000 + 24 * 60 * 60,
    });
  });

  test.each([['a text'], [start + 24 * 60 * 60_000], [-1]])(
    'replaces an instant that was edited by hand, %j',
    async (busyUntilMs) => {
      const { client, tableName: TableName } = await newTable();
      const Item = toAttributes({ ...requestRateKey('crm'), busyUntilMs });
      await client.send(new PutItemCommand({ TableName, Item }));
      const counter = dynamodbRequestCounter(client, TableName);
      expect(await counter.admit('crm', rate, start)).toEqual({ kind: 'admitted' });
    },
  );
}
