import { describe, expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import { type Intent, intentOf } from '../../lambdas/core/intent.ts';
import { restate, type Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, dueForFanOut } from '../builders/append-version.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { cause, observation, opportunityKey, stateOf, versionOf } from '../builders/versions.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

const first = versionOf();
const second = nextOf(first, 'Qualified');
const third = nextOf(second, 'Committed', '2026-03-01T12:00:00.000Z');
const intent = intentOf(first, dueAt);

function nextOf(before: Version, stage: string, readAt: Instant = '2026-03-01T11:00:02.000Z'): Version {
  const payload = opportunityPayload({ stage, lastModifiedDate: readAt });
  return versionOf(observation({ payload, readAt }), before);
}

async function storeWithFirst(newStore: () => Promise<RecordStore>): Promise<RecordStore> {
  const records = await newStore();
  expect(await appendVersion(records, undefined, first, dueAt)).toBe('stored');
  return records;
}

/** The steps in which a version is written. @param newStore makes an empty store. */
export function recordCommitSuite(newStore: () => Promise<RecordStore>): void {
  describe('commit', () => {
    test('makes a version the current state, but does not store it as a version', async () => {
      const records = await newStore();
      expect(await records.commit(undefined, first, dueAt)).toBe('committed');
      expect(await records.current(opportunityKey)).toEqual(stateOf(first));
      expect(await records.version(first)).toBeUndefined();
      expect(await records.storesVersion(first)).toBe(false);
    });

    test('a repetition of a commit that was done is committed too', async () => {
      const records = await storeWithFirst(newStore);
      for (let times = 0; times < 2; times += 1)
        expect(await records.commit(first, second, dueAt)).toBe('committed');
      await records.confirm(second, '2026-03-01T11:00:09.000Z');
      expect(await records.commit(first, second, dueAt)).toBe('committed');
      expect(await records.current(opportunityKey)).toMatchObject({
        version: 2,
        readAt: '2026-03-01T11:00:09.000Z',
      });
    });

    test('a commit of the number that another version has was never done', async () => {
      const records = await storeWithFirst(newStore);
      expect(await records.commit(first, second, dueAt)).toBe('committed');
      expect(await records.commit(first, nextOf(first, 'Launched'), dueAt)).toBe('raced');
      expect(await records.current(opportunityKey)).toEqual(stateOf(second));
    });

    test('a commit that a later version has overtaken says so', async () => {
      const records = await storeWithFirst(newStore);
      await appendVersion(records, first, second, dueAt);
      await appendVersion(records, second, third, dueAt);
      expect(await records.commit(first, second, dueAt)).toBe('overtaken');
      expect(await records.commit(first, nextOf(first, 'Launched'), dueAt)).toBe('overtaken');
      expect(await records.current(opportunityKey)).toEqual(stateOf(third));
    });
  });

  describe('putVersion', () => {
    test('stores a version once', async () => {
      const records = await newStore();
      await records.putVersion(first, dueAt);
      await records.putVersion({ ...first, topics: [] }, farFuture);
      expect(await records.version(first)).toEqual(first);
      expect(await records.storesVersion(first)).toBe(true);
      expect(await records.announced(first)).toMatchObject({ intentDueAt: dueAt, topics: first.topics });
    });
  });

  describe('intents', () => {
    test('an intent is in the outbox before its version is stored, and after it until it is removed', async () => {
      const records = await newStore();
      const due = { version: expect.objectContaining({ messageId: first.messageId, dueAt }), dueAt };
      await records.putIntent(intent);
      await records.putIntent(intent);
      expect(await dueForFanOut(records, dueAt, 10)).toEqual([due]);
      expect(await records.awaitsFanOut(first)).toBe(false);
      await records.commit(undefined, first, dueAt);
      await records.putVersion(first, dueAt);
      expect(await dueForFanOut(records, dueAt, 10)).toEqual([due]);
      expect(await records.awaitsFanOut(first)).toBe(true);
      await records.removeIntent(intent);
      await records.removeIntent(intent);
      expect(await dueForFanOut(records, farFuture, 10)).toEqual([]);
    });

    test('an intent that is postponed is due later, in the order of its new time, and is found until then', async () => {
      const records = await storeWithFirst(newStore);
      const later: Instant = '2026-03-01T10:05:00.000Z';
      const between: Instant = '2026-03-01T10:03:00.000Z';
      await records.putIntent(intentOf(second, between));
      await records.postponeFanOut(intent, later);
      const versions = async (now: Instant) =>
        (await records.dueIntents(now, 10)).map(({ version, dueAt: time }) => [version.version, time]);
      expect(await versions('2026-03-01T10:04:59.999Z')).toEqual([[2, between]]);
      expect(await versions(later)).toEqual([
        [2, between],
        [1, later],
      ]);
      expect(await records.awaitsFanOut(first)).toBe(true);
      expect(await records.findIntent(first)).toEqual(intent);
      await records.removeIntent(intent);
      await records.postponeFanOut(intent, later);
      expect(await versions(later)).toEqual([[2, between]]);
    });

    test('findIntent returns the intent of the current state', async () => {
      const records = await newStore();
      const of: Intent = intent;
      await records.putIntent(of);
      await records.putIntent(intentOf(nextOf(first, 'Launched'), dueAt));
      expect(await records.findIntent(first)).toBeUndefined();
      await records.commit(undefined, first, dueAt);
      expect(await records.findIntent(first)).toEqual(of);
      await records.putIntent(intentOf(second, dueAt));
      await records.commit(first, second, dueAt);
      expect(await records.findIntent(first)).toBeUndefined();
      expect(await records.findIntent(second)).toEqual(intentOf(second, dueAt));
      await records.removeIntent(intentOf(second, dueAt));
      expect(await records.findIntent(second)).toBeUndefined();
    });

    test('findIntent returns all that an announcement says', async () => {
      const records = await storeWithFirst(newStore);
      const linked = restate(first, {
        type: 'opportunity.updated',
        topics: ['opportunity.updated', 'opportunity.linked'],
        cause: { ...cause, eventIds: ['one', 'two'] },
        links: [{ kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' }],
      });
      await records.putIntent(intentOf(linked, farFuture));
      await records.commit(first, linked, farFuture);
      expect(await records.findIntent(linked)).toEqual(intentOf(linked, farFuture));
    });
  });
}
