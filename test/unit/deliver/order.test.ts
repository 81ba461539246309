import { beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryId, deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { messageIdFor, observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  addDelivery,
  correlationId,
  type DeliverWorld,
  deliverWorld,
  dueInMs,
  deliveryId as first,
  ring,
  rowOf,
  version,
} from './deliver-world.ts';

let world: DeliverWorld;
let second: DeliveryId;
const secondVersion = versionOf(
  observation({ payload: opportunityPayload({ stage: 'Qualified' }) }),
  version,
);

async function orderedWorld(): Promise<DeliverWorld> {
  const made = await deliverWorld();
  made.endpoints.put(endpoint({ ordering: 'per-record' }));
  await appendVersion(made.records, version, secondVersion, '2026-03-01T10:01:00.000Z');
  await leaveOutbox(made.records, version);
  await addDelivery(made, 'ep_orders', secondVersion);
  return made;
}

function sentVersions({ transport }: DeliverWorld): number[] {
  return transport.posts.map(({ body }) => JSON.parse(body).data.version);
}

beforeEach(async () => {
  world = await orderedWorld();
  second = deliveryIdOf(messageIdFor(secondVersion), 'ep_orders');
});

describe('promise 8: version 2 at an endpoint that asks for order', () => {
  it('waits while version 1 is due, one second behind it, without spending an attempt', async () => {
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([]);
    expect(rowOf(world, second)).toMatchObject({
      status: 'pending',
      attemptNumber: 0,
      attempts: [],
      waitsFor: first,
      dueAt: '2026-03-01T10:00:01.250Z',
    });
    expect(world.metrics.totals()).toEqual({ DeliveriesPostponed: 1 });
  });

  it('waits through the retries of version 1, and is woken and signalled when version 1 is delivered', async () => {
    world.transport.answer(answered(503), answered(204));
    await ring(world);
    await ring(world, {}, second);
    expect(dueInMs(world, second)).toBe(6_000);
    world.clock.advance(5_000);
    await ring(world);
    expect(dueInMs(world, second)).toBe(0);
    expect(world.doorbell.rings.at(-1)).toEqual({
      rows: [second],
      delayMs: 0,
      details: { endpointId: 'ep_orders', wanted: true },
    });
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([1, 1, 2]);
  });

  it('waits while another worker sends version 1, until the end of its lease', async () => {
    await world.deliveries.claim(first, '2026-03-01T10:00:00.000Z', '2026-03-01T10:02:00.000Z');
    await ring(world, {}, second);
    expect(rowOf(world, second).dueAt).toBe('2026-03-01T10:02:01.000Z');
  });

  it('is woken at once if version 1 ended just before it began to wait', async () => {
    const settle: DeliverWorld['deliveries']['settle'] = async (...args) => {
      if (args[0].id === second) await ring(world);
      return world.deliveries.settle(...args);
    };
    await ring(world, { deliveries: { ...world.deliveries, settle } }, second);
    expect(rowOf(world, first).status).toBe('delivered');
    expect(dueInMs(world, second)).toBe(0);
    expect(world.doorbell.rings.map(({ rows }) => rows)).toEqual([[second]]);
  });

  it('waits while version 1 is held, and releases it because the endpoint is enabled', async () => {
    // Its worker crashed after it had held version 1, while an operator enabled the endpoint.
    const claimed = await world.deliveries.claim(
      first,
      '2026-03-01T10:00:00.000Z',
      '2026-03-01T10:02:00.000Z',
    );
    if (claimed) await world.deliveries.settle(claimed, undefined, { status: 'held' });
    await ring(world, {}, second);
    expect(rowOf(world, second)).toMatchObject({ status: 'pending', waitsFor: first });
    expect(dueInMs(world, second)).toBe(1_000);
    expect(dueInMs(world, first)).toBe(0);
    expect(world.doorbell.rings.map(({ rows }) => rows)).toEqual([[first]]);
    await ring(world);
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([1, 2]);
  });

  it('is sent after an exhausted version 1, and the gap is reported', async () => {
    world.transport.answer(answered(500), answered(204));
    const claimed = await world.deliveries.claim(
      first,
      '2026-03-01T10:00:00.000Z',
      '2026-03-01T10:02:00.000Z',
    );
    if (claimed)
      await world.deliveries.settle(claimed, undefined, {
        status: 'exhausted',
        reason: 'delivery.exhausted',
      });
    await ring(world, {}, second);
    world.clock.advance(dueInMs(world, second) ?? 0);
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([2, 2]);
    expect(world.metrics.totals()).toMatchObject({ GapsPassed: 1 });
    expect(world.log.of('delivery.gap-passed')).toEqual([
      {
        correlationId,
        deliveryId: second,
        endpointId: 'ep_orders',
        record: 'AWS/opportunity/O1234567',
        version: 1,
        status: 'exhausted',
      },
    ]);
  });

  it('is woken when version 1 is exhausted', async () => {
    await ring(world, {}, second);
    world.endpoints.put(endpoint({ ordering: 'per-record', id: 'ep_other' }));
    const endpoints = { ...world.endpoints, find: async () => undefined };
    await ring(world, { endpoints });
    expect(rowOf(world, first).status).toBe('exhausted');
    expect(dueInMs(world, second)).toBe(0);
  });
});

describe('a version that is not wanted', () => {
  it('waits for its predecessor, is then skipped, and wakes its successor', async () => {
    world = await deliverWorld();
    world.endpoints.put(endpoint({ ordering: 'per-record' }));
    await appendVersion(world.records, version, secondVersion, '2026-03-01T10:01:00.000Z');
    const third = versionOf(
      observation({
        payload: opportunityPayload({ stage: 'Committed', lastModifiedDate: '2026-03-01T10:09:00Z' }),
      }),
      secondVersion,
    );
    await appendVersion(world.records, secondVersion, third, '2026-03-01T10:01:00.000Z');
    await addDelivery(world, 'ep_orders', secondVersion, false);
    const thirdId = await addDelivery(world, 'ep_orders', third);
    await ring(world, {}, second);
    await ring(world, {}, thirdId);
    expect(rowOf(world, second)).toMatchObject({ status: 'pending', waitsFor: first });
    await ring(world);
    expect(world.doorbell.rings.at(-1)).toMatchObject({ rows: [second], details: { wanted: false } });
    await ring(world, {}, second);
    expect(rowOf(world, second)).toMatchObject({ status: 'skipped', attempts: [], dueAt: undefined });
    expect(dueInMs(world, thirdId)).toBe(0);
    expect(sentVersions(world)).toEqual([1]);
    expect(world.metrics.totals()).toMatchObject({ DeliveriesSkipped: 1 });
  });
});

describe('a delivery that was added while its endpoint was unreadable', () => {
  const wanting = { type: ['opportunity.updated'] };

  it.each([
    [{ topics: ['opportunity.*'] }, 'delivered'],
    [{ filter: wanting }, 'delivered'],
    [{ topics: ['lead.*'] }, 'skipped'],
    [{ catalogs: ['Sandbox'] }, 'skipped'],
    [{ filter: { type: ['opportunity.created'] } }, 'skipped'],
    [{ filter: { type: ['opportunity.created'] }, ordering: 'per-record' }, 'skipped'],
  ] as const)('is sent only if the repaired endpoint wants it: %j', async (options, status) => {
    world = await deliverWorld();
    await appendVersion(world.records, version, secondVersion, '2026-03-01T10:01:00.000Z');
    await ring(world);
    world.endpoints.put(endpoint(options));
    const messageId = messageIdFor(secondVersion);
    const { previousMessageId } = secondVersion;
    const undecided = { id: second, messageId, previousMessageId, endpointId: 'ep_orders' } as const;
    await world.deliveries.add({ ...undecided, version: secondVersion }, '2026-03-01T10:00:00.000Z');
    await ring(world, {}, second);
    expect(rowOf(world, second)).toMatchObject({ status });
    expect(sentVersions(world)).toEqual(status === 'delivered' ? [1, 2] : [1]);
  });
});

describe('version 2 without a delivery of version 1', () => {
  beforeEach(async () => {
    world = await deliverWorld();
    world.endpoints.put(endpoint({ id: 'ep_late', ordering: 'per-record' }));
    await appendVersion(world.records, version, secondVersion, '2026-03-01T10:01:00.000Z');
    second = await addDelivery(world, 'ep_late', secondVersion);
  });

  it('waits if version 1 is not fanned out yet, and signals its fan-out', async () => {
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([]);
    expect(world.fanOutDoorbell.rings).toMatchObject([{ rows: [{ ...opportunityKey, version: 1 }] }]);
    expect(world.doorbell.rings).toMatchObject([{ rows: [second], delayMs: 3_000 }]);
    expect(dueInMs(world, second)).toBe(3_000);
  });

  it('is sent if version 1 is older than the endpoint', async () => {
    await leaveOutbox(world.records, version);
    await ring(world, {}, second);
    expect(sentVersions(world)).toEqual([2]);
    expect(world.metrics.totals()).not.toHaveProperty('GapsPassed');
  });

  it('waits if version 1 is fanned out at the same moment', async () => {
    const awaitsFanOut = async () => {
      await addDelivery(world, 'ep_late', version);
      return false;
    };
    await ring(world, { records: { ...world.records, awaitsFanOut } }, second);
    expect(sentVersions(world)).toEqual([]);
    expect(rowOf(world, second).waitsFor).toBeDefined();
  });
});

describe('promise 1: nothing is lost by a crash at any call', () => {
  it('delivers both versions after a crash while version 2 waits or is woken', async () => {
    const crashes = await crashEverywhere(async (process) => {
      world = await orderedWorld();
      const parts = {
        deliveries: process.wrap(world.deliveries),
        transport: process.wrap(world.transport),
        doorbell: process.wrap(world.doorbell),
      };
      await untilCrash(ring(world, parts, second));
      await untilCrash(ring(world, parts));
      await untilCrash(ring(world, parts, second));
      // All doorbell messages are lost: `sweep` finds what is due.
      for (let sweeps = 0; sweeps < 10; sweeps += 1) {
        world.clock.advance(world.leaseMs);
        const due = await world.deliveries.due('2026-03-01T12:00:00.000Z', 10);
        for (const { id } of due) await ring(world, {}, id);
      }
      expect([first, second].map((id) => rowOf(world, id).status)).toEqual(['delivered', 'delivered']);
      const sent = sentVersions(world);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    });
    expect(crashes).toBeGreaterThan(20);
  });
});
