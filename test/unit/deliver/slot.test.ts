import { beforeEach, describe, expect, it } from 'vitest';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import { addMs } from '../../../lambdas/core/instant.ts';
import { sampleRef } from '../../../lambdas/core/sample-version.ts';
import type { DeliverDeps } from '../../../lambdas/deliver/deps.ts';
import type { Answer } from '../../../lambdas/ports/webhook-transport.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import { addDelivery, type DeliverWorld, deliverWorld, ringBatch, rowOf } from './deliver-world.ts';

const second = 1_000;
let world: DeliverWorld;
let ids: DeliveryId[];
/** The number of writes of a gate. */
let writes: number;
/** A store that counts them. */
let gates: DeliverDeps['gates'];

beforeEach(async () => {
  world = await deliverWorld();
  ids = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      addDelivery(
        world,
        'ep_orders',
        sampleRef('opportunity.updated', addMs('2026-03-01T09:00:00.000Z', index)),
      ),
    ),
  );
  writes = 0;
  gates = {
    read: (id) => world.gates.read(id),
    write(...args) {
      writes += 1;
      return world.gates.write(...args);
    },
  };
});

/** The delivery with this number. */
function numbered(index: number): DeliveryId {
  const id = ids[index];
  if (!id) throw new Error(`there is no delivery ${index}`);
  return id;
}

/** Sends one delivery as a worker of its own. */
function sendAlone(index: number, parts: Partial<DeliverDeps> = {}) {
  return ringBatch(world, [numbered(index)], { worker: `worker-${index}`, gates, ...parts });
}

/** Lets everything run that waits for nothing but other promises. */
async function untilIdle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((next) => setImmediate(next));
}

/** A receiver that answers when the test says so. */
function hangingTransport() {
  const open: ((answer: Answer) => void)[] = [];
  const transport: DeliverDeps['transport'] = {
    post: () =>
      new Promise((resolve) => {
        open.push(resolve);
      }),
  };
  const answerAll = (answer: Answer) => {
    for (const resolve of open.splice(0)) resolve(answer);
  };
  return { open, transport, answerAll };
}

async function gateOf() {
  return (await world.gates.read('ep_orders')).gate ?? idleGate;
}

describe('a lone delivery to a quick endpoint', () => {
  it('writes nothing to the gate of the endpoint', async () => {
    for (const index of [0, 1, 2]) expect(await sendAlone(index)).toEqual(new Map());
    expect([0, 1, 2].map((index) => rowOf(world, numbered(index)).status)).toEqual(
      Array.from({ length: 3 }, () => 'delivered'),
    );
    expect(writes).toBe(0);
  });

  it('registers a slot after a second, and makes the next ones acquire theirs first', async () => {
    const { open, transport, answerAll } = hangingTransport();
    const slow = sendAlone(0, { transport });
    await untilIdle();
    world.clock.advance(second);
    await untilIdle();
    expect(open).toHaveLength(1);
    expect((await gateOf()).slots).toEqual({ 'worker-0': '2026-03-01T10:02:01.250Z' });
    answerAll(answered(204));
    expect(await slow).toEqual(new Map());
    expect(await gateOf()).toEqual({ ...idleGate, slowAt: '2026-03-01T10:00:01.250Z' });
    expect(writes).toBe(2);
    await sendAlone(1);
    expect(writes).toBe(4);
    world.clock.advance(600 * second);
    await sendAlone(2);
    expect(writes).toBe(4);
  });

  it('counts against the endpoint if it fails', async () => {
    world.transport.answer(answered(503));
    for (const index of [0, 1, 2, 3, 4]) await sendAlone(index);
    expect((await gateOf()).breaker).toMatchObject({ failuresInARow: 5, openings: 1 });
    expect(world.metrics.totals()).toMatchObject({ BreakersOpened: 1 });
  });

  it('counts against the endpoint if it fails beside others', async () => {
    world.transport.answer(answered(503));
    const clock = { ...world.clock, sleep: async () => undefined };
    await Promise.all([0, 1, 2, 3, 4].map((index) => sendAlone(index, { clock })));
    expect((await gateOf()).breaker).toMatchObject({ failuresInARow: 5, openings: 1 });
  });

  it('counts once if it fails and a repeated call meets its own write', async () => {
    world.transport.answer(answered(503));
    const repeating: DeliverDeps['gates'] = {
      ...gates,
      async write(...args) {
        await gates.write(...args);
        return await gates.write(...args);
      },
    };
    const clock = { ...world.clock, sleep: async () => undefined };
    await sendAlone(0, { gates: repeating, clock });
    expect((await gateOf()).breaker).toMatchObject({ failuresInARow: 1 });
  });

  it('acquires a slot if the endpoint has a rate limit', async () => {
    world.endpoints.put(endpoint({ ratePerSecond: 2 }));
    await sendAlone(0);
    expect(writes).toBe(2);
  });

  it('is delivered although its slot cannot be registered', async () => {
    const { transport, answerAll } = hangingTransport();
    const broken = { ...gates, write: () => Promise.reject(new Error('cut off')) };
    const slow = sendAlone(0, { transport, gates: broken });
    await untilIdle();
    world.clock.advance(second);
    await untilIdle();
    answerAll(answered(204));
    expect(await slow).toEqual(new Map());
    expect(rowOf(world, numbered(0)).status).toBe('delivered');
  });
});

describe('an endpoint that begins to hang', () => {
  it('gets no more workers than its slots and those that start within the first second', async () => {
    const { open, transport } = hangingTransport();
    // Four lone deliveries a second, for ten seconds.
    for (let index = 0; index < 40; index += 1) {
      void sendAlone(index, { transport });
      await untilIdle();
      world.clock.advance(0.25 * second);
      await untilIdle();
    }
    // Four start within the second. The fifth finds one registered slot, and acquires the other.
    expect(open).toHaveLength(5);
    expect(Object.keys((await gateOf()).slots)).toHaveLength(5);
    expect(world.metrics.totals()).toMatchObject({ SlotsRefused: 35 });
  });

  it('gets no more batches than its slots', async () => {
    const { open, transport } = hangingTransport();
    for (let index = 0; index < 40; index += 10) {
      void ringBatch(world, ids.slice(index, index + 10), { worker: `worker-${index}`, gates, transport });
      await untilIdle();
    }
    expect(open).toHaveLength(20);
  });
});
