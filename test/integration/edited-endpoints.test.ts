import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { endpointsEnabled } from '../../bin/pcr/doctor/work-checks.ts';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointGateKey } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../lambdas/adapters/system-random.ts';
import { definitionFields } from '../../lambdas/core/endpoint-definition.ts';
import type { EndpointGate } from '../../lambdas/core/endpoint-gate.ts';
import { versionItemKey } from '../../lambdas/core/tables.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { endpoint, secretIdFor, webhook } from '../builders/endpoints.ts';
import { stackPartsOf } from '../builders/stack-parts.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { editedWorld, editItem, type Item, withValue, wrongValues } from './edited-rows.ts';
import { deliveryOf, type PcrUnderTest, pcrOn, storeOpportunities } from './pcr/pcr-under-test.ts';

const settings = () => Promise.reject(new Error('this check needs no settings'));
const io = { clock: systemClock, random: systemRandom };
const endpointAttributes = [...definitionFields, 'messageFormat', 'disabled', 'listenerExpiresAt'];

/** A gate with every attribute, some minutes after its last use. */
const gate: EndpointGate = {
  slots: { 'worker-2': '2026-03-01T10:50:00.000Z' },
  breaker: {
    failuresInARow: 5,
    failingSince: '2026-03-01T10:40:00.000Z',
    lastFailedAt: '2026-03-01T10:50:00.000Z',
    openings: 1,
    openUntil: '2026-03-01T10:51:00.000Z',
  },
  pace: { nextSlotAt: '2026-03-01T10:50:00.000Z', lastPostponedTo: '2026-03-01T10:50:00.000Z' },
  pause: {
    cause: 'retry-after',
    until: '2026-03-01T10:50:00.000Z',
    since: '2026-03-01T10:40:00.000Z',
    reason: 'answered 429 with Retry-After',
  },
};

/** Every attribute of a gate, and every member of one. */
const gatePaths = [
  'revision',
  ...Object.entries(gate).flatMap(([name, members]) => [
    name,
    ...Object.keys(members).map((member) => `${name}.${member}`),
  ]),
];

function withValueAt(item: Item, [name = '', member]: readonly string[], value?: AttributeValue): Item {
  if (member === undefined) return withValue(item, name, value);
  return { ...item, [name]: { M: withValue(item[name]?.M ?? {}, member, value) } };
}

describeUnless(missingDynoxide, 'a row that steers an endpoint and was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  let world: ReturnType<typeof editedWorld>;
  let version: Version;
  const webhooks = () => pcr.relay.output('WebhooksTableName');

  beforeEach(async () => {
    pcr = await pcrOn(engine, [
      endpoint(),
      endpoint({
        id: 'ep_edited',
        description: 'Orders',
        destination: webhook({ secretId: secretIdFor('ep_edited'), headers: { 'X-Tenant': 'example' } }),
        filter: { type: ['opportunity.created'] },
        ratePerSecond: 5,
      }),
    ]);
    world = editedWorld(engine.client(), {
      records: pcr.relay.output('RecordsTableName'),
      webhooks: webhooks(),
    });
    const [stored] = await storeOpportunities(pcr.relay, 1, 1);
    if (!stored) throw new Error('a version is stored');
    version = stored;
  });

  const isDelivered = async (endpointId: 'ep_orders' | 'ep_edited') =>
    (await pcr.store.state(deliveryOf(version, endpointId).id))?.status === 'delivered';

  it.each(endpointAttributes)('delays no other endpoint with any value in %s', async (name) => {
    for (const [index, [kind, value]] of wrongValues.entries()) {
      const key = { pk: 'endpoint', sk: 'ep_edited' };
      await editItem(engine.client(), webhooks(), key, (item) => withValue(item, name, value));
      const id = `dlv_${String(index).padStart(32, '0')}` as const;
      await pcr.store.add({ ...deliveryOf(version, 'ep_orders'), id }, '2026-03-01T10:00:00.000Z');
      await world.sweep(1);
      expect(await pcr.store.state(id), kind).toMatchObject({ status: 'delivered' });
      const listed = await pcr.run('endpoints', 'list');
      expect(listed.out, kind).toMatch(/^ep_edited /m);
      expect(listed.out, kind).toMatch(/^ep_orders .*enabled$/m);
    }
    expect(world.failures).toEqual([]);
  });

  it.each([
    ['topics', { S: 'opportunity.*' }],
    ['headers', { M: { Host: { S: 'example.com' } } }],
    ['redact', { L: Array.from({ length: 65 }, () => ({ S: '/Customer' })) }],
    ['url', { N: '7' }],
    ['filter', { M: { type: { S: 'opportunity.created' } } }],
  ])(
    'keeps the deliveries of an endpoint with invalid %s waiting until it is repaired',
    async (name, value) => {
      const key = { pk: 'endpoint', sk: 'ep_edited' };
      const before: Item[] = [];
      await editItem(engine.client(), webhooks(), key, (item) => {
        before.push(item);
        return withValue(item, name, value);
      });
      for (const id of ['ep_edited', 'ep_orders'] as const)
        await pcr.store.add(deliveryOf(version, id), '2026-03-01T10:00:00.000Z');
      await world.sweep(5);
      expect(await isDelivered('ep_orders')).toBe(true);
      expect(world.parked.parked).toEqual([]);
      expect(world.failures).toEqual([]);
      expect(world.counts().deliver).toMatchObject({ RowsUnreadable: 1 });
      const waiting = await pcr.relay.deliveries.find(deliveryOf(version, 'ep_edited').id);
      expect(waiting).toMatchObject({ status: 'pending', attemptNumber: 0 });
      const listed = await pcr.run('endpoints', 'list');
      expect(listed).toMatchObject({ code: 0 });
      expect(listed.out).toMatch(/^ep_edited .*unreadable$/m);
      expect(listed.out).toMatch(/^ep_orders .*enabled$/m);
      const rows = await pcr.run('rows', 'list', '--scan');
      expect(rows.out).toMatch(new RegExp(`ep_edited +.*${name}`));
      await editItem(engine.client(), webhooks(), key, (item) => ({ ...item, ...before[0] }));
      await world.sweep(2);
      expect(await isDelivered('ep_edited')).toBe(true);
    },
  );

  it('signs nothing with the secret of another endpoint, and goes on when the row is repaired', async () => {
    const key = { pk: 'endpoint', sk: 'ep_edited' };
    const nameSecretOf = (id: 'ep_edited' | 'ep_orders') =>
      editItem(engine.client(), webhooks(), key, (item) =>
        withValue(withValue(item, 'secretId', { S: secretIdFor(id) }), 'filter', undefined),
      );
    await nameSecretOf('ep_orders');
    for (const id of ['ep_edited', 'ep_orders'] as const)
      await pcr.store.add(deliveryOf(version, id), '2026-03-01T10:00:00.000Z');
    await world.sweep(5);
    expect(await isDelivered('ep_orders')).toBe(true);
    expect(world.posts).toHaveLength(1);
    const waiting = await pcr.relay.deliveries.find(deliveryOf(version, 'ep_edited').id);
    expect(waiting).toMatchObject({ status: 'pending', attemptNumber: 0 });
    const listed = await pcr.run('endpoints', 'list');
    expect(listed.out).toMatch(/^ep_edited .*enabled$/m);
    await nameSecretOf('ep_edited');
    await world.sweep(5);
    expect(await isDelivered('ep_edited')).toBe(true);
    expect(world.parked.parked).toEqual([]);
  });

  it('gets the versions of the meantime that it wants after it is repaired, and no others', async () => {
    const versions = await storeOpportunities(pcr.relay, 3, 2);
    const key = { pk: 'endpoint', sk: 'ep_edited' };
    await editItem(engine.client(), webhooks(), key, (item) => withValue(item, 'url', { N: '7' }));
    for (const each of versions)
      await editItem(engine.client(), pcr.relay.output('RecordsTableName'), versionItemKey(each), (item) => ({
        ...item,
        outbox: { S: 'pending' },
        outboxDueAt: { S: '2026-03-01T10:30:00.000Z' },
      }));
    await world.sweep(6);
    expect(world.signalledVersions).toHaveLength(versions.length);
    expect(world.counts().fanOut).toEqual({ VersionsFannedOut: 6, DeliveriesAdded: 12 });
    expect(world.counts().deliver).toMatchObject({ RowsUnreadable: 1 });
    expect(world.log.of('row.excluded')).toEqual([
      { endpointId: 'ep_edited', problems: ['endpoint.unreadable: invalid: url'] },
    ]);
    const findings = await endpointsEnabled.run({ relay: pcr.relay, settings, parts: stackPartsOf(), io });
    expect(findings).toMatchObject([{ level: 'problem', found: expect.stringContaining('ep_edited') }]);
    const printed = await pcr.run('endpoints', 'show', 'ep_edited');
    expect(printed).toMatchObject({ code: 1, err: expect.stringContaining('cannot be read: url invalid') });

    const url = { S: 'https://hooks.example.com/orders' };
    await editItem(engine.client(), webhooks(), key, (item) => withValue(item, 'url', url));
    await world.sweep(3);
    for (const each of versions)
      expect(await pcr.store.state(deliveryOf(each, 'ep_edited').id)).toMatchObject({
        status: each.version === 1 ? 'delivered' : 'skipped',
      });
    expect(world.failures).toEqual([]);
    expect(world.parked.parked).toEqual([]);
  });

  it.each(gatePaths)('delivers with any value in %s of the gate, and reports it once', async (path) => {
    for (const [index, [kind, value]] of wrongValues.entries()) {
      const item = { ...endpointGateKey('ep_orders'), ...gate, revision: 3 };
      const edited = withValueAt(toAttributes(item), path.split('.'), value);
      await engine.client().send(new PutItemCommand({ TableName: webhooks(), Item: edited }));
      const listed = await pcr.run('rows', 'list', '--scan', '--json');
      const reportedBefore = world.log.of('gate.mended').length;
      for (const number of [1, 2, 3]) {
        const id = `dlv_${String(index * 3 + number).padStart(32, '0')}` as const;
        await pcr.store.add({ ...deliveryOf(version, 'ep_orders'), id }, '2026-03-01T10:00:00.000Z');
        await world.sweep(1);
        expect((await pcr.store.state(id))?.status, `${kind} ${number}`).toBe('delivered');
      }
      const reported = world.log.of('gate.mended').length - reportedBefore;
      // An optional member may be missing, and a reason may be any text. A huge count is cut.
      const isInvalid = listed.out.includes('"gate"') || kind === 'huge-number' || path === 'revision';
      expect(reported, kind).toBe(isInvalid ? 1 : 0);
    }
    const reported = world.log.of('gate.mended').length;
    expect(reported).toBeGreaterThan(0);
    expect(world.counts().deliver['RowsUnreadable']).toBe(reported);
    expect(world.failures).toEqual([]);
  });
});
