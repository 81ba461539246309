import { beforeEach, describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '../../../lambdas/core/delivery.ts';
import { parkedDeliveryBody, parseDeliveryDoorbell } from '../../../lambdas/core/doorbell-body.ts';
import { parseJsonText } from '../../../lambdas/core/json-text.ts';
import { deliverySchedule } from '../../../lambdas/core/retry-schedule.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  correlationId,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  dueInMs,
  ring,
  ringUntilFinished,
  rowOf,
} from './deliver-world.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

let world: DeliverWorld;

beforeEach(async () => {
  world = await deliverWorld();
});

describe('an attempt', () => {
  const answers = [
    ...[200, 201, 204, 299].map((status) => ({ ...answered(status), outcome: 'delivered' as const })),
    ...[400, 401, 403, 404, 409, 429, 500, 502, 503].map((status) => answered(status)),
    ...[301, 302, 307, 308].map((status) => answered(status)),
    ...(['timed-out', 'unreachable', 'forbidden'] as const).map((outcome) => ({ outcome })),
  ];
  const statusAfter: Readonly<Record<Exclude<AttemptOutcome, 'gone'>, string>> = {
    delivered: 'delivered',
    refused: 'pending',
    redirected: 'pending',
    'timed-out': 'pending',
    unreachable: 'pending',
    forbidden: 'pending',
  };

  it.each(answers)('is recorded and followed by the next step: $outcome $status', async (answer) => {
    world.transport.answer(answer);
    await ring(world);
    const { outcome } = answer;
    if (outcome === 'gone') throw new Error('410 has tests of its own');
    expect(rowOf(world)).toMatchObject({
      status: statusAfter[outcome],
      attemptNumber: 1,
      attempts: [{ number: 1, ...answer }],
    });
    expect(dueInMs(world)).toBe(statusAfter[outcome] === 'pending' ? 5_000 : undefined);
    expect(world.metrics.totals()).toEqual(
      outcome === 'delivered' ? { DeliveriesDelivered: 1 } : { DeliveriesRetried: 1 },
    );
    expect(world.log.of('delivery.attempted')).toMatchObject([{ outcome, attempt: 1 }]);
    expect(world.parked.parked).toEqual([]);
  });
});

describe('the reason of a failed attempt', () => {
  it('is recorded and logged', async () => {
    const reason = '192.0.2.1:443: connection refused (ECONNREFUSED)';
    world.transport.answer({ outcome: 'unreachable', reason });
    await ring(world);
    expect(rowOf(world)).toMatchObject({ attempts: [{ outcome: 'unreachable', reason }] });
    expect(world.log.of('delivery.attempted')).toMatchObject([{ outcome: 'unreachable', reason }]);
  });
});

describe('retry schedule', () => {
  it('has ten attempts, and uses delayed messages for waits that SQS supports', async () => {
    world.transport.answer(answered(500));
    const waits: (number | undefined)[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await ring(world);
      waits.push(dueInMs(world));
      world.clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([
      5 * second,
      5 * minute,
      30 * minute,
      2 * hour,
      5 * hour,
      10 * hour,
      14 * hour,
      20 * hour,
      24 * hour,
      undefined,
    ]);
    expect(world.doorbell.rings).toEqual([
      { rows: [deliveryId], delayMs: 5 * second, details: { endpointId: 'ep_orders', correlationId } },
      { rows: [deliveryId], delayMs: 5 * minute, details: { endpointId: 'ep_orders', correlationId } },
    ]);
    expect(world.transport.posts).toHaveLength(10);
  });

  it.each([
    [0, 4_000],
    [0.5, 5_000],
    [0.999_999, 6_000],
  ])('shortens or lengthens a wait by up to 20 %%: chance %d', async (chance, expected) => {
    world.transport.answer(answered(500));
    await ring(world, { random: fixedRandom(chance) });
    expect(dueInMs(world)).toBe(expected);
  });

  it.each([
    ['lengthens a wait', '120', 120 * second],
    ['never shortens one', '1', 5 * second],
    ['may be a date', 'Sun, 01 Mar 2026 10:01:00 GMT', 59_750],
    ['is no reason to wait for ever', '999999999', 24 * hour],
    ['may be nonsense', 'soon', 5 * second],
  ])('follows the Retry-After header %s', async (_, header, expected) => {
    world.transport.answer(answered(429, header));
    await ring(world);
    expect(dueInMs(world)).toBe(expected);
    expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 1 });
  });

  it.each([
    ['900', [15 * minute]],
    ['901', []],
  ])('sends a delayed message for a wait of %s seconds only up to 15 minutes', async (header, delays) => {
    world.transport.answer(answered(503, header));
    await ring(world);
    expect(world.doorbell.rings.map(({ delayMs }) => delayMs)).toEqual(delays);
  });

  it('is scaled by the time scale', async () => {
    world.transport.answer(answered(500));
    await ring(world, { timeScale: 0.01 });
    expect([dueInMs(world), world.doorbell.rings[0]?.delayMs]).toEqual([50, 50]);
  });
});

describe('promise 1: a delivery that keeps failing', () => {
  beforeEach(() => world.transport.answer(answered(500)));

  it('is exhausted and parked after ten attempts, with all of them recorded', async () => {
    await ringUntilFinished(world);
    expect(rowOf(world)).toMatchObject({
      status: 'exhausted',
      reason: 'delivery.exhausted',
      attemptNumber: 10,
      dueAt: undefined,
    });
    expect(rowOf(world).attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(world.clock.nowMs() - Date.parse('2026-03-01T10:00:00.250Z')).toBe(
      deliverySchedule.reduce((sum, step) => sum + step, 0),
    );
    const reason = JSON.stringify({ endpointId: 'ep_orders', deliveryId, lastOutcome: 'refused' });
    expect(world.parked.parked).toEqual([
      { body: parkedDeliveryBody(deliveryId, correlationId), code: 'delivery.exhausted', reason },
    ]);
    expect(world.metrics.totals()).toEqual({ DeliveriesRetried: 9, DeliveriesExhausted: 1 });
    expect(world.log.of('delivery.parked')).toEqual([
      { correlationId, deliveryId, endpointId: 'ep_orders', code: 'delivery.exhausted', reason },
    ]);
  });

  it('gets a new schedule when its parked message is redriven', async () => {
    await ringUntilFinished(world);
    const revival = parseDeliveryDoorbell(parseJsonText(world.parked.parked[0]?.body ?? ''));
    await deliverBatch([revival], world);
    expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 1, reason: undefined });
    expect(dueInMs(world)).toBe(5_000);
    world.transport.answer(answered(200));
    await ringUntilFinished(world);
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attemptNumber: 2 });
    expect(rowOf(world).attempts).toHaveLength(12);
    expect(new Set(world.transport.posts.map(({ body }) => body)).size).toBe(1);
  });

  it('is exhausted even if every worker crashes before the answer', async () => {
    const transport = { post: () => Promise.reject(new Error('killed by the payload')) };
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      await expect(ring(world, { transport })).rejects.toThrow('killed by the payload');
      expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: attempt, attempts: [] });
      world.clock.advance(world.leaseMs);
    }
    await ring(world);
    expect(world.transport.posts).toEqual([]);
    expect(rowOf(world)).toMatchObject({ status: 'exhausted', attempts: [] });
    expect(JSON.parse(world.parked.parked[0]?.reason ?? '')).toHaveProperty('lastOutcome', 'interrupted');
  });
});
