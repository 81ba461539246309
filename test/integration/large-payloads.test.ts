import { expect, it, onTestFinished } from 'vitest';
import { versionsOf } from '../../bin/pcr/stores/record-versions.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { Json } from '../../lambdas/core/json.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { deliver } from '../../lambdas/deliver/deliver.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import { Receiver } from '../../local/receiver.ts';
import { endpoint, webhook } from '../builders/endpoints.ts';
import { incompressibleOpportunity } from '../builders/incompressible.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { deliverWorld, secret } from '../unit/deliver/deliver-world.ts';

describeUnless(missingDynoxide, 'promise 5: payloads above the item size of DynamoDB', () => {
  const engine = useDynamoDb('dynoxide');

  it.each([500_000, 2_000_000, 6_000_000])(
    'are delivered whole and signed, with their changes: %d characters',
    async (length) => {
      const client = engine.client();
      const recordsTable = await engine.emptyRecordTable();
      const receiver = new Receiver(secret);
      const url = await receiver.start();
      onTestFinished(() => receiver.stop());
      const world = {
        ...(await deliverWorld()),
        records: dynamodbRecordStore(client, recordsTable),
        deliveries: dynamodbDeliveryStore(client, await engine.emptyWebhookTable()),
        transport: httpsWebhookTransport({ network: 'loopback', allowedCidrs: [] }),
        clock: manualClock(instantOf(Date.now())),
      };
      world.endpoints.put(endpoint({ destination: webhook({ url }) }));
      const fanOutDeps = {
        ...world,
        endpoints: () => world.endpoints.all(),
        metrics: recordedMetrics<never>(),
      };
      const first = versionOf(observation({ payload: incompressibleOpportunity(length, 1) }));
      const second = versionOf(
        observation({
          payload: incompressibleOpportunity(length, 2),
          readAt: '2026-03-01T11:00:02.000Z',
        }),
        first,
      );
      await world.records.append(undefined, first, first.readAt);
      await world.records.append(first, second, second.readAt);
      for (const version of [first, second]) {
        await fanOut(version, fanOutDeps);
        world.clock.advance(1);
        for (const { id } of await world.deliveries.due(instantOf(world.clock.nowMs()), 10))
          await deliver(id, world);
      }
      // The receiver has verified the signatures.
      expect(receiver.refused).toEqual([]);
      const messages = receiver.receipts.map(({ body }): Json => JSON.parse(body));
      expect(messages).toMatchObject([dataOf(first), dataOf(second)]);
      const history: unknown[] = [];
      for await (const version of versionsOf(opportunityKey, client, recordsTable)) history.push(version);
      expect(history).toEqual([second, first]);
    },
  );
});

function dataOf({ payload, changes }: Version) {
  return { data: { record: payload, changes } };
}
