import { describe, expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import { intentOf } from '../../lambdas/core/intent.ts';
import type { RecordKey, VersionRef } from '../../lambdas/core/record.ts';
import { eraseRecord, type RecordState, restate, type Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, dueForFanOut } from '../builders/append-version.ts';
import { engagementPayload } from '../builders/engagement-payloads.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../builders/payloads.ts';
import {
  cause,
  engagementKey,
  invitationKey,
  observation,
  opportunityKey,
  stateOf,
  summaryKey,
  versionOf,
} from '../builders/versions.ts';

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

const first = versionOf();
const second = secondOf('Qualified');

function secondOf(stage: string): Version {
  return versionOf(
    observation({
      payload: opportunityPayload({ stage, lastModifiedDate: '2026-03-01T11:00:00.5Z' }),
      readAt: '2026-03-01T11:00:02.000Z',
    }),
    first,
  );
}

function firstOf(id: string): Version {
  return versionOf(observation({ key: { ...opportunityKey, id } }));
}

/** The versions in the outbox that are due, without their due times. */
export async function dueVersions(
  records: Pick<RecordStore, 'dueIntents' | 'dueMarks'>,
  now: Instant,
  limit: number,
): Promise<readonly VersionRef[]> {
  return (await dueForFanOut(records, now, limit)).map(({ version }) => refOf(version));
}

function refOf({ catalog, kind, id, version }: VersionRef): VersionRef {
  return { catalog, kind, id, version };
}

async function storeWith(newStore: () => Promise<RecordStore>, ...versions: readonly Version[]) {
  const records = await newStore();
  let before: RecordState | undefined;
  for (const version of versions) {
    expect(await appendVersion(records, before, version, dueAt)).toBe('stored');
    before = await records.current(version);
  }
  return records;
}

async function readAtIn(records: RecordStore): Promise<Instant | undefined> {
  return (await records.current(opportunityKey))?.readAt;
}

/** The contract of the port RecordStore. @param newStore makes an empty store. */
export function recordStoreSuite(newStore: () => Promise<RecordStore>): void {
  describe('current', () => {
    test('returns undefined for an unknown record', async () => {
      const records = await newStore();
      expect(await records.current(opportunityKey)).toBeUndefined();
    });

    test('returns what was just written', async () => {
      const records = await storeWith(newStore, first);
      expect(await records.current(opportunityKey)).toEqual(stateOf(first));
    });

    test('returns the newest state', async () => {
      const records = await storeWith(newStore, first, second);
      expect(await records.current(opportunityKey)).toEqual(stateOf(second));
    });

    test('distinguishes catalog, kind and id', async () => {
      const records = await storeWith(newStore, first);
      const others: readonly RecordKey[] = [
        { ...opportunityKey, catalog: 'Sandbox' },
        { ...opportunityKey, kind: 'aws-opportunity-summary' },
        { ...opportunityKey, id: 'O12345678' },
        { ...opportunityKey, id: 'O123456' },
      ];
      for (const other of others) expect(await records.current(other)).toBeUndefined();
    });
  });

  describe('append', () => {
    test.each([
      ['opportunity', observation()],
      ['AWS-side summary', observation({ key: summaryKey, payload: awsSummaryPayload() })],
      ['invitation', observation({ key: invitationKey, payload: invitationPayload() })],
      ['engagement', observation({ key: engagementKey, payload: engagementPayload() })],
      ['opportunity with solutions', observation({ solutions: [{ id: 'S-1', name: 'One' }, { id: 'S-2' }] })],
      [
        'redacted invitation',
        observation({ key: invitationKey, payload: { Status: 'REJECTED' }, redacted: true }),
      ],
      [
        'tombstone',
        observation({
          key: invitationKey,
          payload: invitationPayload({ status: 'REJECTED' }),
          tombstone: true,
        }),
      ],
      ['opportunity without any query attribute', observation({ payload: { Id: 'O1234567' } })],
    ])('stores an %s completely, as version and as current state', async (_name, observed) => {
      const version = versionOf(observed);
      const records = await storeWith(newStore, version);
      expect(await records.version({ ...observed.key, version: 1 })).toEqual(version);
      expect(await records.current(observed.key)).toEqual(stateOf(version));
    });

    test('stores a record unless its owner is erased', async () => {
      const summary = versionOf(observation({ key: summaryKey, payload: awsSummaryPayload() }));
      const erased = eraseRecord(first, cause);
      const withOwner = (records: RecordStore) =>
        appendVersion(records, undefined, summary, dueAt, opportunityKey);
      expect(await withOwner(await newStore())).toBe('stored');
      expect(await withOwner(await storeWith(newStore, first))).toBe('stored');
      const records = await storeWith(newStore, first, erased);
      expect(await withOwner(records)).toBe('raced');
      expect(await records.current(summaryKey)).toBeUndefined();
      expect(await records.version(summary)).toBeUndefined();
      expect(await appendVersion(records, undefined, summary, dueAt)).toBe('stored');
    });

    test('does not change earlier versions', async () => {
      const records = await storeWith(newStore, first, second);
      expect(await records.version(refOf(first))).toEqual(first);
      expect(await records.version(refOf(second))).toEqual(second);
    });

    test('stores links, solutions and what was announced', async () => {
      const solved = versionOf(observation({ solutions: [{ id: 'S-1', name: 'One' }, { id: 'S-2' }] }));
      const linked = restate(solved, {
        type: 'opportunity.updated',
        topics: ['opportunity.updated', 'opportunity.linked'],
        cause,
        links: [
          { kind: 'engagement', id: engagementKey.id, via: 'snapshot' },
          { kind: 'engagement-invitation', id: invitationKey.id, via: 'project-title' },
        ],
        announcedExpiration: '2026-03-16T10:00:00.123Z',
        announcedReminders: { idle: '2026-03-01T10:00:00.123Z' },
      });
      const records = await storeWith(newStore, solved, linked);
      expect(await records.version(refOf(linked))).toEqual(linked);
      expect(await records.version(refOf(solved))).toEqual(solved);
      const standing = await records.current(opportunityKey);
      expect(standing).toEqual(stateOf(linked));
      // The engagement id of a link is not an attribute of the payload.
      expect(standing?.attributes.engagementId).toBeUndefined();
    });

    test('stores the clients that a version is an echo for, also for its fan-out and in its intent', async () => {
      const echoes = [{ client: 'crm', commands: [{ id: 'cmd_1', key: 'deal-1/stage' }] }];
      const echo = { ...second, echoes, reflectedCommand: 'cmd_1' };
      const records = await storeWith(newStore, first, echo);
      expect(await records.version(refOf(echo))).toEqual(echo);
      expect(await records.current(opportunityKey)).toEqual(stateOf(echo));
      expect(await records.announced(refOf(echo))).toMatchObject({ echoes });
      expect((await records.announced(refOf(first)))?.echoes).toBeUndefined();
      expect(await records.findIntent(stateOf(echo))).toMatchObject({ echoes });
    });

    test('returns raced and writes nothing if a first version exists already', async () => {
      const records = await storeWith(newStore, first);
      const rival = versionOf(observation({ payload: opportunityPayload({ title: 'Rival' }) }));
      expect(await appendVersion(records, undefined, rival, dueAt)).toBe('raced');
      expect(await records.current(opportunityKey)).toEqual(stateOf(first));
      expect(await records.version(refOf(first))).toEqual(first);
    });

    test('returns raced and writes nothing if another version was written in between', async () => {
      const records = await storeWith(newStore, first, second);
      expect(await appendVersion(records, stateOf(first), secondOf('Committed'), dueAt)).toBe('raced');
      expect(await records.current(opportunityKey)).toEqual(stateOf(second));
      expect(await records.version(refOf(second))).toEqual(second);
      expect(await records.version({ ...refOf(second), version: 3 })).toBeUndefined();
    });

    test('returns raced and writes nothing if a later read confirmed the state in between', async () => {
      const records = await storeWith(newStore, first);
      const confirmedAt: Instant = '2026-03-01T12:00:00.000Z';
      await records.confirm(stateOf(first), confirmedAt);
      expect(await appendVersion(records, stateOf(first), second, dueAt)).toBe('raced');
      expect(await records.current(opportunityKey)).toEqual({ ...stateOf(first), readAt: confirmedAt });
      expect(await records.version(refOf(second))).toBeUndefined();
      expect(await dueVersions(records, farFuture, 10)).toEqual([refOf(first)]);
    });

    test('returns raced and writes nothing if the previous state does not exist', async () => {
      const records = await newStore();
      expect(await appendVersion(records, stateOf(first), second, dueAt)).toBe('raced');
      expect(await records.current(opportunityKey)).toBeUndefined();
      expect(await records.version(refOf(second))).toBeUndefined();
    });

    test('stores the version after a lost race, computed from the new state', async () => {
      const records = await storeWith(newStore, first);
      await records.confirm(stateOf(first), '2026-03-01T10:30:00.000Z');
      const standing = await records.current(opportunityKey);
      expect(await appendVersion(records, standing, second, dueAt)).toBe('stored');
    });

    test.each([
      { name: 'first', before: [] },
      { name: 'second', before: [first] },
    ])('lets exactly one of many concurrent writers write the $name version', async ({ before }) => {
      const records = await storeWith(newStore, ...before);
      const standing = await records.current(opportunityKey);
      const rivals = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((title) =>
        versionOf(
          observation({
            payload: opportunityPayload({ title, lastModifiedDate: '2026-03-01T11:00:00Z' }),
            readAt: '2026-03-01T11:00:02.000Z',
          }),
          standing,
        ),
      );
      const outcomes = await Promise.all(
        rivals.map((rival) => appendVersion(records, standing, rival, dueAt)),
      );
      expect(outcomes.toSorted()).toEqual([...Array(7).fill('raced'), 'stored']);
      const winner = rivals[outcomes.indexOf('stored')];
      if (!winner) throw new Error('no append was stored');
      expect(await records.current(opportunityKey)).toEqual(stateOf(winner));
      expect(await records.version(refOf(winner))).toEqual(winner);
      expect(await records.version({ ...refOf(winner), version: winner.version + 1 })).toBeUndefined();
    });
  });

  describe('confirm', () => {
    test('advances readAt and nothing else', async () => {
      const records = await storeWith(newStore, first);
      await records.confirm(stateOf(first), '2026-03-01T10:00:03.000Z');
      const confirmed = { ...stateOf(first), readAt: '2026-03-01T10:00:03.000Z' };
      expect(await records.current(opportunityKey)).toEqual(confirmed);
      expect(await records.version(refOf(first))).toEqual(first);
    });

    test('sets listedAs if it is given', async () => {
      const records = await storeWith(newStore, first);
      await records.confirm(stateOf(first), '2026-03-01T10:00:03.000Z', 'absent');
      await records.confirm(stateOf(first), '2026-03-01T10:00:04.000Z');
      const confirmed = { ...stateOf(first), readAt: '2026-03-01T10:00:04.000Z', listedAs: 'absent' };
      expect(await records.current(opportunityKey)).toEqual(confirmed);
    });

    test('never sets readAt back', async () => {
      const records = await storeWith(newStore, first);
      await records.confirm(stateOf(first), '2026-03-01T10:00:01.000Z');
      expect(await readAtIn(records)).toBe(first.readAt);
      await records.confirm(stateOf(first), '2026-03-01T10:00:09.000Z');
      await records.confirm(stateOf(first), '2026-03-01T10:00:05.000Z');
      expect(await readAtIn(records)).toBe('2026-03-01T10:00:09.000Z');
    });

    test('returns raced for a state that is no longer current', async () => {
      const records = await storeWith(newStore, first, second);
      await records.confirm(stateOf(first), '2026-03-01T13:00:00.000Z');
      expect(await records.current(opportunityKey)).toEqual(stateOf(second));
      expect(await records.version(refOf(first))).toEqual(first);
    });

    test('creates no record', async () => {
      const records = await newStore();
      await records.confirm(stateOf(first), '2026-03-01T13:00:00.000Z');
      expect(await records.current(opportunityKey)).toBeUndefined();
    });

    test('ends at the latest of many concurrent confirmations', async () => {
      const records = await storeWith(newStore, first);
      const readAts: readonly Instant[] = [
        '2026-03-01T10:00:07.000Z',
        '2026-03-01T10:00:09.000Z',
        '2026-03-01T10:00:08.000Z',
      ];
      await Promise.all(readAts.map((readAt) => records.confirm(stateOf(first), readAt)));
      expect(await readAtIn(records)).toBe('2026-03-01T10:00:09.000Z');
    });
  });

  describe('markUncertain', () => {
    const certainFrom: Instant = '2026-03-01T10:05:02.000Z';

    test('sets certainFrom and nothing else', async () => {
      const records = await storeWith(newStore, first);
      expect(await records.markUncertain(stateOf(first), certainFrom)).toBe('marked');
      expect(await records.current(opportunityKey)).toEqual({ ...stateOf(first), certainFrom });
      expect(await records.version(refOf(first))).toEqual(first);
    });

    test('returns raced for a state that another worker replaced or confirmed', async () => {
      const records = await storeWith(newStore, first);
      await records.confirm(stateOf(first), '2026-03-01T10:00:03.000Z');
      expect(await records.markUncertain(stateOf(first), certainFrom)).toBe('raced');
      await appendVersion(records, { ...stateOf(first), readAt: '2026-03-01T10:00:03.000Z' }, second, dueAt);
      expect(await records.markUncertain(stateOf(first), certainFrom)).toBe('raced');
      expect(await records.current(opportunityKey)).toEqual(stateOf(second));
    });

    test('makes an append fail that does not know of it', async () => {
      const records = await storeWith(newStore, first);
      await records.markUncertain(stateOf(first), certainFrom);
      expect(await appendVersion(records, stateOf(first), second, dueAt)).toBe('raced');
      const version = { ...second, certainFrom };
      expect(await appendVersion(records, { ...stateOf(first), certainFrom }, version, dueAt)).toBe('stored');
      expect(await records.current(opportunityKey)).toEqual(stateOf(version));
    });

    test('creates no record', async () => {
      const records = await newStore();
      expect(await records.markUncertain(stateOf(first), certainFrom)).toBe('raced');
      expect(await records.current(opportunityKey)).toBeUndefined();
    });
  });

  describe('version and announced', () => {
    test('return undefined for an unknown version', async () => {
      const records = await storeWith(newStore, first);
      expect(await records.version({ ...opportunityKey, version: 2 })).toBeUndefined();
      expect(await records.announced({ ...opportunityKey, version: 2 })).toBeUndefined();
      expect(await records.announced({ ...summaryKey, version: 1 })).toBeUndefined();
    });

    test('announced returns catalog, type, topics, correlation id, message ids and redaction', async () => {
      const records = await storeWith(newStore, first, second);
      expect(await records.announced(refOf(second))).toEqual({
        catalog: 'AWS',
        correlationId: cause.eventIds[0],
        type: 'opportunity.updated',
        topics: ['opportunity.updated', 'opportunity.stage_changed'],
        redacted: false,
        messageId: second.messageId,
        previousMessageId: first.messageId,
        intentDueAt: dueAt,
      });
      const taken = versionOf(
        observation({ key: invitationKey, payload: { Status: 'REJECTED' }, redacted: true }),
      );
      await appendVersion(records, undefined, taken, dueAt);
      expect(await records.announced(refOf(taken))).toMatchObject({ redacted: true });
    });
  });

  describe('messageIds', () => {
    test('returns the ids of a version, which a redaction does not change', async () => {
      const records = await storeWith(newStore, first, second);
      expect(await records.messageIds(refOf(first))).toEqual({ messageId: first.messageId });
      expect(await records.messageIds(refOf(second))).toEqual({
        messageId: second.messageId,
        previousMessageId: first.messageId,
      });
      await records.redactBefore(refOf(second));
      expect(await records.messageIds(refOf(first))).toEqual({ messageId: first.messageId });
      expect(await records.version(refOf(first))).toMatchObject({ messageId: first.messageId });
    });

    test('returns undefined for a version that does not exist', async () => {
      const records = await storeWith(newStore, first);
      expect(await records.messageIds(refOf(second))).toBeUndefined();
    });
  });

  describe('the outbox', () => {
    test('returns a version once its due time has passed', async () => {
      const records = await storeWith(newStore, first);
      expect(await dueVersions(records, '2026-03-01T10:00:59.999Z', 10)).toEqual([]);
      expect(await dueVersions(records, dueAt, 10)).toEqual([refOf(first)]);
      expect(await dueVersions(records, '2026-03-02T00:00:00.000Z', 10)).toEqual([refOf(first)]);
    });

    test('returns the due time of each version', async () => {
      const records = await storeWith(newStore, first);
      expect(await dueForFanOut(records, farFuture, 10)).toEqual([
        { version: { ...refOf(first), messageId: first.messageId, dueAt }, dueAt },
      ]);
    });

    test('answers for each version whether it is in the outbox', async () => {
      const store = await newStore();
      const version = versionOf();
      expect(await store.awaitsFanOut(version)).toBe(false);
      await appendVersion(store, undefined, version, '2026-03-01T10:01:00.000Z');
      expect(await store.awaitsFanOut(version)).toBe(true);
      await store.removeIntent(intentOf(version, dueAt));
      expect(await store.awaitsFanOut(version)).toBe(false);
    });

    test('holds every version of a record until it is fanned out', async () => {
      const records = await storeWith(newStore, first, second);
      await records.removeIntent(intentOf(second, dueAt));
      expect(await dueVersions(records, farFuture, 10)).toEqual([refOf(first)]);
      await records.removeIntent(intentOf(first, dueAt));
      expect(await dueVersions(records, farFuture, 10)).toEqual([]);
    });

    test('returns the oldest versions first, and at most the limit', async () => {
      const records = await newStore();
      const due: ReadonlyMap<string, Instant> = new Map([
        ['O3', '2026-03-01T10:03:00.000Z'],
        ['O1', '2026-03-01T10:01:00.000Z'],
        ['O4', '2026-03-01T10:04:00.000Z'],
        ['O2', '2026-03-01T10:02:00.000Z'],
      ]);
      for (const [id, at] of due) await appendVersion(records, undefined, firstOf(id), at);
      const ids = async (now: Instant, limit: number) =>
        (await dueVersions(records, now, limit)).map(({ id }) => id);
      expect(await ids('2026-03-01T10:03:00.000Z', 10)).toEqual(['O1', 'O2', 'O3']);
      expect(await ids(farFuture, 2)).toEqual(['O1', 'O2']);
    });

    test('changes the due time of a postponed version, and not the version', async () => {
      const records = await storeWith(newStore, first);
      const [other, postponedTo] = [firstOf('O2'), '2026-03-01T10:11:00.000Z'] as const;
      await appendVersion(records, undefined, other, '2026-03-01T10:02:00.000Z');
      await records.postponeFanOut(intentOf(first, dueAt), postponedTo);
      expect(await dueVersions(records, '2026-03-01T10:10:59.999Z', 10)).toEqual([refOf(other)]);
      expect(await dueVersions(records, postponedTo, 10)).toEqual([refOf(other), refOf(first)]);
      expect(await records.version(refOf(first))).toEqual(first);
      expect(await records.current(opportunityKey)).toEqual(stateOf(first));
      await records.removeIntent(intentOf(first, dueAt));
      expect(await dueVersions(records, farFuture, 10)).toEqual([refOf(other)]);
    });

    test('does not add a version by a postponement', async () => {
      const records = await storeWith(newStore, first);
      await records.removeIntent(intentOf(first, dueAt));
      await records.postponeFanOut(intentOf(first, dueAt), dueAt);
      await records.postponeFanOut(refOf(first), dueAt);
      await records.postponeFanOut({ ...opportunityKey, version: 7 }, dueAt);
      expect(await dueVersions(records, farFuture, 10)).toEqual([]);
      expect(await records.version(refOf(first))).toEqual(first);
      expect(await records.version({ ...opportunityKey, version: 7 })).toBeUndefined();
      expect(await records.announced({ ...opportunityKey, version: 7 })).toBeUndefined();
    });

    test('accepts the end of a fan-out twice, and does not change the version', async () => {
      const records = await storeWith(newStore, first);
      for (let times = 0; times < 2; times += 1) {
        await records.removeIntent(intentOf(first, dueAt));
        await records.markFannedOut(refOf(first));
      }
      expect(await dueVersions(records, farFuture, 10)).toEqual([]);
      expect(await records.version(refOf(first))).toEqual(first);
      expect(await records.current(opportunityKey)).toEqual(stateOf(first));
    });

    test('creates no version', async () => {
      const records = await storeWith(newStore, first);
      await records.markFannedOut({ ...opportunityKey, version: 7 });
      await records.removeIntent({ ...intentOf(first, dueAt), version: 7 });
      expect(await records.version({ ...opportunityKey, version: 7 })).toBeUndefined();
      expect(await records.announced({ ...opportunityKey, version: 7 })).toBeUndefined();
      expect(await dueVersions(records, farFuture, 10)).toEqual([refOf(first)]);
    });
  });
}
