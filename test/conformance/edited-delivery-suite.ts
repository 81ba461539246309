import { expect, test } from 'vitest';
import type { DeliveryLog } from '../../bin/pcr/stores/delivery-log.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { DeliveryStore } from '../../lambdas/ports/delivery-store.ts';
import { attemptOf, deliveryOf, dueIds } from './delivery-store-suite.ts';

const addedAt: Instant = '2026-03-01T10:00:00.000Z';
const leaseEnds: Instant = '2026-03-01T10:00:30.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';
const delivery = deliveryOf();
const { id } = delivery;
const problems = ['correlationId: a number; allowed: a text'];

interface Stores {
  readonly store: DeliveryStore;
  readonly log: DeliveryLog;
  /** Makes `correlationId` of a row invalid, with these problems, or valid again. */
  readonly edit: (id: DeliveryId, problems: readonly string[] | undefined) => Promise<void>;
}

/**
 * What a delivery is after a hand edit of an attribute that only claims and lists read.
 * @param newStores on one empty table
 */
export function editedDeliverySuite(newStores: () => Promise<Stores>): void {
  const editedStores = async () => {
    const stores = await newStores();
    await stores.store.add(delivery, addedAt);
    await stores.edit(id, problems);
    return stores;
  };

  test('an unreadable delivery is set aside by the first claim when it is due, and reported once', async () => {
    const { store } = await editedStores();
    expect(await store.claim(id, '2026-03-01T09:59:59.999Z', leaseEnds)).toBeUndefined();
    expect(await dueIds(store, addedAt, 10)).toEqual([id]);
    await expect(store.claim(id, addedAt, leaseEnds)).rejects.toMatchObject({
      code: 'delivery.unreadable',
      details: { deliveryId: id, problems },
    });
    expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
    expect(await dueIds(store, farFuture, 10)).toEqual([]);
    expect(await store.state(id)).toMatchObject({ endpointId: 'ep_example', status: 'unreadable' });
  });

  test('an unreadable delivery is found with its problems', async () => {
    const { log } = await editedStores();
    const found = { id, endpointId: 'ep_example', createdAt: addedAt, unreadable: problems };
    expect(await log.find(id)).toEqual(found);
  });

  test('an unreadable delivery is listed as any other: lists do not have the edited attribute', async () => {
    const { log } = await editedStores();
    for (const listed of [log.list({ endpointId: 'ep_example' }), log.rows({ endpointId: 'ep_example' })])
      for await (const entry of listed) expect(entry).toMatchObject({ id, status: 'pending' });
    expect.assertions(2);
  });

  test('a worker that claimed a delivery before it was edited settles it', async () => {
    const { store, edit } = await newStores();
    await store.add(delivery, addedAt);
    const claim = await store.claim(id, addedAt, leaseEnds);
    await edit(id, problems);
    if (claim) expect(await store.settle(claim, attemptOf(1), { status: 'delivered' })).toBe('settled');
    expect(await store.state(id)).toMatchObject({ status: 'delivered' });
  });

  test('a delivery that was set aside and repaired can be replayed', async () => {
    const { store, log, edit } = await editedStores();
    await expect(store.claim(id, addedAt, leaseEnds)).rejects.toMatchObject({ code: 'delivery.unreadable' });
    await edit(id, undefined);
    expect(await log.find(id)).toMatchObject({ status: 'unreadable', reason: problems.join('; ') });
    expect(await log.replay(delivery, leaseEnds, 'rtr_1')).toBe('moved');
    expect(await store.claim(id, leaseEnds, farFuture)).toMatchObject({ attemptNumber: 1, replayed: true });
  });
}
