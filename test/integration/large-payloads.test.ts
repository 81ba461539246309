import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { versionsOf } from '../../bin/pcr/stores/record-versions.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { eventBridgeEventBus } from '../../lambdas/adapters/eventbridge-event-bus.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import { idleGate } from '../../lambdas/core/endpoint-gate.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import type { Json } from '../../lambdas/core/json.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { deliverBatch } from '../../lambdas/deliver/batch.ts';
import { deliver } from '../../lambdas/deliver/deliver.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import { createEventBus } from '../../local/host/eventbridge/event-bus.ts';
import { EventBuses } from '../../local/host/eventbridge/event-buses.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { Receiver } from '../../local/receiver.ts';
import { appendVersion } from '../builders/append-version.ts';
import { endpoint, webhook } from '../builders/endpoints.ts';
import { incompressibleOpportunity } from '../builders/incompressible.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { addDelivery, deliverWorld, rowOf, secret } from '../unit/deliver/deliver-world.ts';

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
      await appendVersion(world.records, undefined, first, first.readAt);
      await appendVersion(world.records, first, second, second.readAt);
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

  it.each([500_000, 2_000_000])(
    'end at once with their reason at an event bus, which takes the thin message: %d characters',
    async (length) => {
      const buses = await startEventBuses();
      const world = await deliverWorld();
      const records = dynamodbRecordStore(engine.client(), await engine.emptyRecordTable());
      const eventBus = eventBridgeEventBus({ ...clientSettings(buses.url), maxAttempts: 1 });
      const version = versionOf(observation({ payload: incompressibleOpportunity(length, 1) }));
      await appendVersion(records, undefined, version, version.readAt);
      const destination = { kind: 'eventbridge', busArn } as const;
      const sendTo = async (id: EndpointId, form: Endpoint['payload']) => {
        world.endpoints.put(endpoint({ id, destination, payload: form }));
        const deliveryId = await addDelivery(world, id, version);
        const ring = { deliveryId, endpointId: id, revive: false };
        await deliverBatch([ring], { ...world, records, eventBus });
        return rowOf(world, deliveryId);
      };
      expect(await sendTo('ep_full', 'full')).toMatchObject({
        status: 'exhausted',
        reason: 'delivery.undeliverable',
        attempts: [{ number: 1, status: 400 }],
      });
      expect(world.parked.parked).toMatchObject([
        { code: 'delivery.undeliverable', reason: expect.stringContaining('over the limit') },
      ]);
      // It counts neither towards the circuit breaker nor towards the five days.
      expect((await world.gates.read('ep_full')).gate ?? idleGate).toEqual(idleGate);
      expect(await sendTo('ep_thin', 'thin')).toMatchObject({ status: 'delivered' });
      expect(buses.events).toMatchObject([{ detail: { data: { id: version.id, version: 1 } } }]);
    },
  );
});

const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';

/** Event buses that are called by the client of the SDK. */
async function startEventBuses() {
  const buses = new EventBuses(createEventBus([]));
  const server = await startLoopbackServer((request, response) => {
    const put = text(request).then((body) => buses.putEvents(JSON.parse(body)));
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    };
    put.then(
      (result) => answer(200, result),
      ({ message }: Error) => answer(400, { __type: 'ValidationException', message }),
    );
  });
  onTestFinished(() => server.stop());
  return { url: server.url, events: buses.events };
}

function dataOf({ payload, changes }: Version) {
  return { data: { record: payload, changes } };
}
