import { describe, expect, test } from 'vitest';
import type { DeliveryLog } from '../../bin/pcr/stores/delivery-log.ts';
import type { DeliveryEntry, DeliveryStatus } from '../../lambdas/core/delivery.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';
import { attemptOf, deliveryOf, dueIds } from './delivery-store-suite.ts';

const addedAt: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:00:30.000Z';
const replayAt: Instant = '2026-03-02T10:00:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const delivery = deliveryOf();
const { id } = delivery;

async function entriesIn(listed: AsyncIterable<DeliveryEntry>): Promise<readonly DeliveryEntry[]> {
  const entries: DeliveryEntry[] = [];
  for await (const entry of listed) entries.push(entry);
  return entries;
}

interface Stores {
  readonly store: DeliveryStore;
  readonly log: DeliveryLog;
}

const listed = async (log: DeliveryLog, query: Partial<Parameters<DeliveryLog['list']>[0]> = {}) =>
  (await entriesIn(log.list({ endpointId: 'ep_example', ...query }))).map(({ version }) => version.version);

const day = (number: number): Instant => `2026-03-0${number}T10:00:00.000Z`;

/**
 * The promises of the port DeliveryLog, beside the store of the workers.
 * @param newStores on one empty table
 */
export function deliveryLogSuite(newStores: () => Promise<Stores>): void {
  const storesWith = async (settlement?: Settlement) => {
    const stores = await newStores();
    await stores.store.add(delivery, addedAt);
    const claim = settlement && (await stores.store.claim(id, addedAt, leaseEnds));
    if (claim) await stores.store.settle(claim, attemptOf(1), settlement);
    return stores;
  };
  const three = async () => {
    const stores = await newStores();
    for (const version of [1, 2, 3]) await stores.store.add(deliveryOf(version), day(version));
    await stores.store.add({ ...deliveryOf(4), endpointId: 'ep_other' }, day(4));
    return stores;
  };

  describe('find', () => {
    test('answers a delivery with its attempts', async () => {
      const { log } = await storesWith({ status: 'exhausted', reason: 'delivery.exhausted' });
      expect(await log.find(id)).toEqual({
        ...delivery,
        status: 'exhausted',
        attemptNumber: 1,
        createdAt: addedAt,
        reason: 'delivery.exhausted',
        attempts: [attemptOf(1)],
      });
    });

    test('is undefined if no delivery has the id', async () => {
      const { log } = await newStores();
      expect(await log.find(id)).toBeUndefined();
    });
  });

  describe('list', () => {
    test('names those of an endpoint, newest first, without attempts and correlation ids', async () => {
      const { log } = await three();
      expect(await listed(log)).toEqual([3, 2, 1]);
      const [first] = await entriesIn(log.list({ endpointId: 'ep_other' }));
      const { createdAt, dueAt, status } = { createdAt: day(4), dueAt: day(4), status: 'pending' };
      expect(first).toEqual({
        ...deliveryOf(4),
        correlationId: undefined,
        endpointId: 'ep_other',
        status,
        attemptNumber: 0,
        createdAt,
        dueAt,
      });
    });

    test('lists deliveries from a time, until a time and with the requested states', async () => {
      const { store, log } = await three();
      expect(await listed(log, { since: day(2) })).toEqual([3, 2]);
      expect(await listed(log, { until: day(2) })).toEqual([2, 1]);
      expect(await listed(log, { since: day(2), until: day(2) })).toEqual([2]);
      const claim = await store.claim(deliveryOf(2).id, day(3), day(4));
      if (claim) await store.settle(claim, attemptOf(1), { status: 'delivered' });
      expect(await listed(log, { statuses: ['delivered', 'skipped'] })).toEqual([2]);
      expect(await listed(log, { statuses: ['pending'] })).toEqual([3, 1]);
      expect(await listed(log, { statuses: ['held'] })).toEqual([]);
    });
  });

  test('release makes a held delivery due, once', async () => {
    const { store, log } = await storesWith({ status: 'held' });
    expect(await log.release(id, replayAt)).toBe('released');
    expect(await log.release(id, replayAt)).toBe('unchanged');
    expect(await dueIds(store, replayAt, 10)).toEqual([id]);
  });

  describe('hurry', () => {
    const inTwoMinutes: Instant = '2026-03-02T10:02:00.000Z';
    const inThreeMinutes: Instant = '2026-03-02T10:03:00.000Z';

    test('makes what waits for its next attempt due at once', async () => {
      const { store, log } = await storesWith({ status: 'pending', dueAt: '2026-03-02T10:03:00.001Z' });
      expect(await log.hurry(id, replayAt)).toBe('hurried');
      expect(await log.hurry(id, replayAt)).toBe('unchanged');
      expect(await store.claim(id, replayAt, inTwoMinutes)).toMatchObject({ attemptNumber: 2 });
    });

    test('ends no lease, also of a worker whose clock is a minute ahead', async () => {
      const { store, log } = await storesWith();
      await store.claim(id, replayAt, inThreeMinutes);
      expect(await log.hurry(id, replayAt)).toBe('unchanged');
      expect(await store.claim(id, replayAt, inTwoMinutes)).toBeUndefined();
    });

    test.each<Settlement>([{ status: 'delivered' }, { status: 'held' }])(
      'leaves one that is $status, and makes none',
      async (settlement) => {
        const { store, log } = await storesWith(settlement);
        expect(await log.hurry(id, replayAt)).toBe('unchanged');
        expect(await log.hurry(deliveryOf(2).id, replayAt)).toBe('unchanged');
        expect(await log.find(deliveryOf(2).id)).toBeUndefined();
        expect(await dueIds(store, farFuture, 10)).toEqual([]);
      },
    );
  });

  describe('replay', () => {
    test('keeps the stored correlation id if the replayed delivery has none', async () => {
      const { store, log } = await storesWith({ status: 'delivered' });
      const { correlationId, ...unknown } = delivery;
      await log.replay(unknown, replayAt, 'rpl_1');
      expect(await store.claim(id, replayAt, farFuture)).toMatchObject({ correlationId, replayed: true });
      await log.replay({ ...unknown, ...deliveryOf(2), correlationId: undefined }, replayAt, 'rpl_1');
      const added = await store.claim(deliveryOf(2).id, replayAt, farFuture);
      expect(added?.correlationId).toBeUndefined();
    });

    test('adds a delivery that there never was, due when it says', async () => {
      const { store, log } = await newStores();
      expect(await log.replay(delivery, replayAt, 'rpl_1')).toBe('moved');
      expect(await dueIds(store, '2026-03-02T09:59:59.999Z', 10)).toEqual([]);
      expect(await store.claim(id, replayAt, farFuture)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: true,
      });
      expect(await log.find(id)).toMatchObject({ status: 'pending', createdAt: replayAt, attempts: [] });
    });

    test.each<Settlement>([
      { status: 'delivered' },
      { status: 'exhausted', reason: 'delivery.exhausted' },
      { status: 'skipped' },
    ])(
      'makes one that is $status pending, with a new schedule, and keeps its attempts',
      async (settlement) => {
        const { store, log } = await storesWith(settlement);
        expect(await log.replay(delivery, replayAt, 'rpl_1')).toBe('moved');
        expect(await log.find(id)).toEqual({
          ...delivery,
          status: 'pending',
          attemptNumber: 0,
          createdAt: addedAt,
          dueAt: replayAt,
          replayId: 'rpl_1',
          attempts: [attemptOf(1)],
        });
        expect(await dueIds(store, replayAt, 10)).toEqual([id]);
      },
    );

    test('repeated, it moves nothing twice; another replay does', async () => {
      const { store, log } = await storesWith({ status: 'delivered' });
      expect(await log.replay(delivery, replayAt, 'rpl_1')).toBe('moved');
      const claim = await store.claim(id, replayAt, farFuture);
      if (claim) await store.settle(claim, attemptOf(1), { status: 'delivered' });
      expect(await log.replay(delivery, replayAt, 'rpl_1')).toBe('already');
      expect(await store.state(id)).toMatchObject({ status: 'delivered' });
      expect(await log.replay(delivery, replayAt, 'rpl_2')).toBe('moved');
    });

    test.each<[DeliveryStatus, Settlement]>([
      ['pending', { status: 'pending', dueAt: leaseEnds }],
      ['held', { status: 'held' }],
    ])('leaves one that is %s: it is still to be sent', async (status, settlement) => {
      const { log } = await storesWith(settlement);
      expect(await log.replay(delivery, replayAt, 'rpl_1')).toBe('already');
      expect(await log.find(id)).toMatchObject({ status, attemptNumber: 1 });
    });
  });

  describe('replay of one that is not wanted', () => {
    const unwanted = { ...delivery, wanted: false };

    test('adds it, or moves one that was skipped', async () => {
      const { log } = await newStores();
      expect(await log.replay(unwanted, replayAt, 'rpl_1')).toBe('moved');
      expect(await log.find(id)).toMatchObject({ status: 'pending', wanted: false });
      const skipped = await storesWith({ status: 'skipped' });
      expect(await skipped.log.replay(unwanted, replayAt, 'rpl_1')).toBe('moved');
      expect(await skipped.log.find(id)).toMatchObject({ status: 'pending', wanted: false });
    });

    test.each<Settlement>([{ status: 'delivered' }, { status: 'exhausted', reason: 'made up' }])(
      'leaves one that is $status',
      async (settlement) => {
        const { log } = await storesWith(settlement);
        expect(await log.replay(unwanted, replayAt, 'rpl_1')).toBe('already');
        expect(await log.find(id)).toMatchObject({ status: settlement.status, wanted: true });
      },
    );
  });

  describe('cancel', () => {
    test.each<Settlement>([{ status: 'pending', dueAt: leaseEnds }, { status: 'held' }])(
      'ends one that is $status, with its reason',
      async (settlement) => {
        const { store, log } = await storesWith(settlement);
        expect(await log.cancel(id, 'the endpoint was removed')).toBe('cancelled');
        expect(await log.cancel(id, 'again')).toBe('unchanged');
        expect(await log.find(id)).toMatchObject({ status: 'cancelled', reason: 'the endpoint was removed' });
        expect(await dueIds(store, farFuture, 10)).toEqual([]);
        expect(await store.release(id, farFuture)).toBe('unchanged');
      },
    );

    test('leaves one that has ended, and makes none', async () => {
      const { log } = await storesWith({ status: 'delivered' });
      expect(await log.cancel(id, 'too late')).toBe('unchanged');
      expect(await log.cancel(deliveryOf(2).id, 'unknown')).toBe('unchanged');
      expect(await log.find(deliveryOf(2).id)).toBeUndefined();
    });
  });
}
