import { beforeEach, describe, expect, it } from 'vitest';
import { parkedDeliveryBody } from '../../../lambdas/core/doorbell-body.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../lambdas/core/json.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';
import { inMemoryEndpointStore } from '../../fakes/in-memory-endpoint-store.ts';
import { inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { answered } from '../../fakes/scripted-webhook-transport.ts';
import {
  addDelivery,
  correlationId,
  type DeliverWorld,
  deliverWorld,
  deliveryId,
  dueInMs,
  ring,
  ringUntilFinished,
  rowOf,
  secret,
  version,
} from './deliver-world.ts';

const body = parkedDeliveryBody(deliveryId, correlationId);
let world: DeliverWorld;

beforeEach(async () => {
  world = await deliverWorld();
});

function unavailable(operation: string): ServiceError {
  const details = { operation, error: 'TimeoutError' };
  return new ServiceError('queue.unavailable', details, { retry: laterAfter(2_000) });
}

/** Lets another worker claim the delivery while this one still waits for the answer. */
function outlived(other: () => Promise<void>) {
  const { transport, leaseMs } = world;
  return {
    async post(...args: Parameters<typeof transport.post>) {
      const answer = await transport.post(...args);
      world.clock.advance(leaseMs);
      await other();
      return answer;
    },
  };
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

describe('410 Gone', () => {
  beforeEach(() => world.transport.answer(answered(410)));

  it('disables the endpoint and holds the delivery', async () => {
    await ring(world);
    expect(await world.endpoints.find('ep_orders')).toMatchObject({
      disabled: { reason: 'answered 410 Gone', at: '2026-03-01T10:00:00.250Z' },
    });
    expect(rowOf(world)).toMatchObject({ status: 'held', attempts: [{ outcome: 'gone', status: 410 }] });
    expect(world.parked.parked).toEqual([]);
    expect(world.metrics.totals()).toEqual({ EndpointsDisabled: 1, DeliveriesHeld: 1 });
    expect(world.log.of('endpoint.disabled')).toEqual([
      { endpointId: 'ep_orders', reason: 'answered 410 Gone' },
    ]);
  });

  it('holds every other delivery to the endpoint without an attempt, and no delivery to others', async () => {
    world.endpoints.put(endpoint({ id: 'ep_crm' }));
    const second = versionOf(observation({ payload: opportunityPayload({ stage: 'Qualified' }) }), version);
    await appendVersion(world.records, version, second, '2026-03-01T10:01:00.000Z');
    const next = await addDelivery(world, 'ep_orders', second);
    const elsewhere = await addDelivery(world, 'ep_crm');
    await ring(world);
    world.transport.answer(answered(204));
    await ring(world, {}, next);
    await ring(world, {}, elsewhere);
    expect(rowOf(world, next)).toMatchObject({ status: 'held', attemptNumber: 0, attempts: [] });
    expect(rowOf(world, elsewhere).status).toBe('delivered');
  });
});

describe('promise 1: a delivery that can never be sent', () => {
  it.each([
    ['endpoint.missing', 'has no endpoint', () => ({ endpoints: inMemoryEndpointStore() })],
    ['version.missing', 'has no version', () => ({ records: inMemoryRecordStore() })],
  ] as const)('is parked as %s without an attempt if it %s', async (code, _, parts) => {
    await ring(world, parts());
    expect(world.transport.posts).toEqual([]);
    expect(world.parked.parked).toEqual([{ body, code, reason: expect.any(String) }]);
    expect(rowOf(world)).toMatchObject({ status: 'exhausted', reason: code, attempts: [] });
    expect(world.metrics.totals()).toEqual({ DeliveriesExhausted: 1 });
  });

  it('names the missing version when it is parked', async () => {
    await ring(world, { records: inMemoryRecordStore() });
    const reason = JSON.stringify({ record: 'AWS/opportunity/O1234567', version: 1 });
    expect(world.parked.parked).toMatchObject([{ reason }]);
  });
});

describe('a transient error before an attempt', () => {
  it.each(['secret.unavailable', 'store.unavailable'] as const)('spends no attempt: %s', async (code) => {
    const details = { operation: 'version', endpointId: 'ep_orders', error: 'TimeoutError' };
    const failure = new ServiceError(code, details, { retry: laterAfter(2_000) });
    const fail = () => Promise.reject(failure);
    const parts =
      code === 'secret.unavailable'
        ? { secrets: { ...world.secrets, signingSecrets: fail } }
        : { records: { ...world.records, version: fail } };
    for (let time = 0; time < 15; time += 1) {
      await expect(ring(world, parts)).rejects.toBe(failure);
      expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 0, attempts: [] });
      expect(dueInMs(world)).toBe(2_000);
      world.clock.advance(2_000);
    }
    expect(world.metrics.totals()).toEqual({ DeliveriesUnprepared: 15 });
    await ring(world);
    expect(rowOf(world)).toMatchObject({ status: 'delivered', attempts: [{ number: 1 }] });
    expect(world.metrics.totals()).toEqual({ DeliveriesUnprepared: 15, DeliveriesDelivered: 1 });
  });

  it('spends an attempt if it is unexpected: the delivery is due when the lease ends', async () => {
    const secrets = {
      ...world.secrets,
      signingSecrets: () => Promise.reject(new TypeError('a defect of ours')),
    };
    await expect(ring(world, { secrets })).rejects.toThrow('a defect of ours');
    expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 1, attempts: [] });
    expect(dueInMs(world)).toBe(world.leaseMs);
  });
});

describe('parking a delivery', () => {
  it('comes before it is settled: after an error it is parked again when the lease ends', async () => {
    const parked = { park: () => Promise.reject(unavailable('park')) };
    const parts = { endpoints: inMemoryEndpointStore() };
    await expect(ring(world, { ...parts, parked })).rejects.toThrow('queue.unavailable');
    expect(rowOf(world)).toMatchObject({ status: 'pending' });
    world.clock.advance(world.leaseMs);
    await ring(world, parts);
    expect(rowOf(world)).toMatchObject({ status: 'exhausted', reason: 'endpoint.missing' });
    expect(world.parked.parked).toMatchObject([{ body, code: 'endpoint.missing' }]);
  });
});

describe('a doorbell message that cannot be sent', () => {
  it('loses nothing: the retry is due, and `sweep` finds it', async () => {
    world.transport.answer(answered(500));
    const doorbell = { ring: () => Promise.reject(unavailable('ring')) };
    await expect(ring(world, { doorbell })).rejects.toThrow('queue.unavailable');
    expect(rowOf(world)).toMatchObject({ status: 'pending', attempts: [{ outcome: 'refused' }] });
    expect(dueInMs(world)).toBe(5_000);
  });
});

describe('a worker that outlives its lease', () => {
  it('does not change a delivery that another worker has delivered', async () => {
    world.transport.answer(answered(500), answered(200));
    await ring(world, { transport: outlived(() => ring(world)) });
    expect(rowOf(world)).toMatchObject({
      status: 'delivered',
      attempts: [{ number: 2, outcome: 'delivered' }],
      dueAt: undefined,
    });
    await ringUntilFinished(world);
    expect(world.transport.posts).toHaveLength(2);
  });

  it('does not change the due time that another worker has set', async () => {
    world.transport.answer(answered(500));
    const other = async () => {
      await ring(world);
      world.clock.advance(1_000);
    };
    await ring(world, { transport: outlived(other) });
    expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 2, attempts: [{ number: 2 }] });
    expect(dueInMs(world)).toBe(299_000);
  });

  it('still records its own success', async () => {
    world.transport.answer(answered(200), answered(500));
    await ring(world, { transport: outlived(() => ring(world)) });
    expect(rowOf(world)).toMatchObject({
      status: 'delivered',
      attempts: [{ number: 2 }, { number: 1, outcome: 'delivered' }],
    });
  });
});

describe('promise 6: secrets and personal data in logs, queue bodies and error texts', () => {
  it.each([200, 410, 500])('never appear when the answer is %i', async (status) => {
    world.transport.answer({ ...answered(status), answer: 'an answer with jane.doe@example.com' });
    await ringUntilFinished(world);
    const written = JSON.stringify([world.log.lines, world.parked.parked, world.doorbell.rings]);
    expect(world.log.lines.length).toBeGreaterThan(0);
    // Ids may be written: operators find a record by them.
    const allowed = new Set(['AWS', 'O1234567']);
    const secretTexts = textsIn(version.payload).filter((text) => !allowed.has(text) && text.length > 2);
    expect(secretTexts).toContain('Example Corp');
    const signatures = world.transport.posts.map(({ headers }) => headers['webhook-signature'] ?? 'none');
    for (const text of [...secretTexts, ...signatures, secret, secret.slice('whsec_'.length), 'jane.doe'])
      expect(written).not.toContain(text);
  });

  it('never appear when a secret is unusable', async () => {
    const details = { endpointId: 'ep_orders', error: 'AWSCURRENT is no whsec_ secret' };
    const failure = new ServiceError('secret.unusable', details);
    await ring(world, { secrets: { ...world.secrets, signingSecrets: () => Promise.reject(failure) } });
    expect(world.parked.parked).toEqual([]);
    expect(world.log.of('delivery.blocked')).toMatchObject([{ reason: details.error }]);
    expect(JSON.stringify(world.log.lines)).not.toContain(secret);
  });
});
