import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { sampleRef } from '../../../lambdas/core/sample-version.ts';
import { traceOf, traceparentOf } from '../../../lambdas/core/trace.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';
import { cause, messageIdFor, observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import {
  addDelivery,
  correlationId,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  ring,
  ringUntilFinished,
} from './deliver-world.ts';

let world: DeliverWorld;

beforeEach(async () => {
  world = await deliverWorld();
});

function sentTraceparents() {
  return world.transport.posts.map(({ headers }) => headers['traceparent']);
}

describe('traceparent of a webhook', () => {
  it('names the event, with a different parent for each attempt', async () => {
    world.transport.answer({ outcome: 'refused', status: 500 }, { outcome: 'delivered', status: 204 });
    await ringUntilFinished(world);
    expect(sentTraceparents()).toEqual(
      [1, 2].map((attempt) => traceparentOf(traceOf(correlationId, deliveryId, attempt))),
    );
    expect(sentTraceparents()[0]).toContain(`00-${correlationId.replaceAll('-', '')}-`);
    expect(world.log.of('delivery.attempted').map((line) => line['correlationId'])).toEqual([
      correlationId,
      correlationId,
    ]);
  });

  it('cannot be replaced by a header of the endpoint', async () => {
    world.endpoints.put(endpoint({ destination: webhook({ headers: { traceparent: 'forged' } }) }));
    await ring(world);
    expect(sentTraceparents()).toEqual([traceparentOf(traceOf(correlationId, deliveryId, 1))]);
  });

  it('is read from the version if the row has no correlation id, as rows of a replay', async () => {
    const other = versionOf(
      observation({ key: { ...opportunityKey, id: 'O7' }, cause: { ...cause, eventIds: ['event-7'] } }),
    );
    await appendVersion(world.records, undefined, other, '2026-03-01T10:01:00.000Z');
    const messageId = messageIdFor(other);
    const id = deliveryIdOf(messageId, 'ep_orders');
    const added = { id, messageId, endpointId: 'ep_orders', version: other, wanted: true } as const;
    await world.deliveries.add(added, '2026-03-01T10:00:00.000Z');
    await ring(world, {}, id);
    expect(sentTraceparents()).toEqual([traceparentOf(traceOf('event-7', id, 1))]);
    expect(world.log.of('delivery.attempted')).toMatchObject([{ correlationId: 'event-7' }]);
  });
});

function latencies() {
  return world.metrics.levels('DeliveryLatency');
}

describe('delivery latency', () => {
  it('is reported once per delivered message, including the waits for retries', async () => {
    world.transport.answer({ outcome: 'refused', status: 500 }, { outcome: 'delivered', status: 204 });
    await ring(world);
    expect(latencies()).toEqual([]);
    await ringUntilFinished(world);
    // The event came at 10:00:00, the first attempt 250 ms later, the second after 5 s more.
    expect(latencies()).toEqual([5_250]);
  });

  it('is not reported by a worker whose delivery another worker has settled', async () => {
    const { transport } = world;
    let isFirst = true;
    const slow = {
      async post(...args: Parameters<typeof transport.post>) {
        if (isFirst) {
          isFirst = false;
          world.clock.advance(world.leaseMs);
          await ring(world);
        }
        return transport.post(...args);
      },
    };
    await ring(world, { transport: slow });
    expect(transport.posts).toHaveLength(2);
    expect(latencies()).toHaveLength(1);
  });

  it('is not reported for a replay', async () => {
    const { deliveries } = world;
    const claim: typeof deliveries.claim = async (...args) => {
      const claimed = await deliveries.claim(...args);
      return claimed && { ...claimed, replayed: true };
    };
    await ring(world, { deliveries: { ...deliveries, claim } });
    expect(world.metrics.totals()).toEqual({ DeliveriesDelivered: 1 });
    expect(latencies()).toEqual([]);
  });

  it('is not reported for a sample', async () => {
    const sample = sampleRef('opportunity.created', '2026-03-01T10:00:00.000Z');
    await ring(world, {}, await addDelivery(world, 'ep_orders', sample));
    expect(world.metrics.totals()).toEqual({ DeliveriesDelivered: 1 });
    expect(latencies()).toEqual([]);
  });

  it('is not reported for a reconciled record', async () => {
    const found = versionOf(
      observation({
        key: { ...opportunityKey, id: 'O7' },
        cause: { ...cause, detailType: 'Opportunity Reconciled', eventIds: ['run_1'] },
      }),
    );
    await appendVersion(world.records, undefined, found, '2026-03-01T10:01:00.000Z');
    await ring(world, {}, await addDelivery(world, 'ep_orders', found));
    expect(world.metrics.totals()).toEqual({ DeliveriesDelivered: 1 });
    expect(latencies()).toEqual([]);
  });
});
