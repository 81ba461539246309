import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { at, type JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordStore } from '../../../lambdas/ports/record-store.ts';
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

/** Another writer stores what it read, on top of what stands. */
async function anotherStores(payload: JsonObject, readAt: Instant, key = opportunityKey): Promise<void> {
  const { records } = world;
  const standing = await records.current(key);
  const version = versionOf(observation({ key, payload, readAt }), standing);
  expect(await records.append(standing, version, '2026-03-01T10:01:00.000Z')).toBe('stored');
}

/** Lets others write just before this writer calls the store, once for each of `others`. */
function racing(call: 'append' | 'confirm', ...others: (() => Promise<void>)[]): RecordStore {
  const { records } = world;
  return {
    ...records,
    async append(...args) {
      if (call === 'append') await others.shift()?.();
      return records.append(...args);
    },
    async confirm(...args) {
      if (call === 'confirm') await others.shift()?.();
      return records.confirm(...args);
    },
  };
}

describe('promise 2: nothing goes backwards', () => {
  it('when the same event comes three times', async () => {
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

  it('when reads answer in reverse', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newest, newer, older);
    for (const seconds of [10, 80, 150]) {
      // To 65 seconds after the event, when nobody takes the answer for early any more.
      world.clock.advance(70_000);
      await hydrateOpportunities(world, [queued(opportunityEvent({ time: eventTime(seconds) }))]);
    }
    expect(outcomesOf(world).filter((_, index) => index % 2 === 0)).toEqual(['stored', 'behind', 'behind']);
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
    expect(world.metrics.totals()).toMatchObject({ RecordsStored: 1, RecordsStale: 2 });
    expect([world.queue.sent, world.queue.parked]).toEqual([[], []]);
  });

  it('and an answer from before what is stored is asked for again while the event is fresh', async () => {
    await anotherStores(newer, '2026-03-01T09:59:00.000Z');
    world.partnerCentral.answer('GetOpportunity', 'O1234567', older, newest);
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    expect(world.log.of('event.postponed')).toMatchObject([
      { code: 'partner-central.behind', delayMs: 3_000 },
    ]);
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newer }]);
    // It is not known to have been seen: the event still asks for a read.
    expect(await world.records.current(opportunityKey)).toMatchObject({ readAt: '2026-03-01T09:59:00.000Z' });
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([
      { version: 1, payload: newer },
      { version: 2, payload: newest },
    ]);
  });

  it('when another writer makes version 1 first, with an older state', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('append', () => anotherStores(older, '2026-03-01T10:00:04.000Z'));
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

  it('when another writer stores a newer state first', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('append', () => anotherStores(newest, '2026-03-01T10:00:06.000Z'));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
    expect(outcomesOf(world)[0]).toBe('stale');
  });

  it('when another writer stores the same state first', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newer);
    const records = racing('append', () => anotherStores(newer, '2026-03-01T10:00:04.000Z'));
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'opportunity')).toHaveLength(1);
    expect(await world.records.current(opportunityKey)).toMatchObject({ readAt: '2026-03-01T10:00:05.000Z' });
    expect(outcomesOf(world)[0]).toBe('unchanged');
  });

  it('when another writer read later that the old state still stands', async () => {
    // The summary bears no stamp of AWS: only the times of the reads tell which state is newer.
    const before = awsSummaryPayload({ engagementScore: 10 });
    const glimpse = awsSummaryPayload({ engagementScore: 90 });
    world.partnerCentral.answer('GetOpportunity', 'O1234567', older);
    world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', glimpse);
    await anotherStores(before, '2026-03-01T10:00:02.000Z', summaryKey);
    const confirmed = async () => {
      const standing = await world.records.current(summaryKey);
      if (standing) await world.records.confirm(standing, '2026-03-01T10:00:06.000Z');
    };
    const records = racing('append', async () => {}, confirmed);
    await hydrateOpportunities(world, [queued(opportunityEvent())], { records });
    expect(versionsOf(world, 'aws-opportunity-summary')).toMatchObject([{ version: 1, payload: before }]);
    expect(outcomesOf(world)).toEqual(['stored', 'stale']);
  });

  it('when a state that was read earlier is stored just before the one at hand is confirmed', async () => {
    // It changed there and back again: v1, then the glimpse that the other writer has, then v1 as we read it.
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

describe('a record that others write all the time', () => {
  it('is left for later after eight lost races, and stored then', async () => {
    world.partnerCentral.answer('GetOpportunity', 'O1234567', newest);
    let appends = 0;
    const records: RecordStore = {
      ...inMemoryRecordStore(),
      async append() {
        appends += 1;
        return 'raced';
      },
    };
    expect(await hydrateOpportunities(world, [queued(opportunityEvent())], { records })).toEqual([]);
    expect(appends).toBe(8);
    expect(world.log.of('event.postponed')).toMatchObject([{ code: 'store.contended', delayMs: 2_000 }]);
    expect(world.queue.parked).toEqual([]);
    await hydrateOpportunities(world, sentAgain(world));
    expect(versionsOf(world, 'opportunity')).toMatchObject([{ version: 1, payload: newest }]);
  });
});
