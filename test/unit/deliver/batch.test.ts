import { beforeEach, describe, expect, it } from 'vitest';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import { type DeliveryId, deliveryIdOf, messageIdOf } from '../../../lambdas/core/ids.ts';
import { addMs, instantOf } from '../../../lambdas/core/instant.ts';
import { sampleRef } from '../../../lambdas/core/sample-version.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityKey } from '../../builders/versions.ts';
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

/** Samples: as many deliveries as one likes, each with a version of its own. */
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

/** Others hold all lanes. */
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

describe('a batch of rings', () => {
  it('is delivered in one lane, entered and left with one write each', async () => {
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

  it('finds the endpoint of a ring that names none, as those of `sweep`', async () => {
    const unknown = deliveryIdOf(
      messageIdOf(sampleRef('opportunity.created', '2026-03-01T10:00:00.000Z')),
      'ep_orders',
    );
    const rings = [deliveryId, unknown].map((id) => ({ deliveryId: id, revive: false }));
    expect(await deliverBatch(rings, world)).toEqual(new Map());
    expect(rowOf(world).status).toBe('delivered');
    expect(world.transport.posts).toHaveLength(1);
  });

  it('revives what was exhausted', async () => {
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

  it('tells what failed of it, and does the rest', async () => {
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

  it('loses nothing where its lane cannot be left: that ends with its lease', async () => {
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

describe('where no lane is free', () => {
  it('nothing is claimed or sent: it is rung for again, seldomer each time', async () => {
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

  it('a second ring for the same delivery is the last of its kind: rings do not multiply', async () => {
    await fillSlots();
    await ringBatch(world, [deliveryId]);
    await ringBatch(world, [deliveryId]);
    expect(world.doorbell.rings).toHaveLength(1);
  });

  it('the other endpoints of the batch are served all the same', async () => {
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

describe('the breaker', () => {
  beforeEach(async () => {
    world.transport.answer(answered(503));
    await ringBatch(world, ids.slice(0, 5));
  });

  it('opens with five failures, and is told', async () => {
    expect(world.metrics.totals()).toMatchObject({ BreakersOpened: 1, DeliveriesRetried: 5 });
    expect(world.log.of('breaker.opened')).toEqual([
      { endpointId: 'ep_orders', failuresInARow: 5, openedForMs: 30 * second },
    ]);
  });

  it('puts off what comes while it is open, and spends no attempt', async () => {
    await ringBatch(world, ids.slice(5));
    expect(dueInMsOf(ids.slice(5))).toEqual([1, 2, 3, 4, 5].map(() => 37.5 * second));
    expect(ids.slice(5).map((id) => rowOf(world, id).attemptNumber)).toEqual([0, 0, 0, 0, 0]);
    expect(world.transport.posts).toHaveLength(5);
  });

  it('lets one delivery try afterwards, and all once that is delivered', async () => {
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

describe('five days of nothing but failure', () => {
  it('disable the endpoint; what is left is held', async () => {
    world.transport.answer(answered(503));
    await ringBatch(world, ids.slice(0, 1));
    // The retries of the same delivery, a day apart.
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

  it('are told once, by whoever disabled it', async () => {
    world.transport.answer(answered(410));
    await ringBatch(world, ids);
    expect(world.log.of('endpoint.disabled')).toHaveLength(1);
    expect(world.metrics.totals()).toMatchObject({ EndpointsDisabled: 1, DeliveriesHeld: 10 });
  });
});

describe('rings for what is not wanted', () => {
  const unwantedRef = { ...opportunityKey, version: 2 };
  let unwanted: DeliveryId;

  beforeEach(async () => {
    world.endpoints.put(endpoint({ ordering: 'per-record', ratePerSecond: 0.001 }));
    await world.records.markFannedOut(version);
    world.transport.answer(answered(204));
    await ringBatch(world, [deliveryId]);
    unwanted = await addDelivery(world, 'ep_orders', unwantedRef, false);
  });

  it.each([
    ['says so', { endpointId: 'ep_orders', wanted: false }],
    ['is of `sweep`', {}],
  ] as const)('take no lane and no turn, where the ring %s', async (_, details) => {
    const before = await world.gates.read('ep_orders');
    await deliverBatch([{ deliveryId: unwanted, revive: false, ...details }], world);
    expect(rowOf(world, unwanted).status).toBe('skipped');
    expect(await world.gates.read('ep_orders')).toEqual(before);
  });

  it('are not the trial of a breaker', async () => {
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

describe('lanes that were reset while a worker was under way', () => {
  it('are not told of its failures', async () => {
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

  it('a lane is left even where others are quicker a dozen times', async () => {
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

describe('a rate', () => {
  it('is kept: what has no turn within three seconds comes back when it has one', async () => {
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
