import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { at, type JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { observation, opportunityKey, summaryKey, versionOf } from '../../builders/versions.ts';
import { inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import {
  eventTime,
  type HydrationWorld,
  hydrateOpportunities,
  hydrationWorld,
  outcomesOf,
  queued,
  sentAgain,
  versionsOf,
} from './hydration-world.ts';

let world: HydrationWorld;

beforeEach(() => {
  world = hydrationWorld();
});

const older = opportunityPayload({ lastModifiedDate: '2026-03-01T09:00:00Z', stage: 'Prospect' });
const newer = opportunityPayload({ lastModifiedDate: '2026-03-01T10:00:00Z', stage: 'Qualified' });
const newest = opportunityPayload({ lastModifiedDate: '2026-03-01T10:00:00.5Z', stage: 'Committed' });

/** Another writer stores what it read as the next version. */
async function anotherStores(payload: JsonObject, readAt: Instant, key = opportunityKey): Promise<void> {
  const { records } = world;
  const standing = await records.current(key);
  const version = versionOf(observation({ key, payload, readAt }), standing);
  expect(await appendVersion(records, standing, version, '2026-03-01T10:01:00.000Z')).toBe('stored');
}

/** Runs one of `others` right before each call of the store by this writer. */
function racing(call: 'commit' | 'confirm', ...others: (() => Promise<void>)[]): RecordStore {
  const { records } = world;
  return {
    ...records,
    async commit(...args) {
      if (call === 'commit') await others.shift()?.();
      return records.commit(...args);
    },
    async confirm(...args) {
      if (call === 'confirm') await others.shift()?.();
      return records.confirm(...args);
    },
  };
}

describe('promise 2: nothing goes backwards', () => {
  it('stores one version if the same event arrives three times', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
    const event = queued(opportunityEvent());
    world.clock.set('2026-03-01T10:00:03.000Z');
    for (let time = 0; time < 3; time += 1) {
      await hydrateOpportunities(world, [event, event]);
      world.clock.advance(500);
    }
    expect(world.records.versions().map(({ version }) => version)).toEqual([1, 1]);
    expect(world.records.outbox()).toHaveLength(2);
  });

  it('keeps the newest state if reads return states in reverse order', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newest, newer, older);
    for (const seconds of [10, 80, 150]) {
      // 65 seconds after the event, when it is no longer fresh.
      world.clock.advance(70_000);
      await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(seconds) }))]);
    }
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
    expect(world.log.of('event.postponed')).toMatchObject([
      { code: 'partner-central.behind' },
      { code: 'partner-central.behind' },
    ]);
  });

  it('stores a state with an older timestamp if it is still read after five minutes', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newest, older);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(5 * 60_000);
    await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(150) }))]);
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    world.clock.advance(3_000);
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ payload: newest }, { payload: older }]);
    expect(world.queue.parked).toEqual([]);
  });

  it.each([
    ['without a zone', '2026-03-01T10:00:00'],
    ['null', null],
    ['absent', undefined],
    ['a number', 1_772_359_200],
    ['empty', ''],
  ])(
    'stores a later read whose timestamp is %s, and keeps it as AWS sent it',
    async (_, LastModifiedDate) => {
      const { LastModifiedDate: _readable, ...rest } = older;
      const unreadable = LastModifiedDate === undefined ? rest : { ...rest, LastModifiedDate };
      world.partnerCentral.answer('GetOpportunity', 'O1234567', newest, unreadable);
      await hydrateOpportunities(world, [queued(opportunityEvent())]);
      world.clock.advance(70_000);
      await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(10) }))]);
      expect(versionsOf(world, 'opportunity')).toMatchObject([{ payload: newest }, { payload: unreadable }]);
    },
  );

  it('postpones a fresh event if the read returns an older state than the stored one', async () => {
    await anotherStores(newer, '2026-03-01T09:59:00.000Z');
    world.partnerCentral.answer('GetOpportunity', 'O1234567', older, newest);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(world.log.of('event.postponed')).toMatchObject([
      { code: 'partner-central.behind', delayMs: 3_000 },
    ]);
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newer }]);
    // `readAt` did not advance: the event is not reflected yet.
    expect(await world.records.current(opportunityKey)).toMatchObject({ readAt: '2026-03-01T09:59:00.000Z' });
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([
      { version: 1, payload: newer },
      { version: 2, payload: newest },
    ]);
  });

  it('stores version 2 if another writer stored an older state as version 1', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('commit', () => anotherStores(older, '2026-03-01T10:00:04.000Z'));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'opportunity')).toMatchObject([
      { version: 1, payload: older, type: 'opportunity.created' },
      {
        version: 2,
        payload: newer,
        type: 'opportunity.updated',
        changes: [
          { path: '/LastModifiedDate', before: '2026-03-01T09:00:00Z', after: '2026-03-01T10:00:00Z' },
          { path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' },
        ],
      },
    ]);
  });

  it('stores nothing if another writer stored a newer state', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('commit', () => anotherStores(newest, '2026-03-01T10:00:06.000Z'));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
    expect(outcomesOf(world)[0]).toBe('stale');
  });

  it('confirms the state if another writer stored the same state', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('commit', () => anotherStores(newer, '2026-03-01T10:00:04.000Z'));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    expect(await world.records.current(opportunityKey)).toMatchObject({ readAt: '2026-03-01T10:00:05.000Z' });
    expect(outcomesOf(world)[0]).toBe('unchanged');
  });

  it('stores nothing if another writer has confirmed the old state with a later read', async () => {
    // The summary has no timestamp of AWS: only the times of the reads decide.
    const before = awsSummaryPayload({ engagementScore: 10 });
    const glimpse = awsSummaryPayload({ engagementScore: 90 });
    world.partnerCentral.answer('GetOpportunity', 'O1234567', older);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', glimpse);
    await anotherStores(before, '2026-03-01T10:00:02.000Z', summaryKey);
    const confirmed = async () => {
      const standing = await world.records.current(summaryKey);
      if (standing) await world.records.confirm(standing, '2026-03-01T10:00:06.000Z');
    };
    const records = racing('commit', async () => {}, confirmed);
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'aws-opportunity-summary')).toMatchObject([{ version: 1, payload: before }]);
    expect(outcomesOf(world)).toEqual(['stored', 'stale']);
  });

  it('stores the state again if another writer stored an earlier read before the confirmation', async () => {
    // The summary changed and changed back: v1, then the state that the other writer read, then v1
    // again.
    const before = awsSummaryPayload({ engagementScore: 10 });
    const glimpse = awsSummaryPayload({ engagementScore: 90 });
    world.partnerCentral.answer('GetOpportunity', 'O1234567', older);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', before);
    await anotherStores(before, '2026-03-01T10:00:02.000Z', summaryKey);
    const records = racing('confirm', () => anotherStores(glimpse, '2026-03-01T10:00:04.000Z', summaryKey));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    const history = versionsOf(world, 'aws-opportunity-summary');
    expect(
      history.map(({ payload, readAt }) => [at(payload, 'Insights', 'EngagementScore'), readAt]),
    ).toEqual([
      [10, '2026-03-01T10:00:02.000Z'],
      [90, '2026-03-01T10:00:04.000Z'],
      [10, '2026-03-01T10:00:05.000Z'],
    ]);
  });
});

describe('promise 2: withOptimisticLock under contention', () => {
  it('postpones the event after eight failed attempts and stores it later', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newest);
    let commits = 0;
    const records: RecordStore = {
      ...inMemoryRecordStore(),
      async commit() {
        commits += 1;
        return 'raced';
      },
    };
    expect(await hydrateOpportunities(world, [queued(opportunityEvent())], { records })).toEqual([]);
    expect(commits).toBe(8);
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'store.contended', delayMs: 2_000 }]);
    expect(world.queue.parked).toEqual([]);
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
  });
});
