import { beforeEach, describe, expect, it } from 'vitest';
import { readLimiters } from '../../../lambdas/quota/read-limiter.ts';
import { opportunityEvent } from '../../builders/events.ts';
import { throttled } from '../../builders/partner-central-failures.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import { inMemoryQuotaLedger } from '../../fakes/in-memory-quota-ledger.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';
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
  world.partnerCentral.answer('GetOpportunity', 'O1234567', opportunityPayload());
  world.partnerCentral.answer('GetAwsOpportunitySummary', 'O1234567', awsSummaryPayload());
});

/** Numbers of reads of the opportunity and of its summary. */
function reads(opportunityId?: string): number[] {
  const { partnerCentral } = world;
  return [
    partnerCentral.countReads('GetOpportunity', opportunityId),
    partnerCentral.countReads('GetAwsOpportunitySummary', opportunityId),
  ];
}

describe('promise 4: a burst of events for one record costs one read', () => {
  const burst = [3, 0, 4, 1, 2].map((seconds) =>
    queued(opportunityEvent({ eventId: `event-${seconds}`, time: eventTime(seconds) })),
  );

  it('reads a record once for all its events in a batch', async () => {
    world.clock.set('2026-03-01T10:00:08.000Z');
    expect(await hydrateOpportunities(world, burst)).toEqual([]);
    expect(reads()).toEqual([1, 1]);
    const causes = world.records.versions().map(({ cause }) => cause);
    const cause = {
      detailType: 'Opportunity Updated',
      eventIds: ['event-0', 'event-1', 'event-2', 'event-3', 'event-4'],
      eventTime: '2026-03-01T10:00:04.000Z',
    };
    expect(causes).toEqual([cause, cause]);
  });

  it('reads nothing for a later batch if a read began after all of its events', async () => {
    world.clock.set('2026-03-01T10:00:08.000Z');
    for (const message of burst) expect(await hydrateOpportunities(world, [message])).toEqual([]);
    expect(reads()).toEqual([1, 1]);
    expect(outcomesOf(world)).toEqual(['stored', 'stored', ...Array.from({ length: 8 }, () => 'reflected')]);
    expect(world.metrics.totals()).toEqual({ RecordsStored: 2 });
  });

  it('reads each record of a batch once', async () => {
    for (const id of ['O2', 'O3']) {
      world.partnerCentral.answer('GetOpportunity', id, opportunityPayload({ id }));
      world.partnerCentral.answer('GetAwsOpportunitySummary', id, awsSummaryPayload({ opportunityId: id }));
    }
    const ids = ['O1234567', 'O2', 'O3', 'O2', 'O1234567'];
    await hydrateOpportunities(
      world,
      ids.map((opportunityId) => queued(opportunityEvent({ opportunityId }))),
    );
    expect([reads('O1234567'), reads('O2'), reads('O3')]).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(versionsOf(world, 'opportunity').map(({ id }) => id)).toEqual(['O1234567', 'O2', 'O3']);
  });

  it('treats the same id in two catalogs as two records', async () => {
    await hydrateOpportunities(
      world,
      ['AWS', 'Sandbox'].map((catalog) => queued(opportunityEvent({ catalog }))),
    );
    expect(reads()).toEqual([2, 2]);
    expect(versionsOf(world, 'opportunity').map(({ catalog }) => catalog)).toEqual(['AWS', 'Sandbox']);
  });

  it('reads each record once even if there are more records than concurrent reads', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => `O${index}`);
    for (const id of ids) world.partnerCentral.answer('GetOpportunity', id, opportunityPayload({ id }));
    await hydrateOpportunities(
      world,
      ids.map((opportunityId) => queued(opportunityEvent({ opportunityId }))),
    );
    expect(world.records.versions().map(({ id }) => id)).toEqual(ids);
  });
});

describe('isReflected', () => {
  // The change happened by 10:00:00.999, and reads return it three seconds later.
  const event = queued(opportunityEvent({ time: '2026-03-01T10:00:00Z' }));

  it.each([
    ['2026-03-01T10:00:03.999Z', 2],
    ['2026-03-01T10:00:04.000Z', 1],
  ] as const)(
    'after a stored read at %s, an event costs %i reads of the opportunity',
    async (readAt, expected) => {
      world.clock.set(readAt);
      await hydrateOpportunities(world, [event]);
      world.clock.set('2026-03-01T10:00:20.000Z');
      await hydrateOpportunities(world, [event]);
      expect(reads()).toEqual([expected, expected]);
    },
  );

  it('counts a read that found no change', async () => {
    world.clock.set('2026-03-01T10:00:03.000Z');
    await hydrateOpportunities(world, [event]);
    world.clock.set('2026-03-01T10:00:06.000Z');
    await hydrateOpportunities(world, [event]);
    expect(await world.records.current(opportunityKey)).toMatchObject({
      version: 1,
      readAt: '2026-03-01T10:00:06.000Z',
    });
    world.clock.set('2026-03-01T10:00:20.000Z');
    await hydrateOpportunities(world, [event]);
    expect(reads()).toEqual([2, 2]);
    expect(outcomesOf(world)).toEqual([
      'stored',
      'stored',
      'unchanged',
      'unchanged',
      'reflected',
      'reflected',
    ]);
  });

  it('reads the record if one event of the batch is not reflected', async () => {
    await hydrateOpportunities(world, [event]);
    world.clock.set('2026-03-01T10:00:20.000Z');
    await hydrateOpportunities(world, [event, queued(opportunityEvent({ time: eventTime(15) }))]);
    expect(reads()).toEqual([2, 2]);
  });
});

/** A Partner Central whose reads wait for permits, and a ledger that counts its writes. */
function rateLimited() {
  const time = virtualTime();
  const ledger = inMemoryQuotaLedger();
  const quota = readLimiters({
    ledger,
    limits: { perSecond: 10, perDay: 100_000 },
    writer: 'hydrate',
    clock: time.clock(),
    random: fixedRandom(),
    log: world.log,
    metrics: recordedMetrics(),
  })({ purpose: 'record', patienceMs: 20_000 });
  const partnerCentral: HydrationWorld['partnerCentral'] = {
    ...world.partnerCentral,
    async getOpportunity(...args) {
      await quota.acquirePermit();
      return world.partnerCentral.getOpportunity(...args);
    },
    async getAwsOpportunitySummary(...args) {
      await quota.acquirePermit();
      return world.partnerCentral.getAwsOpportunitySummary(...args);
    },
  };
  return { time, ledger, partnerCentral };
}

describe('promise 4: the permits of one event', () => {
  it('are reserved by one write of the ledger if the opportunity was submitted before', async () => {
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(60_000);
    const { time, ledger, partnerCentral } = rateLimited();
    const event = queued(opportunityEvent({ time: eventTime(60) }));
    const work = hydrateOpportunities(world, [event], { partnerCentral });
    await time.run(1_000);
    expect(await work).toEqual([]);
    expect(reads()).toEqual([2, 2]);
    const { revision, item } = await ledger.read();
    expect({ revision, used: item?.['hoursTotal'] }).toEqual({ revision: 1, used: 2 });
  });

  it('leave no read under way when the read of the opportunity fails', async () => {
    await hydrateOpportunities(world, [queued(opportunityEvent())]);
    world.clock.advance(60_000);
    world.partnerCentral.answer('GetOpportunity', 'O1234567', throttled('GetOpportunity'));
    const { time, partnerCentral } = rateLimited();
    let ended = 0;
    const watching: HydrationWorld['partnerCentral'] = {
      ...partnerCentral,
      async getAwsOpportunitySummary(...args) {
        const answer = await partnerCentral.getAwsOpportunitySummary(...args);
        ended += 1;
        return answer;
      },
    };
    const event = queued(opportunityEvent({ time: eventTime(60) }));
    const work = hydrateOpportunities(world, [event], { partnerCentral: watching });
    await time.run(1_000);
    await work;
    expect(ended).toBe(1);
    expect(sentAgain(world)).toHaveLength(1);
  });
});
