import { beforeEach, describe, expect, it } from 'vitest';
import type { FirstDoorbell } from '../../../lambdas/core/doorbell-body.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import { addMs } from '../../../lambdas/core/instant.ts';
import type { IntentRef } from '../../../lambdas/core/intent.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import type { DeliverDeps } from '../../../lambdas/deliver/deps.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { inMemoryDeliveryStore } from '../../fakes/in-memory-delivery-store.ts';
import { inMemoryDoorbell } from '../../fakes/in-memory-queue.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import { correlationId, type DeliverWorld, deliverWorld, deliveryIdFor, version } from './deliver-world.ts';

/** A world whose delivery has no row yet. */
async function freshWorld(): Promise<DeliverWorld> {
  return { ...(await deliverWorld()), deliveries: inMemoryDeliveryStore() };
}

async function intentIn({ records }: DeliverWorld): Promise<IntentRef | undefined> {
  const [due] = await records.dueIntents('2026-03-02T00:00:00.000Z', 10);
  return due && 'dueAt' in due.version ? due.version : undefined;
}

/** What fan-out signals for recipients that have no rows. */
async function firstOf(world: DeliverWorld, ...endpointIds: EndpointId[]): Promise<FirstDoorbell[]> {
  const intent = await intentIn(world);
  if (!intent) throw new Error('the version has no intent');
  const ids = endpointIds.map((id) => deliveryIdOf(version.messageId, id));
  return endpointIds.map((endpointId, index) => ({
    delivery: {
      id: ids[index] ?? 'dlv_',
      messageId: version.messageId,
      endpointId,
      version: intent,
      correlationId,
      wanted: true,
    },
    intent,
    others: ids.filter((_, other) => other !== index),
  }));
}

function ringFirst(world: DeliverWorld, firsts: readonly FirstDoorbell[], parts: Partial<DeliverDeps> = {}) {
  const messages = firsts.map((first) => ({
    deliveryId: first.delivery.id,
    endpointId: first.delivery.endpointId,
    revive: false,
    first,
  }));
  return deliverBatch(messages, { ...world, ...parts });
}

/** Does what `sweep` and `fan-out` do for an intent that is due, and what `deliver` does then. */
async function sweepAndDeliver(world: DeliverWorld): Promise<void> {
  const doorbell = inMemoryDoorbell<ReturnType<typeof deliveryIdFor>>();
  const deps = {
    ...world,
    endpoints: () => world.endpoints.all(),
    doorbell,
    outboxGraceMs: 60_000,
    metrics: recordedMetrics<never>(),
  };
  const now = addMs('1970-01-01T00:00:00.000Z', world.clock.nowMs());
  for (const due of await world.records.dueIntents(now, 10)) await fanOut(due.version, deps);
  for (const { id } of await world.deliveries.due(now, 10))
    await deliverBatch([{ deliveryId: id, endpointId: 'ep_orders', revive: false }], world);
}

let world: DeliverWorld;

beforeEach(async () => {
  world = await freshWorld();
});

describe('the first attempt of a delivery without a row', () => {
  it('adds the row, delivers the message and deletes the intent', async () => {
    expect(await ringFirst(world, await firstOf(world, 'ep_orders'))).toEqual(new Map());
    expect(world.deliveries.rows()).toMatchObject([
      {
        id: deliveryIdFor('ep_orders'),
        messageId: version.messageId,
        status: 'delivered',
        attemptNumber: 1,
        attempts: [{ number: 1, outcome: 'delivered' }],
        createdAt: '2026-03-01T10:00:00.250Z',
        firstAttempt: undefined,
      },
    ]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('makes the row due again if it fails, and deletes the intent', async () => {
    world.transport.answer(answered(503));
    await ringFirst(world, await firstOf(world, 'ep_orders'));
    const dueAt = '2026-03-01T10:00:05.250Z';
    expect(world.deliveries.rows()).toMatchObject([{ status: 'pending', attemptNumber: 1, dueAt }]);
    expect(world.doorbell.rings).toMatchObject([{ rows: [deliveryIdFor('ep_orders')], delayMs: 5_000 }]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('is made once if its message comes twice, also in one batch', async () => {
    const [first] = await firstOf(world, 'ep_orders');
    if (!first) throw new Error('there is one recipient');
    const random = { next: seededRandom(1) };
    await ringFirst(world, [first, first], { random });
    await ringFirst(world, [first], { random });
    expect(world.transport.posts).toHaveLength(1);
    expect(world.deliveries.rows()).toMatchObject([{ status: 'delivered', attemptNumber: 1 }]);
  });

  it('leaves the intent until no recipient is in its first attempt', async () => {
    world.endpoints.put(endpoint({ id: 'ep_crm' }));
    const [orders, crm] = await firstOf(world, 'ep_orders', 'ep_crm');
    if (!orders || !crm) throw new Error('there are two recipients');
    await ringFirst(world, [orders]);
    expect(await intentIn(world)).toBeDefined();
    await ringFirst(world, [crm]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('reads no row that the same invocation has settled', async () => {
    world.endpoints.put(endpoint({ id: 'ep_crm' }));
    const read: string[] = [];
    const store = world.deliveries;
    const deliveries = { ...store, state: (id: DeliveryId) => (read.push(id), store.state(id)) };
    const [orders, crm] = await firstOf(world, 'ep_orders', 'ep_crm');
    if (!orders || !crm) throw new Error('there are two recipients');
    await ringFirst(world, [orders], { deliveries });
    expect(read).toEqual([crm.delivery.id]);
    await ringFirst(world, [crm], { deliveries });
    expect(read).toEqual([crm.delivery.id, orders.delivery.id]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('leaves the intent if its settlement was refused and the row is still in its first attempt', async () => {
    const [first] = await firstOf(world, 'ep_orders');
    if (!first) throw new Error('there is one recipient');
    const deliveries = { ...world.deliveries, settle: () => Promise.resolve('superseded' as const) };
    await ringFirst(world, [first], { deliveries });
    expect(world.transport.posts).toHaveLength(1);
    expect(await intentIn(world)).toBeDefined();
  });

  it('is sent with what is stored at its claim or a moment before, which is read once', async () => {
    const read: string[] = [];
    const records = {
      ...world.records,
      version: (ref: VersionRef) => (read.push('version'), world.records.version(ref)),
    };
    const claimFirst: DeliverDeps['deliveries']['claimFirst'] = (...args) => {
      read.push('claim');
      return world.deliveries.claimFirst(...args);
    };
    const deliveries = { ...world.deliveries, claimFirst };
    await ringFirst(world, await firstOf(world, 'ep_orders'), { records, deliveries });
    expect(read).toEqual(['version', 'claim']);
  });

  it('is sent with what is stored then if its start had to wait: the version may have been erased', async () => {
    const read: string[] = [];
    const records = {
      ...world.records,
      version: (ref: VersionRef) => (read.push('version'), world.records.version(ref)),
    };
    const write: DeliverDeps['gates']['write'] = (...args) => {
      world.clock.advance(251);
      return world.gates.write(...args);
    };
    world.endpoints.put(endpoint({ ratePerSecond: 1 }));
    const claimFirst: DeliverDeps['deliveries']['claimFirst'] = (...args) => {
      read.push('claim');
      return world.deliveries.claimFirst(...args);
    };
    await ringFirst(world, await firstOf(world, 'ep_orders'), {
      records,
      deliveries: { ...world.deliveries, claimFirst },
      gates: { ...world.gates, write },
    });
    expect(read).toEqual(['version', 'claim', 'version']);
  });

  it('is made although the reads before it failed once', async () => {
    let failures = 0;
    const failOnce = <Args extends unknown[], T>(read: (...args: Args) => Promise<T>) => {
      let hasFailed = false;
      return async (...args: Args): Promise<T> => {
        if (hasFailed) return read(...args);
        hasFailed = true;
        failures += 1;
        throw new ServiceError('store.unavailable', { operation: 'read', error: 'InternalServerError' });
      };
    };
    await ringFirst(world, await firstOf(world, 'ep_orders'), {
      gates: { ...world.gates, read: failOnce((id: EndpointId) => world.gates.read(id)) },
      records: { ...world.records, version: failOnce((ref: VersionRef) => world.records.version(ref)) },
    });
    expect(failures).toBe(2);
    expect(world.deliveries.rows()).toMatchObject([{ status: 'delivered' }]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('leaves the intent if a row of another message has the id', async () => {
    const [first] = await firstOf(world, 'ep_orders');
    if (!first) throw new Error('there is one recipient');
    const other = { ...first.delivery, messageId: 'msg_0123456789abcdef0123456789abcdef' } as const;
    await world.deliveries.add(other, '2026-03-01T10:00:00.000Z', 'held');
    await ringFirst(world, [first]);
    expect(world.transport.posts).toEqual([]);
    expect(await intentIn(world)).toBeDefined();
  });

  it('adds a row that is due later if the endpoint has no free slot, and deletes the intent', async () => {
    const slots = { b: '2026-03-01T10:02:00.000Z', c: '2026-03-01T10:02:00.000Z' } as const;
    await world.gates.write('ep_orders', { slots, breaker: { failuresInARow: 0, openings: 0 }, pace: {} }, 0);
    await ringFirst(world, await firstOf(world, 'ep_orders'));
    const postponed = { status: 'pending', attemptNumber: 0, dueAt: '2026-03-01T10:00:01.750Z' };
    expect(world.deliveries.rows()).toMatchObject([postponed]);
    expect(world.doorbell.rings).toMatchObject([
      { delayMs: 1_500, details: { endpointId: 'ep_orders', timesRefused: 1 } },
    ]);
    expect(world.doorbell.rings[0]?.details).not.toHaveProperty('first');
    expect(await intentIn(world)).toBeUndefined();
  });

  it('is held if the endpoint was disabled meanwhile', async () => {
    await world.endpoints.disable('ep_orders', 'maintenance', '2026-03-01T10:00:00.000Z');
    await ringFirst(world, await firstOf(world, 'ep_orders'));
    expect(world.deliveries.rows()).toMatchObject([{ status: 'held', attemptNumber: 0 }]);
    expect(await intentIn(world)).toBeUndefined();
  });

  it('is spent if its worker crashes, and the delivery is due when the lease has ended', async () => {
    const [first] = await firstOf(world, 'ep_orders');
    if (!first) throw new Error('there is one recipient');
    const now = '2026-03-01T10:00:00.250Z';
    await world.deliveries.claimFirst(first.delivery, 'crashed', now, addMs(now, world.leaseMs));
    world.clock.advance(world.leaseMs - 1);
    await sweepAndDeliver(world);
    expect(world.transport.posts).toEqual([]);
    expect(await intentIn(world)).toBeDefined();
    world.clock.advance(1);
    await sweepAndDeliver(world);
    expect(world.deliveries.rows()).toMatchObject([{ status: 'delivered', attemptNumber: 2 }]);
    expect(await intentIn(world)).toBeUndefined();
  });
});

describe('promise 1: nothing is lost by a crash at any call of a first attempt', () => {
  it.each([
    ['accepted', 204],
    ['refused', 503],
  ])('a message is delivered although its worker crashed, if it is %s', async (_, status) => {
    const crashes = await crashEverywhere(async (process) => {
      const each = await freshWorld();
      each.transport.answer(answered(status), answered(204));
      const work = ringFirst(each, await firstOf(each, 'ep_orders'), {
        deliveries: process.wrap(each.deliveries),
        endpoints: process.wrap(each.endpoints),
        records: process.wrap(each.records),
        secrets: process.wrap(each.secrets),
        transport: process.wrap(each.transport),
        doorbell: process.wrap(each.doorbell),
      });
      await untilCrash(work);
      // A row that is not in its first attempt, or the intent, is due.
      for (let minute = 0; minute < 10; minute += 1) {
        await sweepAndDeliver(each);
        each.clock.advance(60_000);
      }
      expect(each.deliveries.rows()).toMatchObject([{ status: 'delivered' }]);
      expect(await intentIn(each)).toBeUndefined();
      expect(each.transport.posts.length).toBeLessThanOrEqual(status === 204 ? 2 : 3);
    });
    // find, version, claimFirst, find, signingSecrets, post, settle, ring after a refusal,
    // removeIntent
    expect(crashes).toBe(2 * (status === 204 ? 8 : 9));
  });

  it('both of two recipients get the message although the worker of one crashed', async () => {
    await crashEverywhere(async (process) => {
      const each = await freshWorld();
      each.endpoints.put(endpoint({ id: 'ep_crm' }));
      const [orders, crm] = await firstOf(each, 'ep_orders', 'ep_crm');
      if (!orders || !crm) throw new Error('there are two recipients');
      await untilCrash(
        ringFirst(each, [orders], {
          deliveries: process.wrap(each.deliveries),
          records: process.wrap(each.records),
        }),
      );
      await ringFirst(each, [crm]);
      for (let minute = 0; minute < 10; minute += 1) {
        await sweepAndDeliver(each);
        each.clock.advance(60_000);
      }
      const statuses = each.deliveries.rows().map((row) => row.status);
      expect(statuses).toEqual(['delivered', 'delivered']);
      expect(await intentIn(each)).toBeUndefined();
    });
  });
});
