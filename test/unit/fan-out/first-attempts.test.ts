import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { endFirstAttempt, rememberSettled } from '../../../lambdas/deliver/end-first-attempt.ts';
import { fanOut } from '../../../lambdas/fan-out/fan-out.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { cause, invitationKey, observation } from '../../builders/versions.ts';
import { deliveryIdFor, type FanOutWorld, fanOutDeps, fanOutWorld, storeVersion } from './fan-out-world.ts';

const intentDueAt = '2026-03-01T10:01:06.000Z';

function storeFresh(world: FanOutWorld) {
  return storeVersion(world, observation(), undefined, intentDueAt);
}

describe('a new version', () => {
  it('gets no rows for endpoints that nothing keeps waiting, and stays in the outbox', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    const version = await storeFresh(world);
    await fanOut(version, fanOutDeps(world));
    const ids = [deliveryIdFor(version, 'ep_orders'), deliveryIdFor(version, 'ep_crm')];
    expect(world.deliveries.rows()).toEqual([]);
    const { catalog, kind, id, messageId } = version;
    const ref = { catalog, kind, id, version: 1 };
    expect(world.doorbell.rings).toEqual(
      (['ep_orders', 'ep_crm'] as const).map((endpointId, index) => ({
        rows: [ids[index]],
        delayMs: 0,
        details: {
          endpointId,
          correlationId: cause.eventIds[0],
          first: {
            delivery: {
              id: ids[index],
              messageId,
              previousMessageId: undefined,
              endpointId,
              version: ref,
              correlationId: cause.eventIds[0],
              wanted: true,
            },
            intent: { ...ref, messageId, dueAt: intentDueAt },
            others: [ids[1 - index]],
          },
        },
      })),
    );
    expect(world.records.outbox()).toHaveLength(1);
    expect(world.metrics.totals()).toEqual({ VersionsFannedOut: 1, DeliveriesAdded: 2 });
  });

  it.each<[string, Partial<Endpoint>]>([
    ['asks for order', { ordering: 'per-record' }],
    ['has a rate', { ratePerSecond: 1 }],
    ['is disabled', { disabled: { reason: 'maintenance', at: '2026-03-01T09:00:00.000Z' } }],
    ['is a listener', { destination: { kind: 'listener', expiresAt: '2026-03-01T11:00:00.000Z' } }],
  ])('gets a row for an endpoint that %s, and leaves the outbox', async (_, parts) => {
    const world = fanOutWorld([endpoint(parts)]);
    await fanOut(await storeFresh(world), fanOutDeps(world));
    expect(world.deliveries.rows()).toHaveLength(1);
    expect(world.records.outbox()).toEqual([]);
  });

  it('gets a row for an endpoint that is unreadable, and stays in the outbox for the others', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    world.endpoints.spoil('ep_crm');
    await fanOut(await storeFresh(world), fanOutDeps(world));
    expect(world.deliveries.rows()).toMatchObject([{ endpointId: 'ep_crm' }]);
    expect(world.doorbell.rings.map(({ details }) => details?.first !== undefined)).toEqual([false, true]);
    expect(world.records.outbox()).toHaveLength(1);
  });

  it('gets rows if it is redacted: it redacts the earlier versions before it leaves the outbox', async () => {
    const world = fanOutWorld([endpoint()]);
    const rejected = observation({ key: invitationKey, payload: invitationPayload(), redacted: true });
    await fanOut(await storeVersion(world, rejected, undefined, intentDueAt), fanOutDeps(world));
    expect(world.deliveries.rows()).toHaveLength(1);
    expect(world.records.outbox()).toEqual([]);
  });
});

describe('a version that is fanned out twice', () => {
  it('stays in the outbox for a first attempt under way, although its endpoint has been disabled since', async () => {
    const world = fanOutWorld([endpoint(), endpoint({ id: 'ep_crm' })]);
    const version = await storeFresh(world);
    await fanOut(version, fanOutDeps(world));
    const [first] = world.doorbell.rings.flatMap(({ details }) => details?.first ?? []);
    if (!first) throw new Error('there is a first attempt');
    const lease = ['2026-03-01T10:00:06.000Z', '2026-03-01T10:02:06.000Z'] as const;
    await world.deliveries.claimFirst(first.delivery, 'worker-1', ...lease);
    world.endpoints.put(endpoint({ disabled: { reason: 'maintenance', at: '2026-03-01T10:00:06.000Z' } }));
    await fanOut(version, fanOutDeps(world));
    const again = world.doorbell.rings.at(-1)?.details?.first;
    if (!again) throw new Error('the other one is signalled again');
    expect(again.delivery.endpointId).toBe('ep_crm');
    const claimed = await world.deliveries.claimFirst(again.delivery, 'worker-2', ...lease);
    if (claimed) await world.deliveries.settle(claimed, undefined, { status: 'delivered' });
    await endFirstAttempt(again, world, rememberSettled(world.deliveries));
    expect(world.records.outbox()).toHaveLength(1);
  });
});

describe('a version whose intent is due', () => {
  it('stays in the outbox while a worker makes a first attempt, and leaves it with a row that is due', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeFresh(world);
    await fanOut(version, fanOutDeps(world));
    const first = world.doorbell.rings[0]?.details?.first;
    if (!first) throw new Error('there is a first attempt');
    await world.deliveries.claimFirst(
      first.delivery,
      'worker-1',
      '2026-03-01T10:00:30.000Z',
      '2026-03-01T10:02:30.000Z',
    );
    world.clock.set(intentDueAt);
    const [due] = await world.records.dueIntents(intentDueAt, 10);
    if (!due) throw new Error('the intent is due');
    await fanOut(due.version, fanOutDeps(world));
    expect(world.doorbell.rings).toHaveLength(1);
    expect(world.records.outbox()).toHaveLength(1);
    world.clock.set('2026-03-01T10:02:30.000Z');
    await fanOut(due.version, fanOutDeps(world));
    expect(world.deliveries.rows()).toMatchObject([
      { status: 'pending', attemptNumber: 1, dueAt: '2026-03-01T10:02:30.000Z' },
    ]);
    expect(world.doorbell.rings).toHaveLength(2);
    expect(world.records.outbox()).toEqual([]);
  });

  it('gets the rows that are missing', async () => {
    const world = fanOutWorld([endpoint()]);
    const version = await storeFresh(world);
    world.clock.set(intentDueAt);
    await fanOut(version, fanOutDeps(world));
    expect(world.deliveries.rows()).toMatchObject([
      { status: 'pending', attemptNumber: 0, dueAt: intentDueAt },
    ]);
    expect(world.doorbell.rings[0]?.details).not.toHaveProperty('first');
    expect(world.records.outbox()).toEqual([]);
  });
});
