import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';
import { chat, endpoint, webhook } from '../builders/endpoints.ts';

const crm: Endpoint = endpoint({
  id: 'ep_crm',
  description: 'The CRM of Example Corp',
  destination: webhook({
    url: 'https://crm.example.com/hooks?a=b',
    headers: { 'X-Tenant': 'example' },
    timeoutSeconds: 30,
    secretId: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:relay/ep_crm-AbCdEf',
  }),
  topics: ['opportunity.*', 'engagement_invitation.created'],
  catalogs: ['AWS'],
  filter: { data: { record: { LifeCycle: { Stage: ['Qualified', { prefix: 'C' }] } } } },
  payload: 'thin',
  redact: ['personal-data', '/Project/*'],
  ordering: 'per-record',
  ratePerSecond: 0.5,
  client: 'crm',
  echo: 'omit',
});
const all: Endpoint = endpoint({ id: 'ep_all', redact: { only: ['/LifeCycle/Stage', '/*/Id'] } });
const off: Endpoint = { ...all, id: 'ep_off', disabled: { reason: 'gone', at: '2026-02-01T00:00:00.000Z' } };

function byId(a: Endpoint, b: Endpoint): number {
  return a.id < b.id ? -1 : 1;
}

/** The contract of the port EndpointStore. @param newStore makes a store with these endpoints */
export function endpointStoreSuite(
  newStore: (endpoints: readonly Endpoint[]) => Promise<EndpointStore>,
): void {
  describe('all', () => {
    test('returns nothing from an empty store', async () => {
      expect(await (await newStore([])).all()).toEqual({ endpoints: [], unreadable: [] });
    });

    test('returns every endpoint, also disabled ones', async () => {
      const store = await newStore([crm, all, off]);
      expect((await store.all()).endpoints.toSorted(byId)).toEqual([all, crm, off]);
    });

    test('returns all endpoints if they fill more than one page', async () => {
      // A page holds 1 MB.
      const filter = { type: ['x'.repeat(8_000)] };
      const many = Array.from({ length: 150 }, (_, n): Endpoint => ({ ...all, id: `ep_${100 + n}`, filter }));
      const store = await newStore(many);
      expect((await store.all()).endpoints.map(({ id }) => id).toSorted()).toEqual(many.map(({ id }) => id));
    });
  });

  describe('find', () => {
    test.each<Endpoint['destination']>([
      { kind: 'eventbridge', busArn: 'arn:aws:events:us-east-1:111122223333:event-bus/relay' },
      chat(),
      chat({ format: 'teams', timeoutSeconds: 30 }),
      { kind: 'listener', expiresAt: '2026-03-01T10:00:00.000Z' },
    ])('returns an endpoint of kind $kind', async (destination) => {
      const other = endpoint({ destination });
      expect(await (await newStore([other])).find(other.id)).toEqual(other);
    });

    test('returns the endpoint, or undefined if it does not exist', async () => {
      const store = await newStore([crm, off]);
      expect(await store.find('ep_crm')).toEqual(crm);
      expect(await store.find('ep_off')).toEqual(off);
      expect(await store.find('ep_cr')).toBeUndefined();
    });
  });

  describe('disable', () => {
    test('stores the reason and the time, and changes nothing else', async () => {
      const store = await newStore([crm, all]);
      expect(await store.disable('ep_crm', 'gone', '2026-03-01T10:00:00.000Z')).toBe('disabled');
      const disabled = { ...crm, disabled: { reason: 'gone', at: '2026-03-01T10:00:00.000Z' } };
      expect(await store.find('ep_crm')).toEqual(disabled);
      expect(await store.find('ep_all')).toEqual(all);
    });

    test('keeps the first reason', async () => {
      const store = await newStore([off]);
      expect(await store.disable('ep_off', 'five days of failure', '2026-03-01T10:00:00.000Z')).toBe(
        'already',
      );
      expect(await store.find('ep_off')).toEqual(off);
    });

    test('does not create an unknown endpoint', async () => {
      const store = await newStore([crm]);
      expect(await store.disable('ep_none', 'gone', '2026-03-01T10:00:00.000Z')).toBe('already');
      expect(await store.find('ep_none')).toBeUndefined();
      expect((await store.all()).endpoints).toEqual([crm]);
    });
  });
}
