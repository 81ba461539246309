import { beforeEach, describe, expect, test } from 'vitest';
import type { ClientAdmin } from '../../bin/pcr/stores/client-admin.ts';
import { dynamodbClientAdmin } from '../../bin/pcr/stores/dynamodb-client-admin.ts';
import { dynamodbEndpointAdmin } from '../../bin/pcr/stores/dynamodb-endpoint-admin.ts';
import { dynamodbEndpointSet } from '../../bin/pcr/stores/dynamodb-endpoint-set.ts';
import { type EndpointSet, mostChanges } from '../../bin/pcr/stores/endpoint-set.ts';
import { dynamodbEndpointStore } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../lambdas/core/ids.ts';
import type { EndpointStore } from '../../lambdas/ports/endpoint-store.ts';
import { signingClient } from '../builders/clients.ts';
import { endpoint } from '../builders/endpoints.ts';
import { describeUnless } from '../describe-unless.ts';
import { missingDynoxide, useDynamoDb } from './dynamodb-under-test.ts';

const a = endpoint({ id: 'ep_a' });
const b = endpoint({ id: 'ep_b' });
const off: Endpoint = { ...b, disabled: { reason: 'gone', at: '2026-02-01T00:00:00.000Z' } };
const gone = (...ids: readonly EndpointId[]) =>
  ({ ids, reason: 'gone', at: '2026-02-01T00:00:00.000Z' }) as const;
const none = { add: [], update: [], disable: gone() };

describeUnless(missingDynoxide, 'endpoint set on dynoxide', () => {
  const engine = useDynamoDb('dynoxide');
  let set: EndpointSet;
  let store: EndpointStore;
  let clients: ClientAdmin;
  beforeEach(async () => {
    const tableName = await engine.emptyWebhookTable();
    set = dynamodbEndpointSet(engine.client(), tableName);
    store = dynamodbEndpointStore(engine.client(), tableName);
    clients = dynamodbClientAdmin(engine.client(), tableName);
    const admin = dynamodbEndpointAdmin(engine.client(), tableName);
    await admin.add(a);
    await admin.add(b);
  });
  const stored = async () =>
    (await store.all()).endpoints.toSorted((one, other) => (one.id < other.id ? -1 : 1));

  test('adds, updates and disables together', async () => {
    const c = endpoint({ id: 'ep_c' });
    const thin = endpoint({ id: 'ep_a', payload: 'thin' });
    expect(await set.change({ add: [c], update: [thin], disable: gone('ep_b') })).toBe('changed');
    expect(await stored()).toEqual([thin, off, c]);
  });

  test('leaves one that is disabled already its reason', async () => {
    await store.disable('ep_b', 'answered 410', '2026-01-01T00:00:00.000Z');
    expect(await set.change({ ...none, disable: gone('ep_b') })).toBe('changed');
    expect(await store.find('ep_b')).toMatchObject({ disabled: { reason: 'answered 410' } });
  });

  test('takes as many changes as it promises', async () => {
    const add = Array.from({ length: mostChanges }, (_, index) => endpoint({ id: `ep_n${index}` }));
    expect(await set.change({ ...none, add })).toBe('changed');
    expect(await stored()).toHaveLength(mostChanges + 2);
  });

  describe('of clients', () => {
    const crm = signingClient({ approval: 'always', description: 'The CRM' });
    const erp = signingClient({ id: 'erp' });

    test('adds, updates and removes together with endpoints', async () => {
      await clients.add(crm);
      await clients.add(erp);
      const changed = signingClient({ never: ['/Customer'] });
      const added = signingClient({ id: 'added' });
      const changes = { add: [added], update: [changed], remove: ['erp'] };
      expect(await set.change({ ...none, disable: gone('ep_b'), clients: changes })).toBe('changed');
      expect(await clients.all()).toEqual({ clients: [added, changed], unreadable: [] });
      expect(await stored()).toEqual([a, off]);
    });

    test.each([
      ['an added client exists', { add: [crm], update: [], remove: [] }],
      ['an updated client is gone', { add: [], update: [erp], remove: [] }],
      ['an updated client was disabled meanwhile', { add: [], update: [crm], remove: [] }],
    ])('changes nothing, also no endpoint, if %s', async (_, changes) => {
      await clients.add({ ...crm, disabled: true });
      const before = await clients.all();
      expect(await set.change({ ...none, disable: gone('ep_b'), clients: changes })).toBe('raced');
      expect(await clients.all()).toEqual(before);
      expect(await stored()).toEqual([a, b]);
    });
  });

  describe('changes nothing', () => {
    test.each([
      ['if an added endpoint already exists', { ...none, add: [a], disable: gone('ep_b') }],
      [
        'where one that is updated is gone',
        { ...none, update: [endpoint({ id: 'ep_c' })], disable: gone('ep_b') },
      ],
      [
        'where one that is disabled is gone',
        { ...none, add: [endpoint({ id: 'ep_d' })], disable: gone('ep_b', 'ep_c') },
      ],
    ])('%s', async (_where, changes) => {
      expect(await set.change(changes)).toBe('raced');
      expect(await stored()).toEqual([a, b]);
    });

    test('leaves every endpoint unchanged if an updated one was disabled meanwhile', async () => {
      await store.disable('ep_b', 'gone', '2026-02-01T00:00:00.000Z');
      expect(await set.change({ ...none, update: [b], disable: gone('ep_a') })).toBe('raced');
      expect(await stored()).toEqual([a, off]);
    });

    test('leaves every endpoint unchanged if an updated one was enabled meanwhile', async () => {
      expect(await set.change({ ...none, update: [off], disable: gone('ep_a') })).toBe('raced');
      expect(await stored()).toEqual([a, b]);
    });
  });

  test('keeps one that is updated disabled', async () => {
    await store.disable('ep_b', 'gone', '2026-02-01T00:00:00.000Z');
    expect(await set.change({ ...none, update: [{ ...off, payload: 'thin' }] })).toBe('changed');
    expect(await store.find('ep_b')).toEqual({ ...off, payload: 'thin' });
  });
});
