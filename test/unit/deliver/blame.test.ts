import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { blames } from '../../../lambdas/core/blame.ts';
import type { EndpointGate } from '../../../lambdas/core/endpoint-gate.ts';
import { idleGate } from '../../../lambdas/core/endpoint-gate.ts';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import { addMs, instantOf } from '../../../lambdas/core/instant.ts';
import { sampleRef } from '../../../lambdas/core/sample-version.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import type { Answer } from '../../../lambdas/ports/webhook-transport.ts';
import { endpoint, secretIdFor, webhook } from '../../builders/endpoints.ts';
import { inMemorySecretStore } from '../../fakes/in-memory-secret-store.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  addDelivery,
  type DeliverWorld,
  deliverWorld,
  dueInMs,
  previousSecret,
  ringBatch,
  rowOf,
  secret,
} from './deliver-world.ts';

const second = 1_000;
const day = 24 * 3_600 * second;
let world: DeliverWorld;
let ids: DeliveryId[];

beforeEach(async () => {
  world = await deliverWorld();
  ids = [];
  for (let index = 0; index < 12; index += 1) {
    const of = sampleRef('opportunity.updated', addMs('2026-03-01T09:00:00.000Z', index));
    ids.push(await addDelivery(world, 'ep_orders', of));
  }
});

async function gateNow(): Promise<EndpointGate> {
  return (await world.gates.read('ep_orders')).gate ?? idleGate;
}

const attemptsOf = (of: readonly DeliveryId[]) => of.map((id) => rowOf(world, id).attemptNumber);
const statusesOf = (of: readonly DeliveryId[]) => of.map((id) => rowOf(world, id).status);

describe('promise 12: the table of blame', () => {
  it('is the same in docs/webhooks.md', () => {
    const docs = readFileSync('docs/webhooks.md', 'utf8');
    const rows = [...docs.matchAll(/^\| `([a-z-]+)` \|[^|]*\| (yes|no) \| (yes|no) \| ([^|]*?) \|$/gm)];
    const documented = rows.map(([, kind, spent, counts, next]) => [
      kind,
      { attemptSpent: spent === 'yes', countsAgainstEndpoint: counts === 'yes', next },
    ]);
    expect(Object.fromEntries(documented)).toEqual(blames);
  });

  it.each<Answer>([
    ...[401, 403, 404, 405, 429, 500, 502, 503, 504].map((status) => answered(status)),
    { outcome: 'timed-out' },
    { outcome: 'unreachable' },
    { outcome: 'forbidden' },
    answered(302),
  ])('charges the endpoint and the delivery: $outcome $status', async (answer) => {
    world.transport.answer(answer);
    await ringBatch(world, ids.slice(0, 5));
    expect(attemptsOf(ids.slice(0, 5))).toEqual([1, 1, 1, 1, 1]);
    expect((await gateNow()).breaker).toMatchObject({ failuresInARow: 5, openings: 1 });
  });

  it.each([400, 409, 413, 415, 422])(
    'charges the delivery alone for %i, and delays no other message',
    async (status) => {
      world.transport.answer(answered(status));
      await ringBatch(world, ids.slice(0, 10));
      expect(attemptsOf(ids.slice(0, 10))).toEqual(ids.slice(0, 10).map(() => 1));
      expect(dueInMs(world, ids[0])).toBe(5 * second);
      expect(await gateNow()).toEqual(idleGate);
      world.transport.answer(answered(204));
      await ringBatch(world, ids.slice(10));
      expect(statusesOf(ids.slice(10))).toEqual(['delivered', 'delivered']);
    },
  );

  it('never disables an endpoint that refuses one kind of message for more than five days', async () => {
    world.transport.answer(answered(422));
    for (let time = 0; time < 8; time += 1) {
      await ringBatch(world, ids.slice(0, 3));
      world.clock.advance(day);
    }
    expect(await world.endpoints.find('ep_orders')).not.toHaveProperty('disabled');
  });

  it('lets an answer about the message close a half-open breaker: the endpoint is up', async () => {
    const breaker = { failuresInARow: 9, openings: 3 };
    await world.gates.write('ep_orders', { ...idleGate, breaker }, 0);
    world.transport.answer(answered(422));
    await ringBatch(world, ids.slice(0, 1));
    expect(await gateNow()).toEqual(idleGate);
  });
});

describe('429 and 503 with Retry-After', () => {
  it.each([429, 503])('hold for the endpoint: %i spends one attempt, and the others wait', async (status) => {
    world.transport.answer(answered(status, '120'), answered(204));
    await ringBatch(world, ids.slice(0, 1));
    await ringBatch(world, ids.slice(1));
    expect(attemptsOf(ids)).toEqual([1, ...ids.slice(1).map(() => 0)]);
    expect(world.transport.posts).toHaveLength(1);
    for (const id of ids.slice(1)) expect(dueInMs(world, id)).toBeGreaterThanOrEqual(120 * second);
    expect((await gateNow()).breaker).toEqual(idleGate.breaker);
    world.clock.advance(150 * second);
    await ringBatch(world, ids);
    expect(statusesOf(ids)).toEqual(ids.map(() => 'delivered'));
  });

  it.each([429, 503])('cost a message no more attempts than the schedule has: %i', async (status) => {
    const busy = Array.from({ length: 20 }, () => answered(status, '1'));
    world.transport.answer(answered(status, '1'), ...busy.slice(1), answered(204));
    const began = world.clock.nowMs();
    for (let time = 0; time < 40 && rowOf(world, ids[0]).status === 'pending'; time += 1) {
      world.clock.advance(Math.max(0, dueInMs(world, ids[0]) ?? 0));
      await ringBatch(world, ids.slice(0, 1));
    }
    expect(world.transport.posts).toHaveLength(21);
    expect(rowOf(world, ids[0]).status).toBe('delivered');
    expect(rowOf(world, ids[0]).attemptNumber).toBeLessThan(5);
    expect(world.clock.nowMs() - began).toBeLessThan(3_600 * second);
  });

  it('end a message that is always answered so after the time of the schedule', async () => {
    world.transport.answer(answered(429, '1'));
    const began = world.clock.nowMs();
    for (let time = 0; time < 2_000 && rowOf(world, ids[0]).status === 'pending'; time += 1) {
      world.clock.advance(Math.max(0, dueInMs(world, ids[0]) ?? 0));
      await ringBatch(world, ids.slice(0, 1));
    }
    expect(rowOf(world, ids[0])).toMatchObject({ status: 'exhausted', attemptNumber: 10 });
    expect(rowOf(world, ids[0]).attempts).toHaveLength(10);
    const lasted = world.clock.nowMs() - began;
    expect(lasted).toBeGreaterThan(2 * day);
    expect(lasted).toBeLessThan(5 * day);
  });

  it('end a message although the worker of its first attempt crashed', async () => {
    const [first] = ids;
    const now = instantOf(world.clock.nowMs());
    if (first) await world.deliveries.claim(first, now, now);
    world.transport.answer(answered(429, '1'));
    await ringBatch(world, ids.slice(0, 1));
    expect(rowOf(world, ids[0])).toMatchObject({ attemptNumber: 2, attempts: [{ number: 2, status: 429 }] });
  });

  it('never disable the endpoint, but exhaust a message in the end', async () => {
    world.transport.answer(answered(429, '60'));
    for (let time = 0; time < 12; time += 1) {
      await ringBatch(world, ids.slice(0, 1));
      world.clock.advance(2 * day);
    }
    expect(statusesOf(ids.slice(0, 1))).toEqual(['exhausted']);
    expect(await world.endpoints.find('ep_orders')).not.toHaveProperty('disabled');
  });

  it('are obeyed by deliveries of the same batch that have not started', async () => {
    world.endpoints.put(endpoint({ ratePerSecond: 2 }));
    world.transport.answer(answered(503, '99999999999999999999'), answered(204));
    const answering = ringBatch(world, ids.slice(0, 5));
    for (let step = 0; step < 10; step += 1) {
      await new Promise((next) => setImmediate(next));
      world.clock.advance(500);
    }
    await answering;
    expect(world.transport.posts).toHaveLength(1);
    expect(attemptsOf(ids.slice(1, 5))).toEqual([0, 0, 0, 0]);
  });
});

describe('a fault of this stack', () => {
  const details = { endpointId: 'ep_orders', error: 'InvalidRequestException' };
  const secrets = {
    ...inMemorySecretStore(),
    signingSecrets: () => Promise.reject(new ServiceError('secret.unusable', details)),
  };

  it('spends no attempt and exhausts nothing, however long an unusable secret lasts', async () => {
    for (let time = 0; time < 40; time += 1) {
      expect(await ringBatch(world, ids.slice(0, 10), { secrets })).toEqual(new Map());
      world.clock.advance(350 * second);
    }
    expect(statusesOf(ids.slice(0, 10))).toEqual(ids.slice(0, 10).map(() => 'pending'));
    expect(attemptsOf(ids.slice(0, 10))).toEqual(ids.slice(0, 10).map(() => 0));
    expect(world.parked.parked).toEqual([]);
    const { breaker, pause } = await gateNow();
    expect(breaker).toEqual(idleGate.breaker);
    expect(pause).toMatchObject({
      cause: 'own-fault',
      since: '2026-03-01T10:00:00.250Z',
      reason: 'secret.unusable: InvalidRequestException',
    });
  });

  it('is counted and logged each time it is tried', async () => {
    await ringBatch(world, ids.slice(0, 1), { secrets });
    expect(world.metrics.totals()).toEqual({ DeliveriesUnprepared: 1 });
    expect(world.log.of('delivery.blocked')).toMatchObject([
      { endpointId: 'ep_orders', code: 'secret.unusable', reason: 'InvalidRequestException' },
    ]);
    expect(world.log.of('endpoint.paused')).toMatchObject([{ cause: 'own-fault' }]);
  });

  it('spends no attempt while the item of the endpoint is unreadable, counts it once, and ends by itself', async () => {
    world.endpoints.spoil('ep_orders');
    for (let time = 0; time < 40; time += 1) {
      expect(await ringBatch(world, ids.slice(0, 10))).toEqual(new Map());
      world.clock.advance(350 * second);
    }
    expect(attemptsOf(ids.slice(0, 10))).toEqual(ids.slice(0, 10).map(() => 0));
    const reason = 'endpoint.unreadable: invalid: url';
    expect((await gateNow()).pause).toMatchObject({ cause: 'own-fault', reason });
    expect(world.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
    expect(world.log.of('row.excluded')).toEqual([{ endpointId: 'ep_orders', problems: [reason] }]);
    // No trial is needed: the item that was read shows that it is repaired.
    world.endpoints.put(endpoint());
    await ringBatch(world, ids.slice(0, 10));
    expect(statusesOf(ids.slice(0, 10))).toEqual(ids.slice(0, 10).map(() => 'delivered'));
    world.endpoints.spoil('ep_orders');
    await ringBatch(world, ids.slice(10, 11));
    expect(world.metrics.totals()).toMatchObject({ RowsUnreadable: 2 });
  });

  it('counts an unreadable item once if two workers find it at the same time', async () => {
    world.endpoints.spoil('ep_orders');
    const clock = { ...world.clock, sleep: async () => undefined };
    await Promise.all([
      ringBatch(world, ids.slice(0, 5), { clock, worker: 'worker-1' }),
      ringBatch(world, ids.slice(5, 10), { clock, worker: 'worker-2' }),
    ]);
    expect(world.metrics.totals()).toMatchObject({ DeliveriesUnprepared: 10 });
    expect(world.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
  });

  it('spends no attempt while DNS of this stack is down, and ends by itself', async () => {
    const reason = 'no DNS server of this stack answers for any name: 10.0.0.2 (ETIMEOUT)';
    world.transport.answer({ outcome: 'timed-out', kind: 'own-fault', reason });
    for (let time = 0; time < 20; time += 1) {
      await ringBatch(world, ids.slice(0, 3));
      world.clock.advance(350 * second);
    }
    expect(attemptsOf(ids.slice(0, 3))).toEqual([0, 0, 0]);
    expect((await gateNow()).breaker).toEqual(idleGate.breaker);
    expect((await gateNow()).pause?.reason).toBe(`transport.unavailable: ${reason}`);
    expect(world.log.of('delivery.blocked')[0]).toMatchObject({ code: 'transport.unavailable', reason });
    world.transport.answer(answered(204));
    await ringBatch(world, ids.slice(0, 1));
    await ringBatch(world, ids);
    expect(world.parked.parked).toEqual([]);
    expect((await gateNow()).pause).toBeUndefined();
  });

  it.each([
    ['the secret of another endpoint', secretIdFor('ep_crm')],
    ['its ARN', `arn:aws:secretsmanager:us-east-1:111122223333:secret:${secretIdFor('ep_crm')}-a1B2c3`],
    ['a secret of an endpoint with a longer id', secretIdFor('ep_orders2')],
    ['a secret of nothing', 'whsec_bWFkZSB1cA=='],
  ])('spends no attempt and signs nothing if a row names %s', async (_, secretId) => {
    world.secrets.set(secretId, secret);
    world.endpoints.put(endpoint({ destination: webhook({ secretId }) }));
    for (let time = 0; time < 3; time += 1) {
      await ringBatch(world, ids.slice(0, 3));
      world.clock.advance(350 * second);
    }
    expect(world.transport.posts).toEqual([]);
    expect(attemptsOf(ids.slice(0, 3))).toEqual([0, 0, 0]);
    const { breaker, pause } = await gateNow();
    expect(breaker).toEqual(idleGate.breaker);
    const reason =
      'secretId does not name a secret of ep_orders; allowed: webhooks/ep_orders, or a name that begins with webhooks/ep_orders-';
    expect(pause).toMatchObject({ cause: 'own-fault', reason: `secret.unusable: ${reason}` });
    expect(world.log.of('delivery.blocked')[0]).toMatchObject({ code: 'secret.unusable', reason });
    expect(world.metrics.totals()).toMatchObject({ DeliveriesUnprepared: 5 });
    world.endpoints.put(endpoint());
    await ringBatch(world, ids.slice(0, 1));
    expect(world.transport.posts).toHaveLength(1);
  });

  it.each([
    ['created beside its own', `${secretIdFor('ep_orders')}-2026`],
    [
      'named by its ARN',
      `arn:aws:secretsmanager:us-east-1:111122223333:secret:${secretIdFor('ep_orders')}-a1B2c3`,
    ],
  ])('does not begin for a secret of the endpoint that was %s', async (_, secretId) => {
    world.secrets.set(secretId, previousSecret);
    world.endpoints.put(endpoint({ destination: webhook({ secretId }) }));
    await ringBatch(world, ids.slice(0, 1));
    expect(statusesOf(ids.slice(0, 1))).toEqual(['delivered']);
  });

  it('ends by itself when the secret is mended', async () => {
    const missing = endpoint({ destination: webhook({ secretId: `${secretIdFor('ep_orders')}-none` }) });
    world.endpoints.put(missing);
    await ringBatch(world, ids);
    world.endpoints.put(endpoint());
    world.clock.advance(60 * second);
    await ringBatch(world, ids.slice(0, 1));
    world.clock.advance(60 * second);
    await ringBatch(world, ids);
    expect(statusesOf(ids)).toEqual(ids.map(() => 'delivered'));
    expect((await gateNow()).pause).toBeUndefined();
  });
});

describe('an event bus', () => {
  const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';

  beforeEach(() => world.endpoints.put(endpoint({ destination: { kind: 'eventbridge', busArn } })));

  it('gets only the listed members of a record', async () => {
    const destination = { kind: 'eventbridge', busArn } as const;
    world.endpoints.put(endpoint({ destination, redact: { only: ['/LifeCycle/Stage'] } }));
    await ringBatch(world, ids.slice(0, 1));
    const [sent] = world.eventBus.events;
    expect(Object.keys(JSON.parse(sent?.body ?? '{}').data.record)).toEqual(['LifeCycle']);
  });

  it('pauses its endpoint without an attempt if it refuses permission', async () => {
    const answer = 'AccessDeniedException: a reason';
    world.eventBus.answer({ outcome: 'forbidden', kind: 'own-fault', answer });
    await ringBatch(world, ids.slice(0, 1));
    await ringBatch(world, ids);
    expect(world.eventBus.events).toHaveLength(1);
    expect(attemptsOf(ids)).toEqual(ids.map(() => 0));
    expect((await gateNow()).pause?.reason).toBe('event-bus.denied: AccessDeniedException');
  });

  it('is tried again in about a minute without an attempt if AWS throttles it', async () => {
    world.eventBus.answer({ outcome: 'refused', kind: 'aws-fault', answer: 'ThrottlingException: a reason' });
    for (let time = 0; time < 15; time += 1) {
      await ringBatch(world, ids.slice(0, 1));
      expect(dueInMs(world, ids[0])).toBe(60 * second);
      world.clock.advance(60 * second);
    }
    expect(rowOf(world, ids[0])).toMatchObject({ status: 'pending', attemptNumber: 0, attempts: [] });
    expect(await gateNow()).toEqual(idleGate);
  });

  it('ends a delivery at once, with the reason, if it can never take the message', async () => {
    const answer = 'ValidationException: Total size of the entries in the request is over the limit.';
    world.eventBus.answer(
      { outcome: 'refused', status: 400, kind: 'undeliverable', answer },
      { outcome: 'delivered' },
    );
    await ringBatch(world, ids.slice(0, 1));
    expect(rowOf(world, ids[0])).toMatchObject({ status: 'exhausted', reason: 'delivery.undeliverable' });
    expect(world.parked.parked).toMatchObject([
      { code: 'delivery.undeliverable', reason: expect.stringContaining('over the limit') },
    ]);
    await ringBatch(world, ids.slice(1));
    expect(statusesOf(ids.slice(1))).toEqual(ids.slice(1).map(() => 'delivered'));
  });
});

describe('a gate that was edited by hand', () => {
  const never = '9999-12-31T23:59:59.999Z';

  it('does not keep its endpoint closed, and is reported once', async () => {
    const breaker = { failuresInARow: 5, openings: 1, openUntil: never } as const;
    await world.gates.write('ep_orders', { slots: { b: never, c: never }, breaker, pace: {} }, 0);
    await ringBatch(world, ids.slice(0, 1));
    await ringBatch(world, ids.slice(1));
    expect(statusesOf(ids)).toEqual(ids.map(() => 'delivered'));
    expect(world.log.of('gate.mended')).toEqual([{ endpointId: 'ep_orders' }]);
  });
});
