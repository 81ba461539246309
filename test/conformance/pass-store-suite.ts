import { describe, expect, test } from 'vitest';
import type { PassKey, PassState } from '../../lambdas/core/pass.ts';
import type { PassStore } from '../../lambdas/ports/pass-store.ts';

const key: PassKey = { catalog: 'AWS', name: 'opportunities' };
const now = '2026-03-01T10:00:00.000Z';
const leaseEndsAt = '2026-03-01T10:01:00.000Z';
const latest = '2026-03-03T11:00:00.000Z';
const dueAt = '2026-03-01T11:00:00.000Z';
const state: PassState = {
  watermark: '2026-02-28T08:00:00.001Z',
  lastFullAt: '2026-02-22T10:00:00.000Z',
  finishedAt: '2026-03-01T09:00:07.000Z',
  progress: {
    startedAt: now,
    full: true,
    nextToken: 'token with spaces, "quotes" and é',
    newestTimestamp: '2026-02-28T08:00:00.002Z',
    oldestChange: '2026-02-20T08:00:00.000Z',
    pages: 3,
    items: 300,
    findings: 2,
    changes: 1,
    missing: 1,
    unusable: 4,
  },
};

async function claimed(store: PassStore, at: `${string}Z` = now, until: `${string}Z` = leaseEndsAt) {
  const pass = await store.claim(key, at, until, latest);
  if (!pass) throw new Error('the pass could not be claimed');
  return pass;
}

/** What every PassStore must do. */
export function passStoreSuite(newStore: () => Promise<PassStore>): void {
  describe('claim', () => {
    test('claims a pass that has never run', async () => {
      const store = await newStore();
      expect(await store.claim(key, now, leaseEndsAt, latest)).toEqual({
        key,
        leaseEndsAt,
        state: {},
        fullRequestedAt: undefined,
        unreadable: [],
      });
    });

    test('gives the pass to one of two concurrent workers', async () => {
      const store = await newStore();
      const both = await Promise.all([
        store.claim(key, now, leaseEndsAt, latest),
        store.claim(key, now, leaseEndsAt, latest),
      ]);
      expect(both.filter((each) => each !== undefined)).toHaveLength(1);
    });

    test('claims a pass exactly when it is due, not a millisecond earlier', async () => {
      const store = await newStore();
      await store.release(await claimed(store), state, dueAt);
      expect(await store.claim(key, '2026-03-01T10:59:59.999Z', latest, latest)).toBeUndefined();
      expect(await claimed(store, dueAt, latest)).toMatchObject({ state, leaseEndsAt: latest });
    });

    test('claims the pass of a crashed worker once its lease has ended', async () => {
      const store = await newStore();
      const dead = await claimed(store);
      await store.save(dead, state, leaseEndsAt);
      expect(await store.claim(key, '2026-03-01T10:00:59.999Z', latest, latest)).toBeUndefined();
      expect(await claimed(store, leaseEndsAt, '2026-03-01T10:02:00.000Z')).toMatchObject({ state });
    });

    test('claims a pass with an impossibly late due time', async () => {
      const store = await newStore();
      await store.release(await claimed(store), state, '2027-03-01T10:00:00.000Z');
      expect(await claimed(store)).toMatchObject({ state });
    });

    test('keeps passes apart by list and by catalog', async () => {
      const store = await newStore();
      await claimed(store);
      expect(await store.claim({ ...key, catalog: 'Sandbox' }, now, leaseEndsAt, latest)).toBeDefined();
      expect(await store.claim({ ...key, name: 'engagements' }, now, leaseEndsAt, latest)).toBeDefined();
    });
  });

  describe('save and release', () => {
    test('store the state as it is and remove members that are left out', async () => {
      const store = await newStore();
      const saved = await store.save(await claimed(store), state, '2026-03-01T10:01:30.000Z');
      expect(saved).toMatchObject({ state, leaseEndsAt: '2026-03-01T10:01:30.000Z' });
      if (saved) await store.release(saved, { watermark: state.watermark }, now);
      expect((await claimed(store)).state).toEqual({ watermark: state.watermark });
    });

    test('save keeps the claim until the new end of the lease', async () => {
      const store = await newStore();
      await store.save(await claimed(store), state, dueAt);
      expect(await store.claim(key, '2026-03-01T10:59:59.999Z', latest, latest)).toBeUndefined();
    });

    test('write nothing after the claim was released', async () => {
      const store = await newStore();
      const first = await claimed(store);
      const second = await claimed(store, leaseEndsAt, '2026-03-01T10:02:00.000Z');
      expect(await store.save(first, state, dueAt)).toBeUndefined();
      expect(await store.release(first, state, dueAt)).toBe('superseded');
      expect(await store.release(second, { watermark: now }, now)).toBe('released');
      expect(await store.release(second, state, dueAt)).toBe('superseded');
      expect((await claimed(store)).state).toEqual({ watermark: now });
    });

    test('still work after the lease has ended, as long as no other worker has claimed the pass', async () => {
      const store = await newStore();
      const slow = await claimed(store);
      const saved = await store.save(slow, state, '2026-03-01T10:05:00.000Z');
      expect(saved && (await store.release(saved, state, dueAt))).toBe('released');
    });
  });

  describe('request', () => {
    test('makes a pass due at once, for one run', async () => {
      const store = await newStore();
      await store.release(await claimed(store), state, dueAt);
      await store.request(key);
      await store.release(await claimed(store), state, dueAt);
      expect(await store.claim(key, now, leaseEndsAt, latest)).toBeUndefined();
    });

    test('does not interrupt a claim, and takes effect after it', async () => {
      const store = await newStore();
      const pass = await claimed(store);
      await store.request(key, now);
      expect(await store.claim(key, now, leaseEndsAt, latest)).toBeUndefined();
      expect(await store.release(pass, state, dueAt)).toBe('released');
      expect(await claimed(store)).toMatchObject({ state, fullRequestedAt: now });
    });

    test('creates a pass that has never run', async () => {
      const store = await newStore();
      await store.request(key, now);
      expect(await claimed(store)).toMatchObject({ state: {}, fullRequestedAt: now });
    });

    test('keeps an earlier request for a full pass', async () => {
      const store = await newStore();
      await store.request(key, now);
      await store.request(key);
      expect(await claimed(store)).toMatchObject({ fullRequestedAt: now });
    });
  });
}
