import { describe, expect, test } from 'vitest';
import type { Attempt, Delivery } from '../../lambdas/core/delivery.ts';
import { type DeliveryId, deliveryIdOf } from '../../lambdas/core/ids.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { ClaimedDelivery, DeliveryStore, Settlement } from '../../lambdas/ports/delivery-store.ts';
import { messageIdFor, opportunityKey } from '../builders/versions.ts';

const addedAt: Instant = '2026-03-01T10:00:00.000Z';
const beforeLeaseEnds: Instant = '2026-03-01T10:00:29.999Z';
const leaseEnds: Instant = '2026-03-01T10:00:30.000Z';
const secondLeaseEnds: Instant = '2026-03-01T10:01:00.000Z';
const retryAt: Instant = '2026-03-01T10:05:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

const delivered: Settlement = { status: 'delivered' };
const pending: Settlement = { status: 'pending', dueAt: retryAt };
const exhausted: Settlement = { status: 'exhausted', reason: 'no attempt is left' };

/** Id of the event that caused the version. */
const eventId = '0a1b2c3d-0000-4000-8000-000000000001';

export function deliveryOf(version = 1): Delivery {
  const ref = { ...opportunityKey, version };
  const messageId = messageIdFor(ref);
  const id = deliveryIdOf(messageId, 'ep_example');
  return { id, messageId, endpointId: 'ep_example', version: ref, correlationId: eventId, wanted: true };
}

export function attemptOf(number: number, outcome: Attempt['outcome'] = 'refused'): Attempt {
  const answered = { outcome, status: 503, answer: 'busy', reason: 'the receiver is busy' };
  return { number, startedAt: addedAt, durationMs: 120, ...answered };
}

/** Ids of the due deliveries. Their due times have a test of their own. */
export async function dueIds(
  store: Pick<DeliveryStore, 'due'>,
  now: Instant,
  limit: number,
): Promise<readonly DeliveryId[]> {
  return (await store.due(now, limit)).map(({ id }) => id);
}

const delivery = deliveryOf();
const { id } = delivery;

async function claimed(store: DeliveryStore, now: Instant, until: Instant): Promise<ClaimedDelivery> {
  const claim = await store.claim(id, now, until);
  if (!claim) throw new Error(`nothing to claim at ${now}`);
  return claim;
}

/** The contract of the port DeliveryStore. @param newStore makes an empty store */
export function deliveryStoreSuite(newStore: () => Promise<DeliveryStore>): void {
  const withDelivery = async () => {
    const store = await newStore();
    expect(await store.add(delivery, addedAt)).toBe('added');
    return store;
  };
  /** The lease of one worker has expired, and another worker has claimed the delivery. */
  const withTwoClaims = async () => {
    const store = await withDelivery();
    const late = await claimed(store, addedAt, leaseEnds);
    const newest = await claimed(store, leaseEnds, secondLeaseEnds);
    return { store, late, newest };
  };

  describe('add', () => {
    test('adds a delivery that is due at once', async () => {
      const store = await withDelivery();
      expect(await dueIds(store, '2026-03-01T09:59:59.999Z', 10)).toEqual([]);
      expect(await dueIds(store, addedAt, 10)).toEqual([id]);
    });

    test('adds a delivery once if several workers add it at once', async () => {
      const store = await newStore();
      const outcomes = await Promise.all([1, 2, 3, 4].map(() => store.add(delivery, addedAt)));
      expect(outcomes.toSorted()).toEqual(['added', 'exists', 'exists', 'exists']);
    });

    test.each([
      { state: 'claimed', settlement: undefined },
      { state: 'delivered', settlement: delivered },
      { state: 'exhausted', settlement: exhausted },
      { state: 'put off', settlement: pending },
    ])('does not change a delivery that is $state', async ({ settlement }) => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      if (settlement) await store.settle(claim, attemptOf(1), settlement);
      expect(await store.add(delivery, addedAt)).toBe('exists');
      expect(await dueIds(store, beforeLeaseEnds, 10)).toEqual([]);
      expect(await store.claim(id, beforeLeaseEnds, leaseEnds)).toBeUndefined();
    });
  });

  test('adds a delivery that is due later', async () => {
    const store = await newStore();
    expect(await store.add(delivery, addedAt, 'pending', retryAt)).toBe('added');
    expect(await dueIds(store, beforeLeaseEnds, 10)).toEqual([]);
    expect(await dueIds(store, retryAt, 10)).toEqual([id]);
  });

  describe('add, of a delivery whose row is of another message', () => {
    test.each([
      { differs: 'message', other: { messageId: deliveryOf(2).messageId } },
      { differs: 'version', other: { version: { ...delivery.version, version: 2 } } },
      { differs: 'record', other: { version: { ...delivery.version, id: 'O7654321' } } },
      { differs: 'endpoint', other: { endpointId: 'ep_other' as const } },
    ])('writes nothing and returns conflict if its $differs differs', async ({ other }) => {
      const store = await withDelivery();
      expect(await store.add({ ...delivery, ...other }, addedAt)).toBe('conflict');
      expect(await store.claim(id, addedAt, leaseEnds)).toMatchObject({
        messageId: delivery.messageId,
        version: delivery.version,
        endpointId: delivery.endpointId,
      });
    });
  });

  describe('claimFirst', () => {
    const first = { ...delivery, attemptNumber: 1, replayed: false, firstClaimedAt: addedAt };
    const withFirst = async () => {
      const store = await newStore();
      const claim = await store.claimFirst(delivery, 'claim-1', addedAt, leaseEnds);
      if (!claim) throw new Error('there is no row yet');
      return { store, claim };
    };

    test('adds the delivery with its first attempt, which is spent and in no index', async () => {
      const { store, claim } = await withFirst();
      expect(claim).toEqual(first);
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
      expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
      expect(await store.state(id)).toEqual({
        messageId: delivery.messageId,
        endpointId: 'ep_example',
        status: 'pending',
        wanted: true,
        dueAt: leaseEnds,
        isFirstAttempt: true,
      });
    });

    test('succeeds for one of many claims at once, and again for the same claim', async () => {
      const store = await newStore();
      const claims = await Promise.all(
        [1, 2, 3, 4].map((number) => store.claimFirst(delivery, `claim-${number}`, addedAt, leaseEnds)),
      );
      expect(claims.filter((claim) => claim !== undefined)).toEqual([first]);
      const winner = claims.findIndex((claim) => claim !== undefined) + 1;
      expect(await store.claimFirst(delivery, `claim-${winner}`, addedAt, leaseEnds)).toEqual(first);
    });

    test('is undefined if the row exists: added, in its first attempt, or ended', async () => {
      const added = await withDelivery();
      expect(await added.claimFirst(delivery, 'claim-1', addedAt, leaseEnds)).toBeUndefined();
      const { store, claim } = await withFirst();
      expect(await store.claimFirst(delivery, 'claim-2', farFuture, farFuture)).toBeUndefined();
      await store.settle(claim, attemptOf(1, 'delivered'), delivered);
      expect(await store.claimFirst(delivery, 'claim-1', addedAt, leaseEnds)).toBeUndefined();
    });

    test.each([
      ['delivered', delivered, []],
      ['pending', pending, [id]],
      ['held', { status: 'held' } as const, []],
    ])('ends when it is settled as %s', async (status, settlement, due) => {
      const { store, claim } = await withFirst();
      expect(await store.settle(claim, attemptOf(1), settlement)).toBe('settled');
      const state = await store.state(id);
      expect(state).toMatchObject({ status });
      expect(state).not.toHaveProperty('isFirstAttempt');
      expect(await dueIds(store, farFuture, 10)).toEqual(due);
    });

    test('gives its number back if no attempt was made', async () => {
      const { store, claim } = await withFirst();
      await store.settle(claim, undefined, pending);
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(1);
    });

    test('is not ended by adding the delivery before the lease ends, and stays spent after', async () => {
      const { store, claim } = await withFirst();
      expect(await store.add(delivery, beforeLeaseEnds)).toBe('attempted');
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
      expect(await store.add(delivery, leaseEnds)).toBe('exists');
      expect(await dueIds(store, leaseEnds, 10)).toEqual([id]);
      expect(await store.add(delivery, leaseEnds)).toBe('exists');
      expect((await claimed(store, leaseEnds, secondLeaseEnds)).attemptNumber).toBe(2);
      expect(await store.settle(claim, attemptOf(1), pending)).toBe('superseded');
    });

    test('can be settled by its worker after the lease, until another worker claims the row', async () => {
      const { store, claim } = await withFirst();
      await store.add(delivery, leaseEnds);
      expect(await store.settle(claim, attemptOf(1), pending)).toBe('settled');
      expect(await dueIds(store, retryAt, 10)).toEqual([id]);
    });
  });

  describe('claim', () => {
    test('returns the delivery as it was added, with attempt number 1', async () => {
      const store = await withDelivery();
      expect(await store.claim(id, addedAt, leaseEnds)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: false,
      });
    });

    test('is undefined for an unknown delivery and does not create it', async () => {
      const store = await newStore();
      expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
      expect(await store.add(delivery, addedAt)).toBe('added');
    });

    test('is undefined before the due time', async () => {
      const store = await withDelivery();
      expect(await store.claim(id, '2026-03-01T09:59:59.999Z', leaseEnds)).toBeUndefined();
    });

    test('succeeds for one of many workers that claim at once', async () => {
      const store = await withDelivery();
      const claims = await Promise.all([1, 2, 3, 4].map(() => store.claim(id, addedAt, leaseEnds)));
      expect(claims.filter((claim) => claim !== undefined)).toEqual([
        { ...delivery, attemptNumber: 1, replayed: false },
      ]);
    });

    test('lasts until the lease ends, and the attempt of a crashed worker is spent', async () => {
      const store = await withDelivery();
      await claimed(store, addedAt, leaseEnds);
      expect(await dueIds(store, beforeLeaseEnds, 10)).toEqual([]);
      expect(await store.claim(id, beforeLeaseEnds, secondLeaseEnds)).toBeUndefined();
      expect(await dueIds(store, leaseEnds, 10)).toEqual([id]);
      expect(await store.claim(id, leaseEnds, secondLeaseEnds)).toEqual({
        ...delivery,
        attemptNumber: 2,
        replayed: false,
      });
    });

    test.each([
      ['delivered', delivered],
      ['exhausted', exhausted],
    ])('is undefined for a delivery that is %s, at any later time', async (_name, settlement) => {
      const store = await withDelivery();
      await store.settle(await claimed(store, addedAt, leaseEnds), attemptOf(1), settlement);
      expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });
  });

  describe('settle', () => {
    test('makes a pending delivery due at the given time, with the next attempt number', async () => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      expect(await store.settle(claim, attemptOf(1), pending)).toBe('settled');
      expect(await dueIds(store, '2026-03-01T10:04:59.999Z', 10)).toEqual([]);
      expect(await dueIds(store, retryAt, 10)).toEqual([id]);
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(2);
    });

    test('gives the attempt number back if no attempt was made', async () => {
      const store = await withDelivery();
      expect(await store.settle(await claimed(store, addedAt, leaseEnds), undefined, pending)).toBe(
        'settled',
      );
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(1);
    });

    test('ends a delivery as exhausted without an attempt', async () => {
      const store = await withDelivery();
      expect(await store.settle(await claimed(store, addedAt, leaseEnds), undefined, exhausted)).toBe(
        'settled',
      );
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });

    test.each([
      ['pending', pending],
      ['exhausted', exhausted],
    ])('is superseded if another worker has claimed the delivery since: %s', async (_name, settlement) => {
      const { store, late, newest } = await withTwoClaims();
      expect(await store.settle(late, attemptOf(1), settlement)).toBe('superseded');
      expect(await dueIds(store, '2026-03-01T10:00:59.999Z', 10)).toEqual([]);
      expect(await store.settle(newest, attemptOf(2), pending)).toBe('settled');
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(3);
    });

    test('records a success even if another worker has claimed the delivery since', async () => {
      const { store, late, newest } = await withTwoClaims();
      await store.settle(late, attemptOf(1, 'delivered'), delivered);
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
      expect(await store.settle(newest, attemptOf(2), pending)).toBe('superseded');
      expect(await store.settle(newest, attemptOf(2), exhausted)).toBe('superseded');
      expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
      await store.revive(id, farFuture);
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });

    test.each([
      ['delivered', delivered],
      ['exhausted', exhausted],
    ])('does not change a delivery that is already %s', async (_name, settlement) => {
      const { store, late, newest } = await withTwoClaims();
      expect(await store.settle(newest, attemptOf(2), settlement)).toBe('settled');
      for (const tooLate of [pending, exhausted, delivered])
        expect(await store.settle(late, attemptOf(1), tooLate)).toBe('superseded');
      expect(await store.settle(newest, attemptOf(2), settlement)).toBe('superseded');
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });

    test('is superseded for an unknown delivery and does not create it', async () => {
      const store = await newStore();
      const stray = { ...delivery, attemptNumber: 1, replayed: false };
      expect(await store.settle(stray, attemptOf(1), delivered)).toBe('superseded');
      expect(await store.add(delivery, addedAt)).toBe('added');
    });

    test('succeeds for one of many workers that settle at once', async () => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      const outcomes = await Promise.all([1, 2, 3].map(() => store.settle(claim, attemptOf(1), delivered)));
      expect(outcomes.toSorted()).toEqual(['settled', 'superseded', 'superseded']);
    });
  });

  describe('a delivery that waits for its predecessor', () => {
    const before = deliveryOf(2).id;
    const waiting = async () => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      await store.settle(claim, undefined, { status: 'pending', dueAt: retryAt, waitsFor: before });
      return store;
    };

    test('is due at its new due time, without a spent attempt', async () => {
      const store = await waiting();
      expect(await dueIds(store, '2026-03-01T10:04:59.999Z', 10)).toEqual([]);
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(1);
    });

    test('is due at once when it is woken, which succeeds once', async () => {
      const store = await waiting();
      expect(await store.wake(id, leaseEnds)).toBe('woken');
      expect(await store.wake(id, leaseEnds)).toBe('unchanged');
      expect(await store.claim(id, leaseEnds, secondLeaseEnds)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: false,
      });
    });

    test('cannot be woken once it is claimed, because that would end the lease', async () => {
      const store = await waiting();
      await claimed(store, retryAt, farFuture);
      expect(await store.wake(id, retryAt)).toBe('unchanged');
      expect(await dueIds(store, retryAt, 10)).toEqual([]);
    });

    test('is the only kind that can be woken: not a postponed, ended or unknown one', async () => {
      const store = await withDelivery();
      expect(await store.wake(id, addedAt)).toBe('unchanged');
      await store.settle(await claimed(store, addedAt, leaseEnds), attemptOf(1), delivered);
      expect(await store.wake(id, addedAt)).toBe('unchanged');
      expect(await store.wake(before, addedAt)).toBe('unchanged');
      expect(await store.state(before)).toBeUndefined();
    });
  });

  describe('postpone', () => {
    test('sets a later due time for a due delivery, without spending an attempt', async () => {
      const store = await withDelivery();
      expect(await store.postpone(id, addedAt, retryAt)).toBe('postponed');
      expect(await store.postpone(id, addedAt, farFuture)).toBe('unchanged');
      expect(await dueIds(store, '2026-03-01T10:04:59.999Z', 10)).toEqual([]);
      expect((await claimed(store, retryAt, farFuture)).attemptNumber).toBe(1);
    });

    test('does not change a claimed, ended or unknown delivery', async () => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      expect(await store.postpone(id, addedAt, retryAt)).toBe('unchanged');
      await store.settle(claim, attemptOf(1), exhausted);
      expect(await store.postpone(id, farFuture, farFuture)).toBe('unchanged');
      expect(await store.postpone(deliveryOf(2).id, farFuture, farFuture)).toBe('unchanged');
      expect(await store.state(deliveryOf(2).id)).toBeUndefined();
    });
  });

  describe('held', () => {
    const heldOnes: readonly (readonly [string, (store: DeliveryStore) => Promise<unknown>])[] = [
      ['added so', (store) => store.add(delivery, addedAt, 'held')],
      [
        'settled so',
        async (store) => {
          await store.add(delivery, addedAt);
          await store.settle(await claimed(store, addedAt, leaseEnds), undefined, { status: 'held' });
        },
      ],
    ];

    test.each(heldOnes)('is not due until it is released, which succeeds once: %s', async (_name, given) => {
      const store = await newStore();
      await given(store);
      expect(await store.state(id)).toMatchObject({ endpointId: 'ep_example', status: 'held' });
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
      expect(await store.claim(id, farFuture, farFuture)).toBeUndefined();
      expect(await store.release(id, retryAt)).toBe('released');
      expect(await store.release(id, retryAt)).toBe('unchanged');
      expect(await store.claim(id, retryAt, farFuture)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: false,
      });
    });

    test('gets a new retry schedule when it is released', async () => {
      const store = await withDelivery();
      const claim = await claimed(store, addedAt, leaseEnds);
      await store.settle(claim, attemptOf(1), { status: 'held' });
      await store.release(id, retryAt);
      expect(await store.claim(id, retryAt, farFuture)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: false,
      });
    });

    test('cannot be released if it is not held or unknown', async () => {
      const store = await withDelivery();
      expect(await store.release(id, retryAt)).toBe('unchanged');
      expect(await store.release(deliveryOf(2).id, retryAt)).toBe('unchanged');
      expect(await store.state(deliveryOf(2).id)).toBeUndefined();
      expect(await dueIds(store, addedAt, 10)).toEqual([id]);
    });
  });

  describe('skipped', () => {
    test('ends a delivery that is not wanted, as its claim tells the worker', async () => {
      const store = await newStore();
      await store.add({ ...delivery, wanted: false }, addedAt);
      expect(await store.state(id)).toMatchObject({ wanted: false });
      const claim = await claimed(store, addedAt, leaseEnds);
      expect(claim.wanted).toBe(false);
      expect(await store.settle(claim, undefined, { status: 'skipped' })).toBe('settled');
      expect((await store.state(id))?.status).toBe('skipped');
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });
  });

  test('does not say whether a delivery is wanted if that was not known when it was added', async () => {
    const store = await newStore();
    const { wanted: _wanted, ...undecided } = delivery;
    expect(await store.add(undecided, addedAt)).toBe('added');
    expect((await store.state(id))?.wanted).toBeUndefined();
    expect((await claimed(store, addedAt, leaseEnds)).wanted).toBeUndefined();
  });

  describe('state', () => {
    test('returns the status and due time through the life of a delivery', async () => {
      const store = await withDelivery();
      const { messageId } = delivery;
      const standing = { messageId, endpointId: 'ep_example', status: 'pending', wanted: true };
      expect(await store.state(id)).toEqual({ ...standing, dueAt: addedAt });
      const claim = await claimed(store, addedAt, leaseEnds);
      expect(await store.state(id)).toEqual({ ...standing, dueAt: leaseEnds });
      await store.settle(claim, attemptOf(1), delivered);
      expect(await store.state(id)).toEqual({ ...standing, status: 'delivered' });
    });
  });

  describe('revive', () => {
    test('makes an exhausted delivery pending, due at once, with a new retry schedule', async () => {
      const { store, newest } = await withTwoClaims();
      await store.settle(newest, attemptOf(2), exhausted);
      await store.revive(id, retryAt);
      expect(await dueIds(store, '2026-03-01T10:04:59.999Z', 10)).toEqual([]);
      expect(await dueIds(store, retryAt, 10)).toEqual([id]);
      expect(await store.claim(id, retryAt, farFuture)).toEqual({
        ...delivery,
        attemptNumber: 1,
        replayed: false,
      });
    });

    test('does not change a delivered delivery', async () => {
      const store = await withDelivery();
      await store.settle(await claimed(store, addedAt, leaseEnds), attemptOf(1), delivered);
      await store.revive(id, retryAt);
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
    });

    test('does not change the lease and attempt number of a pending delivery', async () => {
      const store = await withDelivery();
      await claimed(store, addedAt, leaseEnds);
      await store.revive(id, addedAt);
      expect(await dueIds(store, beforeLeaseEnds, 10)).toEqual([]);
      expect((await claimed(store, leaseEnds, farFuture)).attemptNumber).toBe(2);
    });

    test('does not create an unknown delivery', async () => {
      const store = await newStore();
      await store.revive(id, addedAt);
      expect(await dueIds(store, farFuture, 10)).toEqual([]);
      expect(await store.add(delivery, addedAt)).toBe('added');
    });
  });

  describe('due', () => {
    test('returns the oldest first, and at most the limit', async () => {
      const store = await newStore();
      const minutes = [3, 1, 4, 2];
      for (const minute of minutes) await store.add(deliveryOf(minute), `2026-03-01T10:0${minute}:00.000Z`);
      const ids = [1, 2, 3].map((minute) => deliveryOf(minute).id);
      expect(await dueIds(store, '2026-03-01T10:03:00.000Z', 10)).toEqual(ids);
      expect(await dueIds(store, farFuture, 2)).toEqual(ids.slice(0, 2));
    });

    test('returns the due time of each', async () => {
      const store = await withDelivery();
      expect(await store.due(farFuture, 10)).toEqual([{ id, dueAt: addedAt }]);
      await claimed(store, addedAt, leaseEnds);
      expect(await store.due(farFuture, 10)).toEqual([{ id, dueAt: leaseEnds }]);
    });

    test('returns a claimed delivery only after its lease', async () => {
      const store = await newStore();
      await store.add(delivery, addedAt);
      await store.add(deliveryOf(2), '2026-03-01T10:00:10.000Z');
      await claimed(store, addedAt, leaseEnds);
      expect(await dueIds(store, farFuture, 10)).toEqual([deliveryOf(2).id, id]);
    });
  });
}
