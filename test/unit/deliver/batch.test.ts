import { beforeEach, describe, expect, it } from 'vitest';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import { type DeliveryId, deliveryIdOf } from '../../../lambdas/core/ids.ts';
import { addMs, instantOf } from '../../../lambdas/core/instant.ts';
import { sampleRef } from '../../../lambdas/core/sample-version.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import { leaveOutbox } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { messageIdFor, opportunityKey } from '../../builders/versions.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  addDelivery,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  dueInMs,
  ringBatch,
  rowOf,
  version,
} from './deliver-world.ts';

const second = 1_000;
let world: DeliverWorld;
let ids: DeliveryId[];

/** Adds deliveries of samples, each with a version of its own. */
async function addSamples(count: number): Promise<DeliveryId[]> {
  const added: DeliveryId[] = [];
  for (let index = 0; index < count; index += 1)
    added.push(
      await addDelivery(
        world,
        'ep_orders',
        sampleRef('opportunity.updated', addMs('2026-03-01T09:00:00.000Z', index)),
      ),
    );
  return added;
}

function statuses(of: readonly DeliveryId[]): string[] {
  return of.map((id) => rowOf(world, id).status);
}

function dueInMsOf(of: readonly DeliveryId[]): (number | undefined)[] {
  return of.map((id) => dueInMs(world, id));
}

/** Lets other workers take all slots. */
async function fillSlots(): Promise<void> {
  const slots = { b: addMs(nowInstant(), 60_000), c: addMs(nowInstant(), 60_000) };
  const { revision } = await world.gates.read('ep_orders');
  await world.gates.write('ep_orders', { ...idleGate, slots }, revision);
}

function nowInstant() {
  return instantOf(world.clock.nowMs());
}

beforeEach(async () => {
  world = await deliverWorld();
  ids = await addSamples(10);
});

describe('a batch of doorbell messages', () => {
  it('is delivered in one slot, acquired and released with one write each', async () => {
    let writes = 0;
    const gates: DeliverWorld['gates'] = {
      ...world.gates,
      async write(...args) {
        writes += 1;
        return world.gates.write(...args);
      },
    };
    expect(await ringBatch(world, ids, { gates })).toEqual(new Map());
    expect(statuses(ids)).toEqual(ids.map(() => 'delivered'));
    expect(writes).toBe(2);
    expect((await world.gates.read('ep_orders')).gate?.slots).toEqual({});
  });

  it('reads the endpoint of a message that does not name it, as messages of `sweep` do not', async () => {
    const unknown = deliveryIdOf(
      messageIdFor(sampleRef('opportunity.created', '2026-03-01T10:00:00.000Z')),
      'ep_orders',
    );
    const rings = [deliveryId, unknown].map((id) => ({ deliveryId: id, revive: false }));
    expect(await deliverBatch(rings, world)).toEqual(new Map());
    expect(rowOf(world).status).toBe('delivered');
    expect(world.transport.posts).toHaveLength(1);
  });

  it('revives and delivers an exhausted delivery', async () => {
    const claimed = await world.deliveries.claim(
      deliveryId,
      '2026-03-01T10:00:00.000Z',
      '2026-03-01T10:02:00.000Z',
    );
    if (claimed)
      await world.deliveries.settle(claimed, undefined, { status: 'exhausted', reason: 'made up' });
    await deliverBatch([{ deliveryId, revive: true }], world);
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attemptNumber: 1 });
  });

  it('returns the error of a failed delivery and makes the other deliveries', async () => {
    const failure = new ServiceError(
      'store.unavailable',
      { operation: 'claim', error: 'TimeoutError' },
      { retry: laterAfter(2_000) },
    );
    const claim: DeliverWorld['deliveries']['claim'] = (id, ...times) =>
      id === ids[3] ? Promise.reject(failure) : world.deliveries.claim(id, ...times);
    const failures = await ringBatch(world, ids, { deliveries: { ...world.deliveries, claim } });
    expect([...failures].map(([message, error]) => [message.deliveryId, error])).toEqual([[ids[3], failure]]);
    expect(statuses(ids).filter((status) => status === 'delivered')).toHaveLength(9);
  });

  it('makes all deliveries even if its slot cannot be released', async () => {
    let writes = 0;
    const gates: DeliverWorld['gates'] = {
      ...world.gates,
      write: (...args) =>
        (writes += 1) === 1 ? world.gates.write(...args) : Promise.reject(new Error('cut off')),
    };
    expect(await ringBatch(world, ids, { gates })).toEqual(new Map());
    expect(statuses(ids)).toEqual(ids.map(() => 'delivered'));
  });
});

describe('an endpoint without a free slot', () => {
  it('gets no claim and no message; deliveries are postponed, longer each time', async () => {
    await fillSlots();
    await ringBatch(world, ids);
    expect([statuses(ids), dueInMsOf(ids)]).toEqual([ids.map(() => 'pending'), ids.map(() => 1.5 * second)]);
    expect(ids.map((id) => rowOf(world, id).attemptNumber)).toEqual(ids.map(() => 0));
    expect(world.transport.posts).toEqual([]);
    expect(world.doorbell.rings).toEqual(
      ids.map((id) => ({
        rows: [id],
        delayMs: 1.5 * second,
        details: { endpointId: 'ep_orders', timesRefused: 1 },
      })),
    );
    world.clock.advance(1.5 * second);
    await deliverBatch(
      [{ deliveryId: ids[0] ?? 'dlv_', revive: false, endpointId: 'ep_orders', timesRefused: 5 }],
      world,
    );
    expect(world.doorbell.rings.at(-1)).toMatchObject({ delayMs: 45 * second, details: { timesRefused: 6 } });
    expect(world.metrics.totals()).toEqual({ SlotsRefused: 2, DeliveriesPostponed: 11 });
  });

  it('gets one delayed doorbell message for a delivery that was signalled twice', async () => {
    await fillSlots();
    await ringBatch(world, [deliveryId]);
    await ringBatch(world, [deliveryId]);
    expect(world.doorbell.rings).toHaveLength(1);
  });

  it('does not keep the other endpoints of the batch from their deliveries', async () => {
    await fillSlots();
    world.endpoints.put(endpoint({ id: 'ep_crm' }));
    const elsewhere = await addDelivery(world, 'ep_crm');
    await deliverBatch(
      [...ids, elsewhere].map((id) => ({ deliveryId: id, revive: false })),
      world,
    );
    expect(rowOf(world, elsewhere).status).toBe('delivered');
    expect(statuses(ids)).toEqual(ids.map(() => 'pending'));
  });
});

describe('circuit breaker', () => {
  beforeEach(async () => {
    world.transport.answer(answered(503));
    await ringBatch(world, ids.slice(0, 5));
  });

  it('opens after five failures, and is reported', async () => {
    expect(world.metrics.totals()).toMatchObject({ BreakersOpened: 1, DeliveriesRetried: 5 });
    expect(world.log.of('breaker.opened')).toEqual([
      { endpointId: 'ep_orders', failuresInARow: 5, openedForMs: 30 * second },
    ]);
  });

  it('postpones deliveries while it is open, without spending an attempt', async () => {
    await ringBatch(world, ids.slice(5));
    expect(dueInMsOf(ids.slice(5))).toEqual([1, 2, 3, 4, 5].map(() => 37.5 * second));
    expect(ids.slice(5).map((id) => rowOf(world, id).attemptNumber)).toEqual([0, 0, 0, 0, 0]);
    expect(world.transport.posts).toHaveLength(5);
  });

  it('lets one delivery through when half-open, and all of them after its success', async () => {
    world.clock.advance(30 * second);
    await ringBatch(world, ids.slice(5));
    expect(world.transport.posts).toHaveLength(6);
    expect(dueInMsOf(ids.slice(6))).toEqual([1, 2, 3, 4].map(() => 30 * second));
    world.transport.answer(answered(204));
    world.clock.advance(60 * second);
    await ringBatch(world, ids.slice(6, 7));
    await ringBatch(world, ids);
    expect(statuses(ids).filter((status) => status === 'delivered').length).toBeGreaterThan(8);
  });
});

describe('an endpoint that fails for five days', () => {
  it('is disabled, and its other deliveries are held', async () => {
    world.transport.answer(answered(503));
    await ringBatch(world, ids.slice(0, 1));
    // Retries of the same delivery, a day apart.
    for (let day = 1; day <= 5; day += 1) {
      world.clock.advance(24 * 3_600 * second);
      await ringBatch(world, ids.slice(0, 1));
    }
    const reason = 'nothing but failures since 2026-03-01T10:00:00.250Z, 6 in a row';
    expect(await world.endpoints.find('ep_orders')).toMatchObject({ disabled: { reason } });
    expect(world.log.of('endpoint.disabled')).toEqual([{ endpointId: 'ep_orders', reason }]);
    expect(world.metrics.totals()).toMatchObject({ EndpointsDisabled: 1 });
    await ringBatch(world, ids.slice(2));
    expect(statuses(ids.slice(2))).toEqual(ids.slice(2).map(() => 'held'));
  });

  it('is reported as disabled only once', async () => {
    world.transport.answer(answered(410));
    await ringBatch(world, ids);
    expect(world.log.of('endpoint.disabled')).toHaveLength(1);
    expect(world.metrics.totals()).toMatchObject({ EndpointsDisabled: 1, DeliveriesHeld: 10 });
  });
});

describe('a delivery that is not wanted', () => {
  const unwantedRef = { ...opportunityKey, version: 2 };
  let unwanted: DeliveryId;

  beforeEach(async () => {
    world.endpoints.put(endpoint({ ordering: 'per-record', ratePerSecond: 0.001 }));
    await leaveOutbox(world.records, version);
    world.transport.answer(answered(204));
    await ringBatch(world, [deliveryId]);
    unwanted = await addDelivery(world, 'ep_orders', unwantedRef, false);
  });

  it.each([
    ['with a message that says so', { endpointId: 'ep_orders', wanted: false }],
    ['with a message of `sweep`', {}],
  ] as const)('is skipped without a slot, %s', async (_, details) => {
    const before = await world.gates.read('ep_orders');
    await deliverBatch([{ deliveryId: unwanted, revive: false, ...details }], world);
    expect(rowOf(world, unwanted).status).toBe('skipped');
    expect(await world.gates.read('ep_orders')).toEqual(before);
  });

  it('is not the trial of a half-open breaker', async () => {
    world.endpoints.put(endpoint({ ordering: 'per-record' }));
    const { revision } = await world.gates.read('ep_orders');
    await world.gates.write(
      'ep_orders',
      { ...idleGate, breaker: { failuresInARow: 5, openings: 1 } },
      revision,
    );
    const rings = [
      { deliveryId: unwanted, revive: false, endpointId: 'ep_orders', wanted: false },
      { deliveryId: ids[0] ?? 'dlv_', revive: false, endpointId: 'ep_orders' },
    ] as const;
    expect(await deliverBatch(rings, world)).toEqual(new Map());
    expect(statuses([unwanted, ...ids.slice(0, 1)])).toEqual(['skipped', 'delivered']);
  });
});

describe('a gate that changes while a worker sends', () => {
  it('does not record the failures of the worker after a reset', async () => {
    world.transport.answer(answered(503));
    const settle: DeliverWorld['deliveries']['settle'] = async (...args) => {
      await world.gates.reset('ep_orders');
      return world.deliveries.settle(...args);
    };
    const clock = { ...world.clock, sleep: async () => undefined };
    await ringBatch(world, ids, { clock, deliveries: { ...world.deliveries, settle } });
    expect((await world.gates.read('ep_orders')).gate).toEqual({
      slots: {},
      breaker: { failuresInARow: 0, openings: 0 },
      pace: {},
    });
  });

  it('is released by the worker even after a dozen lost races', async () => {
    let writes = 0;
    const gates: DeliverWorld['gates'] = {
      ...world.gates,
      write: async (...args) => ((writes += 1) > 1 && writes <= 13 ? 'raced' : world.gates.write(...args)),
    };
    const clock = { ...world.clock, sleep: async () => undefined };
    await ringBatch(world, ids, { gates, clock });
    expect((await world.gates.read('ep_orders')).gate?.slots).toEqual({});
  });
});

describe('rate limit', () => {
  it('is kept: deliveries that cannot start within three seconds are postponed until they can', async () => {
    world.endpoints.put(endpoint({ ratePerSecond: 2 }));
    const answering = ringBatch(world, ids);
    for (let step = 0; step < 10; step += 1) {
      await new Promise((next) => setImmediate(next));
      world.clock.advance(500);
    }
    await answering;
    expect(statuses(ids).filter((status) => status === 'delivered')).toHaveLength(7);
    const startedAt = world.deliveries
      .rows()
      .flatMap(({ attempts }) => attempts.map((each) => each.startedAt));
    expect(new Set(startedAt).size).toBe(7);
    expect(world.doorbell.rings.map(({ rows, delayMs }) => [rows[0], delayMs])).toEqual([
      [ids[7], 3.5 * second],
      [ids[8], 4 * second],
      [ids[9], 4.5 * second],
    ]);
  });
});
