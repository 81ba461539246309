import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { fromAttributes, toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';

const now = '2026-03-04T10:00:00.000Z';
const event = { pk: 'sightings', sk: 'event' };

/** Items that were edited by hand, and how often an item is written. */
export function sightingsItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  const editedItem = async (attributes: Readonly<Record<string, unknown>>) => {
    const { client, tableName: TableName } = await newTable();
    await client.send(new PutItemCommand({ TableName, Item: toAttributes({ ...event, ...attributes }) }));
    const item = async () => {
      const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key: toAttributes(event) }));
      return fromAttributes(Item);
    };
    return { sightings: () => dynamodbSightings(client, TableName), item };
  };

  describe('an item that was edited by hand', () => {
    const rubbish: readonly unknown[] = [
      'yesterday',
      '',
      7,
      true,
      null,
      ['a'],
      {},
      '2999-01-01T00:00:00.000Z',
    ];
    test.each(rubbish)('ignores and replaces an item with the times %j', async (value) => {
      const { sightings } = await editedItem({ lastEventAt: value, firstReadAt: value });
      expect((await sightings().lastEventAt(now)).at).toBe(now);
      expect((await sightings().lastEventAt('2026-03-05T10:00:00.000Z')).at).toBe(now);
      await sightings().recordEvent('2026-03-04T12:00:00.000Z');
      expect((await sightings().lastEventAt('2026-03-05T10:00:00.000Z')).at).toBe('2026-03-04T12:00:00.000Z');
    });

    test('is read if its time has another valid format', async () => {
      const { sightings } = await editedItem({ lastEventAt: '2026-03-01T12:00:00+02:00' });
      expect((await sightings().lastEventAt(now)).at).toBe('2026-03-01T10:00:00.000Z');
    });
  });

  test('each worker writes an event at most once an hour', async () => {
    const { sightings, item } = await editedItem({});
    const worker = sightings();
    await worker.recordEvent('2026-03-01T10:00:00.000Z');
    await worker.recordEvent('2026-03-01T10:59:59.999Z');
    expect(await item()).toEqual({ ...event, format: 1, lastEventAt: '2026-03-01T10:00:00.000Z' });
    await worker.recordEvent('2026-03-01T11:00:00.000Z');
    expect(await item()).toEqual({ ...event, format: 1, lastEventAt: '2026-03-01T11:00:00.000Z' });
  });
}
