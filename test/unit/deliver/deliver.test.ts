import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messageOf } from '../../../lambdas/core/message.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import { endpoint, secretIdFor, webhook } from '../../builders/endpoints.ts';
import { messageIdFor } from '../../builders/versions.ts';
import {
  addDelivery,
  correlationId,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  deliveryIdFor,
  previousSecret,
  ring,
  rowOf,
  secret,
  version,
} from './deliver-world.ts';

let world: DeliverWorld;

beforeEach(async () => {
  world = await deliverWorld();
});

describe('a delivery that is due', () => {
  it('is sent once and delivered', async () => {
    const { transport } = world;
    const slow = {
      async post(...args: Parameters<typeof transport.post>) {
        world.clock.advance(120);
        return transport.post(...args);
      },
    };
    await ring(world, { transport: slow });
    expect(transport.posts).toMatchObject([
      {
        url: 'https://hooks.example.com/orders',
        body: messageOf(version, endpoint()).body,
        headers: {
          'content-type': 'application/json',
          'webhook-id': messageIdFor(version),
          // Start of the attempt, in whole seconds.
          'webhook-timestamp': '1772359200',
        },
      },
    ]);
    const attempt = {
      number: 1,
      startedAt: '2026-03-01T10:00:00.250Z',
      durationMs: 120,
      outcome: 'delivered',
      status: 204,
      answer: 'answered 204',
    };
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attempts: [attempt], dueAt: undefined });
    expect(world.metrics.totals()).toEqual({ DeliveriesDelivered: 1 });
    expect(world.doorbell.rings).toEqual([]);
    const { number, outcome, status, durationMs } = attempt;
    expect(world.log.lines).toEqual([
      {
        level: 'info',
        event: 'delivery.attempted',
        fields: {
          correlationId,
          deliveryId,
          endpointId: 'ep_orders',
          messageId: messageIdFor(version),
          attempt: number,
          outcome,
          status,
          durationMs,
        },
      },
    ]);
  });

  it('is sent once if two workers receive a message for it', async () => {
    await Promise.all([ring(world), ring(world), ring(world)]);
    expect(world.transport.posts).toHaveLength(1);
    expect(rowOf(world).attempts).toHaveLength(1);
  });

  it.each([
    ['early', async () => world.clock.set('2026-03-01T09:59:59.999Z')],
    [
      'leased',
      async () => world.deliveries.claim(deliveryId, '2026-03-01T10:00:00.000Z', '2026-03-01T10:01:00.000Z'),
    ],
    ['delivered', async () => ring(world)],
  ])('is not sent while it is %s', async (_, given) => {
    await given();
    const before = [rowOf(world), world.transport.posts.length];
    await ring(world);
    expect([rowOf(world), world.transport.posts.length]).toEqual(before);
  });

  it('is ignored if it does not exist', async () => {
    await ring(world, {}, deliveryIdFor('ep_unknown'));
    expect([world.transport.posts, world.log.lines]).toEqual([[], []]);
  });

  it('is not changed by a message to revive it, unless it is exhausted', async () => {
    await deliverBatch([{ deliveryId, revive: true }], world);
    await deliverBatch([{ deliveryId, revive: true }], world);
    expect(world.transport.posts).toHaveLength(1);
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attemptNumber: 1 });
  });
});

describe('signature of a webhook', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: world.clock.nowMs(), toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([secret, previousSecret])(
    'verifies on the bytes that were sent, while %s is valid',
    async (each) => {
      world.secrets.set(secretIdFor('ep_orders'), secret, previousSecret);
      await ring(world);
      const [post] = world.transport.posts;
      expect(new Webhook(each).verify(post?.body ?? '', post?.headers ?? {})).toMatchObject({
        type: 'opportunity.created',
        data: { id: 'O1234567', version: 1, record: version.payload },
      });
      expect(() => new Webhook(each).verify(`${post?.body} `, post?.headers ?? {})).toThrow(/signature/i);
    },
  );

  it('is new for every attempt of the same message', async () => {
    world.transport.answer({ outcome: 'timed-out' }, { outcome: 'delivered', status: 200 });
    await ring(world);
    world.clock.advance(5_000);
    await ring(world);
    const [first, second] = world.transport.posts;
    expect([second?.body, second?.headers['webhook-id']]).toEqual([
      first?.body,
      first?.headers['webhook-id'],
    ]);
    expect(second?.headers['webhook-timestamp']).toBe('1772359205');
    vi.setSystemTime(world.clock.nowMs());
    expect(new Webhook(secret).verify(second?.body ?? '', second?.headers ?? {})).toBeDefined();
  });
});

describe('promise 3: messages are stable', () => {
  it('sends the same webhook-id and the same bytes to every endpoint', async () => {
    world.endpoints.put(
      endpoint({
        id: 'ep_crm',
        destination: webhook({ url: 'https://crm.example.com/', secretId: secretIdFor('ep_crm') }),
      }),
    );
    await addDelivery(world, 'ep_crm');
    await ring(world);
    await ring(world, {}, deliveryIdFor('ep_crm'));
    expect(new Set(world.transport.posts.map(({ body }) => body)).size).toBe(1);
    expect(new Set(world.transport.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(world.transport.posts.map(({ url }) => url)).toEqual([
      'https://hooks.example.com/orders',
      'https://crm.example.com/',
    ]);
  });
});
