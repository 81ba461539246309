import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { webhookTable } from '../../lambdas/core/tables.ts';
import type { ClaimedDelivery, DeliveryStore } from '../../lambdas/ports/delivery-store.ts';
import { attemptOf, deliveryOf } from './delivery-store-suite.ts';

const addedAt: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:00:30.000Z';
const delivery = deliveryOf();

async function claimed(store: DeliveryStore, now: Instant): Promise<ClaimedDelivery> {
  const claim = await store.claim(delivery.id, now, leaseEnds);
  if (!claim) throw new Error(`nothing to claim at ${now}`);
  return claim;
}

/** Attributes of a delivery item, as queries of the Webhooks table see them. */
export function deliveryItemSuite(
  newTable: () => Promise<{ readonly client: DynamoDBClient; readonly tableName: string }>,
): void {
  const withClaim = async () => {
    const { client, tableName } = await newTable();
    const store = dynamodbDeliveryStore(client, tableName);
    await store.add(delivery, addedAt);
    const items = async (IndexName?: string) =>
      ((await client.send(new ScanCommand({ TableName: tableName, IndexName }))).Items ?? []).map(
        fromAttributes,
      );
    return { store, claim: await claimed(store, addedAt), items };
  };

  describe('a delivery item', () => {
    test('names its message, endpoint and version, and expires 30 days after it was added', async () => {
      const { items } = await withClaim();
      expect(await items()).toMatchObject([
        {
          pk: `delivery#${delivery.id}`,
          messageId: delivery.messageId,
          endpointId: 'ep_example',
          record: 'AWS/opportunity/O1234567',
          version: 1,
          status: 'pending',
          dueAt: leaseEnds,
          createdAt: addedAt,
          [webhookTable.timeToLive]: Date.parse('2026-03-31T10:00:00.000Z') / 1_000,
        },
      ]);
    });

    test('expires 30 days after its last claim', async () => {
      const { store, claim, items } = await withClaim();
      await store.settle(claim, attemptOf(1), { status: 'pending', dueAt: leaseEnds });
      await claimed(store, '2026-03-15T10:00:00.000Z');
      expect(await items()).toMatchObject([
        {
          createdAt: addedAt,
          [webhookTable.timeToLive]: Date.parse('2026-04-14T10:00:00.000Z') / 1_000,
        },
      ]);
    });

    test('keeps every attempt', async () => {
      const { store, claim, items } = await withClaim();
      await store.settle(claim, attemptOf(1), { status: 'pending', dueAt: leaseEnds });
      const unanswered = {
        number: 2,
        startedAt: leaseEnds,
        durationMs: 15_000,
        outcome: 'timed-out',
      } as const;
      await store.settle(
        await claimed(store, leaseEnds),
        { ...unanswered, status: undefined, answer: undefined },
        { status: 'delivered' },
      );
      const [item] = await items();
      expect(item).toMatchObject({ status: 'delivered', attemptNumber: 2 });
      expect(item?.['attempts']).toEqual([attemptOf(1), unanswered]);
    });

    test.each([
      { status: 'delivered' } as const,
      { status: 'exhausted', reason: 'no attempt is left' } as const,
    ])('leaves the index by due time when it is $status', async (settlement) => {
      const { store, claim, items } = await withClaim();
      expect(await items(webhookTable.indexes.due.name)).toHaveLength(1);
      await store.settle(claim, attemptOf(1), settlement);
      expect(await items(webhookTable.indexes.due.name)).toEqual([]);
      expect(await items()).toMatchObject([settlement]);
    });

    test('keeps its attempts, loses its reason and gets another 30 days when it is revived', async () => {
      const { store, claim, items } = await withClaim();
      await store.settle(claim, attemptOf(1), { status: 'exhausted', reason: 'no attempt is left' });
      await store.revive(delivery.id, '2026-03-15T10:00:00.000Z');
      const [item] = await items();
      expect(item).toMatchObject({ status: 'pending', attempts: [attemptOf(1)], attemptNumber: 0 });
      expect(item).toMatchObject({
        [webhookTable.timeToLive]: Date.parse('2026-04-14T10:00:00.000Z') / 1_000,
      });
      expect(item).not.toHaveProperty('reason');
      expect(await items(webhookTable.indexes.due.name)).toHaveLength(1);
    });
  });
}
