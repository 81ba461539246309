import { beforeEach, describe, expect, it } from 'vitest';
import type { EventBusDestination, ListenerDestination } from '../../../lambdas/core/endpoint.ts';
import { traceOf } from '../../../lambdas/core/trace.ts';
import { endpoint, webhook } from '../../builders/endpoints.ts';
import {
  body,
  correlationId,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  ring,
  ringUntilFinished,
  rowOf,
} from './deliver-world.ts';

const disabled = { reason: 'by an operator', at: '2026-03-01T09:00:00.000Z' };
const listener: ListenerDestination = { kind: 'listener', expiresAt: '2026-03-01T10:05:00.000Z' };
let world: DeliverWorld;

beforeEach(async () => {
  world = await deliverWorld();
});

describe('an endpoint that is sent nothing', () => {
  it.each([
    ['is disabled', endpoint({ disabled })],
    ['is a listener', endpoint({ destination: listener })],
  ])('holds its deliveries without an attempt if it %s', async (_, given) => {
    world.endpoints.put(given);
    await ring(world);
    expect(world.transport.posts).toEqual([]);
    expect(rowOf(world)).toMatchObject({ status: 'held', attemptNumber: 0, attempts: [], dueAt: undefined });
    expect(world.metrics.totals()).toEqual({ DeliveriesHeld: 1 });
    expect(world.log.lines).toEqual([
      {
        level: 'info',
        event: 'delivery.held',
        fields: { correlationId, deliveryId, endpointId: 'ep_orders' },
      },
    ]);
    expect([world.doorbell.rings, world.parked.parked]).toEqual([[], []]);
  });

  it('gets the held deliveries when it is enabled', async () => {
    world.endpoints.put(endpoint({ disabled }));
    await ring(world);
    world.endpoints.put(endpoint());
    expect(await world.deliveries.release(deliveryId, '2026-03-01T10:00:00.250Z')).toBe('released');
    await ringUntilFinished(world);
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attemptNumber: 1 });
  });

  it('gets a delivery at once that was held just after it was enabled', async () => {
    // The batch read the endpoint before it was enabled.
    const endpoints = { ...world.endpoints, find: async () => endpoint({ disabled }) };
    await ring(world, { endpoints });
    expect(rowOf(world)).toMatchObject({ status: 'pending', dueAt: '2026-03-01T10:00:00.250Z' });
    expect(world.doorbell.rings).toEqual([
      { rows: [deliveryId], delayMs: 0, details: { endpointId: 'ep_orders', correlationId, wanted: true } },
    ]);
  });

  it('gets a delivery whose worker crashed between holding and releasing it, by its next doorbell message', async () => {
    const lease = ['2026-03-01T10:00:00.250Z', '2026-03-01T10:02:00.250Z'] as const;
    const claimed = await world.deliveries.claim(deliveryId, ...lease);
    if (claimed) await world.deliveries.settle(claimed, undefined, { status: 'held' });
    await ring(world);
    expect(rowOf(world)).toMatchObject({ status: 'pending', dueAt: '2026-03-01T10:00:00.250Z' });
    expect(world.doorbell.rings).toMatchObject([{ rows: [deliveryId] }]);
  });

  it('gets no delivery that is held while it is disabled, however often its doorbell message comes', async () => {
    world.endpoints.put(endpoint({ disabled }));
    await ring(world);
    await ring(world);
    expect(rowOf(world)).toMatchObject({ status: 'held' });
    expect(world.doorbell.rings).toEqual([]);
  });
});

describe('a message', () => {
  it('is sent with the headers and the timeout of the endpoint, which cannot replace its own headers', async () => {
    const headers = { 'x-api-key': 'example', 'webhook-id': 'forged' };
    world.endpoints.put(endpoint({ destination: webhook({ headers, timeoutSeconds: 30 }) }));
    await ring(world);
    const [post] = world.transport.posts;
    expect(post).toMatchObject({ timeoutMs: 30_000, headers: { 'x-api-key': 'example' } });
    expect(post?.headers['webhook-id']).toMatch(/^msg_/);
  });

  it('has no record if the endpoint wants thin messages', async () => {
    world.endpoints.put(endpoint({ payload: 'thin' }));
    await ring(world);
    expect(JSON.parse(world.transport.posts[0]?.body ?? '').data).not.toHaveProperty('record');
  });

  it('is put on an event bus with the same rows and retries as a webhook', async () => {
    const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/crm';
    const destination: EventBusDestination = { kind: 'eventbridge', busArn };
    world.endpoints.put(endpoint({ destination }));
    world.eventBus.answer({ outcome: 'refused', answer: 'ThrottlingException' }, { outcome: 'delivered' });
    await ringUntilFinished(world);
    const event = { busArn, type: 'opportunity.created', body, timeoutMs: 15_000 };
    const traces = [1, 2].map((attempt) => traceOf(correlationId, deliveryId, attempt));
    expect(world.eventBus.events).toEqual(traces.map((trace) => ({ ...event, trace, masked: [] })));
    expect(world.transport.posts).toEqual([]);
    expect(rowOf(world)).toMatchObject({
      status: 'delivered',
      attempts: [{ outcome: 'refused', answer: 'ThrottlingException' }, { outcome: 'delivered' }],
    });
  });
});
