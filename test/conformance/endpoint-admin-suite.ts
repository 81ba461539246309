import { describe, expect, test } from 'vitest';
import type { EndpointAdmin } from '../../bin/pcr/stores/endpoint-admin.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';
import { chat, endpoint, webhook } from '../builders/endpoints.ts';

const crm = endpoint({
  id: 'ep_crm',
  description: 'The CRM of Example Corp',
  filter: { type: ['opportunity.created'] },
  ratePerSecond: 5,
  client: 'arn:aws:sts::111122223333:assumed-role/crm',
  echo: 'mark',
});
const disabled = { reason: 'answered 410 Gone', at: '2026-03-01T10:00:00.000Z' };

function listening(expiresAt: `${string}Z`): Endpoint {
  return endpoint({ destination: { kind: 'listener', expiresAt } });
}

/** The promises of the port EndpointAdmin, seen through the EndpointStore of the same endpoints. */
export function endpointAdminSuite(newStore: () => Promise<EndpointStore & EndpointAdmin>): void {
  const storeWith = async (...endpoints: readonly Endpoint[]) => {
    const store = await newStore();
    for (const each of endpoints) await store.add(each);
    return store;
  };

  describe('add', () => {
    test('makes an endpoint, and leaves alone what is there already', async () => {
      const store = await newStore();
      expect(await store.add(crm)).toBe('added');
      expect(await store.add({ ...crm, topics: ['engagement.*'] })).toBe('exists');
      expect(await store.all()).toEqual({ endpoints: [crm], unreadable: [] });
    });

    test('makes one of two at the same time', async () => {
      const store = await newStore();
      const outcomes = await Promise.all([store.add(crm), store.add(crm), store.add(crm)]);
      expect(outcomes.toSorted()).toEqual(['added', 'exists', 'exists']);
    });
  });

  describe('update', () => {
    test('replaces the whole definition, also what is left out of the new one', async () => {
      const store = await storeWith(crm);
      const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/relay';
      for (const next of [
        endpoint({ id: 'ep_crm', topics: ['engagement.*'], payload: 'thin', redact: ['personal-data'] }),
        endpoint({ id: 'ep_crm', destination: { kind: 'eventbridge', busArn } }),
        endpoint({ id: 'ep_crm', destination: chat() }),
        endpoint({
          id: 'ep_crm',
          destination: webhook({ headers: { 'X-Tenant': 'a' } }),
          ordering: 'per-record',
        }),
        crm,
      ]) {
        expect(await store.update(next)).toBe('updated');
        expect(await store.find('ep_crm')).toEqual(next);
      }
    });

    test('renews one who listens', async () => {
      const store = await storeWith(listening('2026-03-01T10:00:00.000Z'));
      await store.update(listening('2026-03-01T10:01:00.000Z'));
      expect(await store.find('ep_orders')).toEqual(listening('2026-03-01T10:01:00.000Z'));
    });

    test('neither enables nor disables', async () => {
      const store = await storeWith(crm);
      await store.disable('ep_crm', disabled.reason, '2026-03-01T10:00:00.000Z');
      await store.update({ ...crm, topics: ['engagement.*'] });
      expect(await store.find('ep_crm')).toEqual({ ...crm, topics: ['engagement.*'], disabled });
      await store.enable('ep_crm');
      await store.update({ ...crm, disabled });
      expect(await store.find('ep_crm')).toEqual(crm);
    });

    test('makes no endpoint of one that is unknown', async () => {
      const store = await newStore();
      expect(await store.update(crm)).toBe('missing');
      expect(await store.find('ep_crm')).toBeUndefined();
    });
  });

  describe('enable', () => {
    test('ends being disabled, and may be repeated', async () => {
      const store = await storeWith(crm);
      await store.disable('ep_crm', disabled.reason, '2026-03-01T10:00:00.000Z');
      await store.enable('ep_crm');
      await store.enable('ep_crm');
      expect(await store.find('ep_crm')).toEqual(crm);
    });

    test('makes no endpoint of one that is unknown', async () => {
      const store = await newStore();
      await store.enable('ep_crm');
      expect((await store.all()).endpoints).toEqual([]);
    });
  });

  test('remove leaves nothing, touches no other, and may be repeated', async () => {
    const store = await storeWith(crm, endpoint());
    await store.remove('ep_crm');
    await store.remove('ep_crm');
    expect((await store.all()).endpoints).toEqual([endpoint()]);
    expect(await store.add(crm)).toBe('added');
  });
}
