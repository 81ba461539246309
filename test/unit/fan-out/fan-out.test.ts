import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { type FanOutDeps, fanOut, fanOutVersionItem } from '../../../lambdas/fan-out/fan-out.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { cause, messageIdFor, observation, opportunityKey } from '../../builders/versions.ts';
import { deliveryIdFor, fanOutDeps, fanOutWorld, storeVersion } from './fan-out-world.ts';

const disabled = { reason: 'answered 410 Gone', at: '2026-03-01T09:00:00.000Z' };
const unavailable = new ServiceError(
  'store.unavailable',
  { operation: 'add', error: 'TimeoutError' },
  { retry: laterAfter(2_000) },
);

/** Id of the event that caused the versions. */
const correlationId = cause.eventIds[0];

describe('promise 1: every version becomes a delivery at every interested endpoint', () => {
  it('adds deliveries that are due at once, signalled, and have derived ids', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    const version = await storeVersion(world);
    await fanOut(version, fanOutDeps(world));
    const ids = [deliveryIdFor(version, 'ep_orders'), deliveryIdFor(version, 'ep_crm')];
    expect(ids.map((id) => world.deliveries.find(id))).toMatchObject(
      ['ep_orders', 'ep_crm'].map((endpointId) => ({
        endpointId,
        messageId: messageIdFor(version),
        version: { ...opportunityKey, version: 1 },
        status: 'pending',
        attemptNumber: 0,
        dueAt: '2026-03-01T10:00:06.000Z',
      })),
    );
    expect(world.doorbell.rings).toEqual(
      ids.map((id, index) => ({
        rows: [id],
        delayMs: 0,
        details: { endpointId: ['ep_orders', 'ep_crm'][index], correlationId, wanted: true },
      })),
    );
    expect(world.records.outbox()).toEqual([]);
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1, DeliveriesAdded: 2 });
    expect(world.log.lines).toEqual([
      {
        level: 'info',
        event: 'version.fanned-out',
        fields: {
          correlationId,
          record: 'AWS/opportunity/O1234567',
          version: 1,
          messageId: messageIdFor(version),
          endpoints: 2,
        },
      },
    ]);
  });

  it('adds no delivery for an endpoint that is not interested', async () => {
    const world = fanOutWorld([
      endpoint({ id: 'ep_type', topics: ['opportunity.updated'] }),
      endpoint({ id: 'ep_topic', topics: ['*.stage_changed'] }),
      endpoint({ id: 'ep_otherTopic', topics: ['engagement_invitation.*'] }),
      endpoint({ id: 'ep_catalog', catalogs: ['Sandbox', 'AWS'] }),
      endpoint({ id: 'ep_otherCatalog', catalogs: ['Sandbox'] }),
    ]);
    const first = await storeVersion(world);
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: '2026-03-01T10:00:04Z' });
    const second = await storeVersion(world, observation({ payload }), first);
    await fanOut(second, fanOutDeps(world));
    expect(world.doorbell.rings.flatMap(({ rows }) => rows)).toEqual([
      deliveryIdFor(second, 'ep_type'),
      deliveryIdFor(second, 'ep_topic'),
      deliveryIdFor(second, 'ep_catalog'),
    ]);
    expect(world.metrics.totals()).toMatchObject({ DeliveriesAdded: 3 });
    expect(world.records.outbox()).toMatchObject([{ version: 1 }]);
  });

  it.each([
    ['there is no endpoint', []],
    ['no endpoint is interested', [endpoint({ topics: ['engagement_invitation.*'] })]],
  ])('takes the version out of the outbox without a delivery if %s', async (_, endpoints) => {
    const world = fanOutWorld(endpoints);
    await fanOut(await storeVersion(world), fanOutDeps(world));
    expect(world.records.outbox()).toEqual([]);
    expect(world.doorbell.rings).toEqual([]);
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1 });
  });
});

const rowsOf = ({ deliveries }: ReturnType<typeof fanOutWorld>) =>
  deliveries.rows().map(({ endpointId, status, wanted }) => ({ endpointId, status, wanted }));

const listener = (id: `ep_${string}`, expiresAt: Instant) =>
  endpoint({ id, destination: { kind: 'listener', expiresAt } });

describe('an endpoint with a special state', () => {
  const wantsQualified = { data: { record: { LifeCycle: { Stage: ['Qualified'] } } } };
  it('gets deliveries while it is disabled, to be released when it is enabled', async () => {
    const world = fanOutWorld([endpoint({ disabled })]);
    await fanOut(await storeVersion(world), fanOutDeps(world));
    expect(rowsOf(world)).toEqual([{ endpointId: 'ep_orders', status: 'pending', wanted: true }]);
  });

  it('gets held deliveries without a doorbell message while it is a listener, until it expires', async () => {
    const world = fanOutWorld([
      listener('ep_listens', '2026-03-01T10:00:06.001Z'),
      listener('ep_left', '2026-03-01T10:00:06.000Z'),
    ]);
    await fanOut(await storeVersion(world), fanOutDeps(world));
    expect(rowsOf(world)).toEqual([{ endpointId: 'ep_listens', status: 'held', wanted: true }]);
    expect(world.doorbell.rings).toEqual([]);
  });

  it('gets no delivery if its filter does not match the whole message', async () => {
    const world = fanOutWorld([
      endpoint({ id: 'ep_qualified', filter: wantsQualified }),
      endpoint({
        id: 'ep_others',
        filter: { data: { record: { LifeCycle: { Stage: [{ 'anything-but': 'Qualified' }] } } } },
      }),
      // A filter may use what is redacted.
      endpoint({ id: 'ep_redacted', filter: wantsQualified, payload: 'thin', redact: ['/LifeCycle'] }),
    ]);
    const payload = opportunityPayload({ stage: 'Qualified' });
    await fanOut(await storeVersion(world, observation({ payload })), fanOutDeps(world));
    expect(rowsOf(world).map(({ endpointId }) => endpointId)).toEqual(['ep_qualified', 'ep_redacted']);
  });

  it('gets a delivery that is not wanted if it asks for order, as predecessor of the next version', async () => {
    const world = fanOutWorld([
      endpoint({ topics: ['engagement_invitation.*'], ordering: 'per-record' }),
      endpoint({ id: 'ep_filtered', filter: wantsQualified, ordering: 'per-record' }),
      endpoint({ id: 'ep_wants', ordering: 'per-record' }),
    ]);
    const payload = opportunityPayload({ stage: 'Prospect' });
    await fanOut(await storeVersion(world, observation({ payload })), fanOutDeps(world));
    expect(rowsOf(world)).toEqual([
      { endpointId: 'ep_orders', status: 'pending', wanted: false },
      { endpointId: 'ep_filtered', status: 'pending', wanted: false },
      { endpointId: 'ep_wants', status: 'pending', wanted: true },
    ]);
    expect(world.doorbell.rings.map(({ details }) => details)).toEqual([
      { endpointId: 'ep_orders', correlationId, wanted: false },
      { endpointId: 'ep_filtered', correlationId, wanted: false },
      { endpointId: 'ep_wants', correlationId, wanted: true },
    ]);
    expect(world.log.of('version.fanned-out')).toMatchObject([{ endpoints: 1 }]);
  });
});

describe('fanning out a version again', () => {
  it('adds nothing, but signals again, because the first run may have crashed before it signalled', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeVersion(world);
    await fanOut(version, fanOutDeps(world));
    world.clock.advance(60_000);
    await fanOut(version, fanOutDeps(world));
    const id = deliveryIdFor(version, 'ep_orders');
    expect(world.doorbell.rings.map(({ rows }) => rows)).toEqual([[id], [id]]);
    expect(world.deliveries.find(id)).toMatchObject({ dueAt: '2026-03-01T10:00:06.000Z' });
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 2, DeliveriesAdded: 1 });
  });

  it('does not change a delivery that has ended', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeVersion(world);
    await fanOut(version, fanOutDeps(world));
    const id = deliveryIdFor(version, 'ep_orders');
    const claimed = await world.deliveries.claim(id, '2026-03-01T10:00:06.000Z', '2026-03-01T10:01:06.000Z');
    if (claimed) await world.deliveries.settle(claimed, undefined, { status: 'delivered' });
    await fanOut(version, fanOutDeps(world));
    expect(world.deliveries.find(id)).toMatchObject({ status: 'delivered' });
  });

  it('does nothing for a version that was deleted', async () => {
    const world = fanOutWorld([endpoint()]);
    await fanOut({ ...opportunityKey, version: 7 }, fanOutDeps(world));
    expect([world.doorbell.rings, world.log.lines, world.metrics.totals()]).toEqual([[], [], {}]);
  });
});

describe('outbox', () => {
  it('is left by a version last', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    const version = await storeVersion(world);
    const calls: string[] = [];
    const deps: FanOutDeps = {
      ...fanOutDeps(world),
      deliveries: {
        async add(...args) {
          calls.push('add');
          return world.deliveries.add(...args);
        },
      },
      doorbell: {
        async ring(...args) {
          calls.push('ring');
          return world.doorbell.ring(...args);
        },
      },
      records: {
        ...world.records,
        async removeIntent(ref) {
          calls.push('removeIntent');
          return world.records.removeIntent(ref);
        },
      },
    };
    await fanOut(version, deps);
    expect(calls).toEqual(['add', 'add', 'ring', 'ring', 'removeIntent']);
  });

  it.each(['endpoints', 'add', 'ring', 'removeIntent'] as const)(
    'keeps the version if %s fails',
    async (failing) => {
      const world = fanOutWorld([endpoint()]);
      const fail = () => Promise.reject(unavailable);
      const deps = fanOutDeps(world);
      const broken: Record<typeof failing, FanOutDeps> = {
        endpoints: { ...deps, endpoints: fail },
        add: { ...deps, deliveries: { add: fail } },
        ring: { ...deps, doorbell: { ring: fail } },
        removeIntent: { ...deps, records: { ...world.records, removeIntent: fail } },
      };
      const version = await storeVersion(world);
      await expect(fanOut(version, broken[failing])).rejects.toBe(unavailable);
      expect(world.records.outbox()).toHaveLength(1);
      expect(world.log.lines).toEqual([]);
    },
  );
});

describe('fanOutVersionItem', () => {
  it('fans out the version that the keys name', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeVersion(world);
    await fanOutVersionItem({ pk: 'AWS/opportunity/O1234567', sk: 'version#0000000001' }, fanOutDeps(world));
    expect(world.deliveries.find(deliveryIdFor(version, 'ep_orders'))).toBeDefined();
  });

  it.each([
    { pk: 'AWS/opportunity/O1234567', sk: 'current' },
    { pk: 'AWS/lead/O1234567', sk: 'version#0000000001' },
    { pk: '', sk: '' },
  ])('ignores other items: %j', async (keys) => {
    const world = fanOutWorld([endpoint()]);
    await storeVersion(world);
    await fanOutVersionItem(keys, fanOutDeps(world));
    expect(world.records.outbox()).toHaveLength(1);
  });
});

describe('an endpoint whose item is invalid', () => {
  it('gets a delivery that is decided later; other endpoints get theirs as usual', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    world.endpoints.spoil('ep_crm');
    const version = await storeVersion(world);
    await fanOut(version, fanOutDeps(world));
    const rows = ['ep_orders', 'ep_crm'] as const;
    expect(rows.map((id) => world.deliveries.find(deliveryIdFor(version, id)))).toMatchObject([
      { status: 'pending', wanted: true },
      { status: 'pending', wanted: undefined },
    ]);
    expect(world.doorbell.rings.map(({ rows: [row] }) => row)).toEqual(
      rows.map((id) => deliveryIdFor(version, id)),
    );
    expect(world.records.outbox()).toEqual([]);
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1, DeliveriesAdded: 2 });
  });

  it('is ignored if its key is not the id of an endpoint, because nothing can be sent to it', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeVersion(world);
    const all = async () => ({ ...(await world.endpoints.all()), unreadable: ['orders'] });
    await fanOut(version, { ...fanOutDeps(world), endpoints: all });
    expect(world.deliveries.rows()).toHaveLength(1);
    expect(world.records.outbox()).toEqual([]);
  });
});
