import { beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../lambdas/core/instant.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import type { Link } from '../../lambdas/core/link.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import { announceReminders } from '../../lambdas/core/reminder.ts';
import { eraseRecord, restate } from '../../lambdas/core/version.ts';
import type { RecordIndex } from '../../lambdas/ports/record-index.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { appendVersion, dueForFanOut } from '../builders/append-version.ts';
import { engagementPayload } from '../builders/engagement-payloads.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import {
  cause,
  engagementKey,
  invitationKey,
  observation,
  opportunityKey,
  versionOf,
} from '../builders/versions.ts';

export interface IndexedStore {
  readonly records: RecordStore;
  readonly index: RecordIndex;
}

const dueAt: Instant = '2026-03-01T10:01:00.000Z';
const lateUntil: Instant = '9999-12-31T23:59:59.999Z';

function opportunity(id: string, catalog = 'AWS'): RecordKey {
  return { ...opportunityKey, catalog, id };
}

function invitation(id: string, catalog = 'AWS'): RecordKey {
  return { ...invitationKey, catalog, id };
}

function dated(expirationDate: string | null, status = 'PENDING'): JsonObject {
  return invitationPayload({ expirationDate, status });
}

async function put(records: RecordStore, key: RecordKey, payload: JsonObject, links: readonly Link[] = []) {
  const first = versionOf(observation({ key, payload }));
  expect(await appendVersion(records, undefined, first, dueAt)).toBe('stored');
  if (links.length === 0) return;
  const again = restate(first, { type: first.type, topics: first.topics, cause, links });
  expect(await appendVersion(records, first, again, dueAt)).toBe('stored');
}

/** The contract of the port RecordIndex. @param newStore makes an empty store and its index. */
export function recordIndexSuite(newStore: () => Promise<IndexedStore>): void {
  describe('readHeads', () => {
    test('returns the heads of stored records by record path', async () => {
      const { records, index } = await newStore();
      const link = { kind: 'engagement', id: engagementKey.id, via: 'snapshot' } as const;
      await put(records, opportunityKey, opportunityPayload(), [link]);
      const tombstone = observation({ key: invitationKey, payload: invitationPayload(), tombstone: true });
      await appendVersion(records, undefined, versionOf(tombstone), dueAt);
      const found = await index.readHeads([opportunityKey, invitationKey, engagementKey]);
      expect(new Map(found)).toEqual(
        new Map([
          [
            'AWS/opportunity/O1234567',
            {
              lastModifiedAt: '2026-03-01T10:00:00.123Z',
              readAt: '2026-03-01T10:00:02.000Z',
              tombstone: false,
              links: [link],
            },
          ],
          [
            'AWS/engagement-invitation/engi-abcdefgh12345',
            { readAt: '2026-03-01T10:00:02.000Z', status: 'PENDING', tombstone: true, links: [] },
          ],
        ]),
      );
    });

    test('says that a record is set aside, once, until it is confirmed or gets a version', async () => {
      const { records, index } = await newStore();
      const headOf = async () => (await index.readHeads([opportunityKey])).get(recordPath(opportunityKey));
      expect(await records.setCurrentAside(opportunityKey, dueAt)).toBe('already');
      expect(await headOf()).toBeUndefined();
      await put(records, opportunityKey, opportunityPayload());
      expect(await records.setCurrentAside(opportunityKey, dueAt)).toBe('set-aside');
      expect(await records.setCurrentAside(opportunityKey, dueAt)).toBe('already');
      expect(await headOf()).toBe('set-aside');
      // The mark is in the index of the outbox, but is no version there.
      expect((await dueForFanOut(records, lateUntil, 10)).map(({ version }) => version.version)).toEqual([1]);
      const current = await records.current(opportunityKey);
      if (!current) throw new Error('the record is stored');
      await records.confirm(current, '2026-03-01T11:00:00.000Z');
      expect(await headOf()).toMatchObject({ readAt: '2026-03-01T11:00:00.000Z' });
      expect(await records.setCurrentAside(opportunityKey, dueAt)).toBe('set-aside');
      const confirmed = await records.current(opportunityKey);
      if (!confirmed) throw new Error('the record is stored');
      const { type, topics } = versionOf();
      const links = [{ kind: 'engagement', id: engagementKey.id, via: 'snapshot' }] as const;
      await appendVersion(records, confirmed, restate(confirmed, { type, topics, cause, links }), dueAt);
      expect(await headOf()).toMatchObject({ links });
    });

    test('returns nothing for no keys', async () => {
      const { index } = await newStore();
      expect((await index.readHeads([])).size).toBe(0);
    });

    test('returns heads for more keys than one call accepts, with duplicates', async () => {
      const { records, index } = await newStore();
      const stored = Array.from({ length: 101 }, (_, at) => opportunity(`O${1_000 + at}`));
      for (const key of stored) await put(records, key, { Id: key.id });
      const missing = Array.from({ length: 130 }, (_, at) => opportunity(`O${5_000 + at}`));
      const found = await index.readHeads([...stored, ...missing, ...stored.slice(0, 50)]);
      expect([...found.keys()].toSorted()).toEqual(stored.map(recordPath).toSorted());
    });
  });

  describe('findByEngagement', () => {
    test('finds the records of one catalog that name the engagement or are linked to it', async () => {
      const { records, index } = await newStore();
      const via = { kind: 'engagement', id: engagementKey.id, via: 'snapshot' } as const;
      await put(records, engagementKey, engagementPayload());
      await put(records, invitationKey, invitationPayload());
      await put(records, opportunity('O1'), opportunityPayload(), [via]);
      await put(records, opportunity('O2'), opportunityPayload(), [{ ...via, id: 'eng-bbbbbbbb123456' }]);
      await put(records, opportunity('O3'), opportunityPayload());
      for (const catalog of ['Sandbox', 'aws'])
        await put(records, invitation('engi-1', catalog), invitationPayload());
      expect((await index.findByEngagement('AWS', engagementKey.id)).map(recordPath).toSorted()).toEqual([
        'AWS/engagement-invitation/engi-abcdefgh12345',
        'AWS/engagement/eng-abcdefgh123456',
        'AWS/opportunity/O1',
      ]);
      expect(await index.findByEngagement('Sandbox', engagementKey.id)).toEqual([
        invitation('engi-1', 'Sandbox'),
      ]);
      expect(await index.findByEngagement('AWS', 'eng-cccccccc123456')).toEqual([]);
    });

    test('does not find a record that is now linked to another engagement', async () => {
      const { records, index } = await newStore();
      const via = { kind: 'engagement', id: engagementKey.id, via: 'project-title' } as const;
      await put(records, opportunityKey, opportunityPayload(), [via]);
      const linked = await records.current(opportunityKey);
      if (!linked) throw new Error('nothing was stored');
      const { type, topics } = versionOf();
      await appendVersion(records, linked, restate(linked, { type, topics, cause, links: [] }), dueAt);
      expect(await index.findByEngagement('AWS', engagementKey.id)).toEqual([]);
    });
  });

  describe('findOpportunitiesByTitle', () => {
    const long = 'Example Corp of a name '.repeat(12);
    let index: RecordIndex;
    beforeAll(async () => {
      const { records, ...store } = await newStore();
      index = store.index;
      const named: readonly (readonly [RecordKey, string, string])[] = [
        [opportunity('O1'), 'Example Corp', 'Data platform'],
        [opportunity('O2'), 'EXAMPLE CORP', 'Data platform'],
        [opportunity('O3'), 'Example Corp', 'Data Platform'],
        [opportunity('O4'), 'Example Corp, Inc.', 'Data platform'],
        [opportunity('O5', 'Sandbox'), 'Example Corp', 'Data platform'],
        [opportunity('O6'), `${long}one`, 'Data platform'],
        [opportunity('O7'), `${long}two`, 'Data platform'],
        [invitation('engi-1'), 'Example Corp', 'Data platform'],
      ];
      for (const [key, companyName, title] of named) {
        const payload = key.kind === 'opportunity' ? opportunityPayload : invitationPayload;
        await put(records, key, payload({ companyName, title }));
      }
      await put(records, opportunity('O8'), { Id: 'O8', Project: { Title: 'Data platform' } });
    });
    const ids = async (catalog: string, customerName: string, title = 'Data platform') =>
      (await index.findOpportunitiesByTitle(catalog, customerName, title)).map(({ id }) => id).toSorted();

    test('finds opportunities of one catalog by title and customer; the customer matches in any case', async () => {
      expect(await ids('AWS', 'example corp')).toEqual(['O1', 'O2']);
      expect(await ids('AWS', 'Example Corp', 'Data Platform')).toEqual(['O3']);
      expect(await ids('Sandbox', 'Example Corp')).toEqual(['O5']);
    });

    test('does not match a part of the customer name', async () => {
      expect(await ids('AWS', 'Example')).toEqual([]);
      expect(await ids('AWS', `${long}two`)).toEqual(['O7']);
      expect(await ids('AWS', `${long}three`)).toEqual([]);
    });

    test('returns nothing if no opportunity matches', async () => {
      expect(await ids('AWS', 'Example Corp', 'Other')).toEqual([]);
      expect(await ids('AWS', '')).toEqual([]);
    });
  });

  describe('findByPartnerId', () => {
    test('finds the opportunities of one catalog that have exactly this id', async () => {
      const { records, index } = await newStore();
      const named: readonly (readonly [RecordKey, string])[] = [
        [opportunity('O1'), 'CRM-1'],
        [opportunity('O2'), 'CRM-1'],
        [opportunity('O3'), 'CRM-10'],
        [opportunity('O4', 'Sandbox'), 'CRM-1'],
      ];
      for (const [key, partnerId] of named)
        await put(records, key, { ...opportunityPayload(), PartnerOpportunityIdentifier: partnerId });
      const ids = async (catalog: string, partnerId: string) =>
        (await index.findByPartnerId(catalog, partnerId)).map(({ id }) => id).toSorted();
      expect(await ids('AWS', 'CRM-1')).toEqual(['O1', 'O2']);
      expect(await ids('Sandbox', 'CRM-1')).toEqual(['O4']);
      expect(await ids('AWS', 'crm-1')).toEqual([]);
    });
  });

  describe('findPendingInvitations', () => {
    let index: RecordIndex;
    beforeAll(async () => {
      const { records, ...store } = await newStore();
      index = store.index;
      await put(records, invitation('engi-3'), dated('2026-03-18T10:00:00.5Z'));
      await put(records, invitation('engi-1'), dated('2026-03-16T10:00:00Z'));
      await put(records, invitation('engi-2'), dated('2026-03-16T10:00:00.123456789Z'));
      await put(records, invitation('engi-none'), dated(null));
      await put(records, invitation('engi-done'), dated('2026-03-16T10:00:00Z', 'ACCEPTED'));
      await put(records, invitation('engi-s', 'Sandbox'), dated('2026-03-16T10:00:00Z'));
    });
    const ids = async (after: Instant, until: Instant) =>
      (await index.findPendingInvitations('AWS', after, until)).map(({ id }) => id);

    test('finds invitations that expire within the range, ends included, soonest first', async () => {
      expect(await ids('2026-03-16T10:00:00.000Z', '2026-03-18T10:00:00.500Z')).toEqual([
        'engi-1',
        'engi-2',
        'engi-3',
      ]);
      expect(await ids('2026-03-16T10:00:00.001Z', '2026-03-18T10:00:00.499Z')).toEqual(['engi-2']);
    });

    test('omits invitations without a date, and returns nothing for an inverted range', async () => {
      expect(await ids('2026-03-17T00:00:00.000Z', lateUntil)).toEqual(['engi-3']);
      expect(await ids(lateUntil, '2026-03-17T00:00:00.000Z')).toEqual([]);
    });
  });
  describe('findOpenOpportunities', () => {
    const approved = { reviewStatus: 'Approved', lastModifiedDate: '2026-03-01T10:00:00.123Z' };

    test('finds the opportunities of one catalog that have not ended, with what reminders depend on', async () => {
      const { records, index } = await newStore();
      for (const stage of ['Prospect', 'Committed', 'Launched', 'Closed Lost'])
        await put(records, opportunity(stage), opportunityPayload({ ...approved, stage }));
      await put(records, opportunity('none'), { Id: 'none' });
      await put(records, invitationKey, invitationPayload());
      for (const catalog of ['Sandbox', 'aws'])
        await put(records, opportunity('other', catalog), opportunityPayload());
      const found = await index.findOpenOpportunities('AWS');
      expect(found.map(({ key }) => recordPath(key)).toSorted()).toEqual([
        'AWS/opportunity/Committed',
        'AWS/opportunity/Prospect',
        'AWS/opportunity/none',
      ]);
      expect(found.find(({ key }) => key.id === 'Prospect')).toEqual({
        key: opportunity('Prospect'),
        attributes: { stage: 'Prospect', reviewStatus: 'Approved', dueOn: '2026-09-30' },
        lastModifiedAt: '2026-03-01T10:00:00.123Z',
      });
    });

    test('says since when an opportunity waits, what was announced, and that it was erased', async () => {
      const { records, index } = await newStore();
      const payload = opportunityPayload({ reviewStatus: 'In review', targetCloseDate: null });
      const first = versionOf(observation({ payload }));
      await appendVersion(records, undefined, first, dueAt);
      const since = '2026-03-01T10:00:00.123Z';
      const announced = announceReminders(first, [{ name: 'review_overdue', since }], cause);
      expect(await appendVersion(records, first, announced, dueAt)).toBe('stored');
      const state = { waitsSince: since, announcedReminders: { review_overdue: since } };
      expect(await index.findOpenOpportunities('AWS')).toMatchObject([state]);
      await appendVersion(records, announced, eraseRecord(announced, cause), dueAt);
      expect(await index.findOpenOpportunities('AWS')).toMatchObject([{ ...state, erased: true }]);
    });
  });
}
