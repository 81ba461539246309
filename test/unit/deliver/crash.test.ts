import { describe, expect, it } from 'vitest';
import { parkedDeliveryBody, parseDeliveryDoorbell } from '../../../lambdas/core/doorbell-body.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { deliverBatch } from '../../../lambdas/deliver/batch.ts';
import type { DeliverDeps } from '../../../lambdas/deliver/deps.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { messageIdFor } from '../../builders/versions.ts';
import { type CrashingProcess, crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { inMemorySecretStore } from '../../fakes/in-memory-secret-store.ts';
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
  version,
} from './deliver-world.ts';

function crashing(world: DeliverWorld, process: CrashingProcess): Partial<DeliverDeps> {
  return {
    deliveries: process.wrap(world.deliveries),
    endpoints: process.wrap(world.endpoints),
    readEndpoint: process.wrap({ find: world.readEndpoint }).find,
    records: process.wrap(world.records),
    secrets: process.wrap(world.secrets),
    transport: process.wrap(world.transport),
    doorbell: process.wrap(world.doorbell),
    parked: process.wrap(world.parked),
  };
}

/** Works on a message from the parked queue. The first error of the batch is thrown. */
async function reviveOrThrow(deps: DeliverDeps): Promise<void> {
  const revival = parseDeliveryDoorbell({ deliveryId, revive: true });
  for (const error of (await deliverBatch([revival], deps)).values()) throw error;
}

/** Expects that every POST carried the same message, and that the delivery has ended. */
function expectFinished(world: DeliverWorld, status: 'delivered' | 'exhausted'): void {
  expect(rowOf(world)).toMatchObject({ status, dueAt: undefined });
  for (const { body, headers } of world.transport.posts) {
    expect(body).toBe(messageOf(version, endpoint()).body);
    expect(headers['webhook-id']).toBe(messageIdFor(version));
  }
  const numbers = rowOf(world).attempts.map(({ number }) => number);
  expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  if (status === 'exhausted')
    expect(new Set(world.parked.parked.map(({ body }) => body))).toEqual(
      new Set([parkedDeliveryBody(deliveryId, correlationId)]),
    );
}

describe('promise 1: nothing is lost by a crash at any call', () => {
  it('delivers a message after a crash during its delivery', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      await untilCrash(ring(world, crashing(world, process)));
      // A pending row is due at the end of the lease at the latest.
      expect(dueInMs(world) ?? 0).toBeLessThanOrEqual(world.leaseMs);
      await ringUntilFinished(world);
      expectFinished(world, 'delivered');
      expect(world.transport.posts.length).toBeGreaterThanOrEqual(1);
      expect(world.transport.posts.length).toBeLessThanOrEqual(2);
    });
    // claim, find, version, signingSecrets, post, settle
    expect(crashes).toBe(2 * 6);
  });

  it('retries a message after a crash while a refused attempt is rescheduled', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      world.transport.answer(answered(503), answered(204));
      await untilCrash(ring(world, crashing(world, process)));
      expect(rowOf(world).status).toBe('pending');
      expect(dueInMs(world)).toBeLessThanOrEqual(world.leaseMs);
      await ringUntilFinished(world);
      expectFinished(world, 'delivered');
    });
    expect(crashes).toBe(2 * 7);
  });

  it('disables an endpoint after a crash while it answers 410 Gone', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      world.transport.answer(answered(410));
      await untilCrash(ring(world, crashing(world, process)));
      await ringUntilFinished(world);
      expect(rowOf(world)).toMatchObject({ status: 'held', dueAt: undefined });
      expect(world.parked.parked).toEqual([]);
      expect((await world.endpoints.find('ep_orders'))?.disabled).toBeDefined();
    });
    // claim, find, version, signingSecrets, post, disable, settle, find again
    expect(crashes).toBe(2 * 8);
  });

  it('parks a delivery after a crash during its last attempt', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      world.transport.answer(answered(500));
      await ringUntilFinished(world, 9);
      world.clock.advance(dueInMs(world) ?? 0);
      await untilCrash(ring(world, crashing(world, process)));
      await ringUntilFinished(world);
      expectFinished(world, 'exhausted');
      expect(world.transport.posts.length).toBeLessThanOrEqual(10);
    });
    // claim, find, version, signingSecrets, post, park, settle, wake
    expect(crashes).toBe(2 * 8);
  });

  it('delivers a revived delivery after a crash while it is revived', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      world.transport.answer(answered(500));
      await ringUntilFinished(world);
      world.transport.answer(answered(200));
      await untilCrash(reviveOrThrow({ ...world, ...crashing(world, process) }));
      // SQS delivers the message again.
      await reviveOrThrow(world);
      await ringUntilFinished(world);
      expect(rowOf(world).status).toBe('delivered');
    });
    // revive, state, find, claim, find, version, signingSecrets, post, settle
    expect(crashes).toBe(2 * 9);
  });

  it('delivers a message after a crash while an attempt is given back', async () => {
    const details = { endpointId: 'ep_orders', error: 'TimeoutError' };
    const failure = new ServiceError('secret.unavailable', details, { retry: laterAfter(2_000) });
    const secrets = { ...inMemorySecretStore(), signingSecrets: () => Promise.reject(failure) };
    const crashes = await crashEverywhere(async (process) => {
      const world = await deliverWorld();
      const parts = { ...crashing(world, process), secrets: process.wrap(secrets) };
      const attempt = ring(world, parts).catch((error: unknown) => {
        if (error !== failure) throw error;
      });
      await untilCrash(attempt);
      expect(world.transport.posts).toEqual([]);
      await ringUntilFinished(world);
      expectFinished(world, 'delivered');
    });
    // claim, find, version, signingSecrets, settle
    expect(crashes).toBe(2 * 5);
  });
});
