import { beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { listNames } from '../../../lambdas/core/pass.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { accessDenied, throttled } from '../../builders/partner-central-failures.ts';
import {
  askedFrom,
  finishedPasses,
  hourMs,
  hydrateAll,
  invitationId,
  listedEngagement,
  listedInvitation,
  listedOpportunity,
  minuteMs,
  opportunityId,
  passKey,
  putOpportunities,
  type ReconcileWorld,
  reconcileWorld,
  recordIdOf,
  run,
  runAfter,
  sentIds,
  storeOpportunity,
  takeFindings,
  timestampOf,
  watermarkOf,
} from './reconcile-world.ts';

const opportunities = passKey('opportunities');
const refuse = () => Promise.reject(accessDenied('ListOpportunities'));

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld({ pageSize: 2 });
});

describe('the first pass', () => {
  it('is the backfill: sends every record, none of them as missed', async () => {
    putOpportunities(world, 1, 2, 3);
    world.partnerCentral.put('received-invitations', listedInvitation());
    world.partnerCentral.put('engagements', listedEngagement());
    await run(world);
    const events = takeFindings(world);
    expect(events.map(recordIdOf).toSorted()).toEqual(
      [opportunityId(1), opportunityId(2), opportunityId(3), 'eng-abcdefgh123456', invitationId].toSorted(),
    );
    expect(events.map(({ listed }) => listed?.drift)).toEqual([false, false, false, false, false]);
    expect(askedFrom(world)).toEqual([undefined]);
    expect(world.metrics.totals()).toEqual({ FindingsSent: 5 });
  });

  it('sends findings with the listed values, all with the same run id', async () => {
    putOpportunities(world, 1, 2);
    await run(world);
    const [first, second] = takeFindings(world);
    expect(first).toMatchObject({
      detailType: 'Opportunity Reconciled',
      time: '2026-03-01T12:00:00.000Z',
      listed: { lastModifiedAt: timestampOf(1), drift: false },
    });
    expect(first?.eventId).toMatch(/^run_[0-9a-f]{32}$/);
    expect(second?.eventId).toBe(first?.eventId);
    expect(finishedPasses(world, 'opportunities')).toEqual([
      expect.objectContaining({ runId: first?.eventId, catalog: 'AWS', pages: 1, items: 2, findings: 2 }),
    ]);
  });

  it('promise 6: sends ids and dates of an invitation, but no names and no accounts', async () => {
    world.partnerCentral.put('received-invitations', listedInvitation({ ExpirationDate: 'null' }));
    world.partnerCentral.put(
      'sent-invitations',
      listedInvitation({ Id: 'engi-zzzzzzzz00000', ParticipantType: 'string' }),
    );
    await run(world);
    const events = takeFindings(world);
    const known = events.flatMap((event) => ('known' in event ? [event.known] : []));
    const shared = {
      Catalog: 'AWS',
      EngagementId: 'eng-abcdefgh123456',
      PayloadType: 'OpportunityInvitation',
    };
    expect(known).toEqual([
      expect.objectContaining({ ...shared, Id: 'engi-zzzzzzzz00000', ParticipantType: 'SENDER' }),
      expect.objectContaining({ ...shared, Id: invitationId, ParticipantType: 'RECEIVER' }),
    ]);
    expect(JSON.stringify(world.queues['engagement-invitation'].sent)).not.toMatch(/AWS"|1111|platform|aws"/);
  });

  it('is followed by a pass that sees the findings stored, and then by passes from the watermark on', async () => {
    putOpportunities(world, 1, 2, 3);
    await run(world);
    expect(watermarkOf(world)).toBe(timestampOf(1));
    await hydrateAll(world, [1, 2, 3]);
    await runAfter(world, hourMs);
    expect(watermarkOf(world)).toBe(timestampOf(3));
    await runAfter(world, hourMs);
    expect(askedFrom(world)).toEqual([undefined, timestampOf(1), timestampOf(3)]);
    expect(sentIds(world)).toEqual([]);
  });
});

describe('a pass', () => {
  /** Opportunities 1 to 3 are stored, and the first passes are complete. */
  beforeEach(async () => {
    putOpportunities(world, 1, 2, 3);
    await hydrateAll(world, [1, 2, 3]);
    await run(world);
    expect(watermarkOf(world)).toBe(timestampOf(3));
    expect(sentIds(world)).toEqual([]);
  });

  it('sends records that the table lacks or holds in an older state, as missed', async () => {
    world.partnerCentral.put('opportunities', listedOpportunity(1, timestampOf(100)));
    putOpportunities(world, 4);
    await runAfter(world, hourMs);
    const events = takeFindings(world);
    expect(events.map((event) => [recordIdOf(event), event.listed])).toEqual([
      [opportunityId(4), { lastModifiedAt: timestampOf(4), status: undefined, drift: true }],
      [opportunityId(1), { lastModifiedAt: timestampOf(100), status: undefined, drift: true }],
    ]);
  });

  it('starts one interval after the start of the previous pass, not earlier', async () => {
    const calls = world.partnerCentral.calls.length;
    await runAfter(world, hourMs - 1);
    expect(world.partnerCentral.calls).toHaveLength(calls);
    await runAfter(world, 1);
    expect(world.partnerCentral.calls.length).toBeGreaterThan(calls);
  });

  it('leaves changes of the last minute to their events, and lists them again', async () => {
    world.clock.advance(hourMs);
    putOpportunities(world, 4);
    await storeOpportunity(world, 4);
    world.partnerCentral.put('opportunities', listedOpportunity(5, '2026-03-01T12:59:30.000Z'));
    await run(world);
    expect(takeFindings(world).map(({ listed }) => listed?.drift)).toEqual([false]);
    expect(watermarkOf(world)).toBe(timestampOf(4));
  });

  it('lists again what may have appeared on pages that a long pass had read already', async () => {
    world.clock.set('2026-03-01T13:00:00.000Z');
    const change = (number: number, timestamp: Instant) =>
      world.partnerCentral.put('opportunities', listedOpportunity(number, timestamp));
    for (const [number, timestamp] of [
      [5, '2026-03-01T12:59:50.000Z'],
      [6, '2026-03-01T12:59:51.000Z'],
    ] as const) {
      change(number, timestamp);
      await storeOpportunity(world, number, timestamp);
    }
    const save: typeof world.passes.save = async (claimed, state, leaseEndsAt) => {
      world.queues.opportunity.crowd(500);
      return world.passes.save(claimed, state, leaseEndsAt);
    };
    await run(world, {}, { passes: { ...world.passes, save } });
    change(4, '2026-03-01T12:59:49.000Z');
    world.queues.opportunity.crowd(0);
    await runAfter(world, 30 * minuteMs);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(2);
    expect(sentIds(world)).toEqual([]);
    await runAfter(world, 30 * minuteMs);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
  });

  it('holds the watermark at a missed record until the table has it', async () => {
    putOpportunities(world, 4, 5);
    await storeOpportunity(world, 5);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
    expect(watermarkOf(world)).toBe(timestampOf(4));
    // The queue was purged.
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
    await storeOpportunity(world, 4);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([]);
    expect(watermarkOf(world)).toBe(timestampOf(5));
  });

  it('sends a finding again until the record is stored, also if its read is refused for a week', async () => {
    putOpportunities(world, 4, 5);
    await storeOpportunity(world, 5);
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      await runAfter(world, hourMs);
      expect(sentIds(world)).toContain(opportunityId(4));
    }
    expect(watermarkOf(world)).toBe(timestampOf(4));
    await storeOpportunity(world, 4);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([]);
    expect(watermarkOf(world)).toBe(timestampOf(5));
  });

  it('counts a refusal in every hour of a week in which every list is refused, and forgets nothing', async () => {
    putOpportunities(world, 4);
    const refused = {
      ...world.partnerCentral,
      listOpportunities: refuse,
      listEngagementInvitations: refuse,
      listEngagements: refuse,
    };
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      const before = world.metrics.totals()['ReadsRefused'] ?? 0;
      world.clock.advance(hourMs);
      await run(world, {}, { partnerCentral: refused });
      expect(world.metrics.totals()['ReadsRefused']).toBe(before + listNames.length);
    }
    expect(world.metrics.totals()).toMatchObject({ PassesFailed: 672, ReadsRefused: 672 });
    expect(sentIds(world)).toEqual([]);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toContain(opportunityId(4));
  });

  it.each([
    ['a timestamp that is less than a minute old', '2026-03-01T12:59:00.001Z'],
    ['a timestamp years ahead', '2031-01-01T00:00:00.000Z'],
    ['no timestamp', null],
  ])('keeps the watermark if a list contains %s', async (_what, timestamp) => {
    world.partnerCentral.put('opportunities', listedOpportunity(4, timestamp));
    await runAfter(world, hourMs);
    expect(watermarkOf(world)).toBe(timestampOf(3));
  });

  it('counts unusable items and continues with the others', async () => {
    const timestamp = timestampOf(200);
    for (const Id of [null, 7, 'O', 'engi-abcdefgh12345', ''])
      world.partnerCentral.put('opportunities', { LastModifiedDate: timestamp, ...(Id !== null && { Id }) });
    putOpportunities(world, 4);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
    expect(world.metrics.totals()).toMatchObject({ ListItemsUnusable: 5 });
    expect(finishedPasses(world, 'opportunities').at(-1)).toMatchObject({ unusable: 5, items: 7, pages: 4 });
    expect(watermarkOf(world)).toBe(timestampOf(4));
  });

  it('sends an item without a date once, and after that only in full passes', async () => {
    const undated = { Id: opportunityId(9), LastModifiedDate: null };
    world.partnerCentral.put('opportunities', undated);
    world.passes.edit(opportunities, { state: {} });
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([opportunityId(9)]);
    await storeOpportunity(world, 9, null);
    world.passes.edit(opportunities, { state: { lastFullAt: '2026-03-01T12:00:00.000Z' } });
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([]);
    await runAfter(world, 1, { full: true });
    expect(sentIds(world)).toContain(opportunityId(9));
  });

  it('pauses while the queue is full and continues in a later minute', async () => {
    putOpportunities(world, 4, 5, 6, 7);
    world.clock.advance(hourMs);
    world.queues.opportunity.crowd(201);
    await run(world);
    expect(sentIds(world)).toEqual([]);
    expect(world.log.of('pass.advanced')).toEqual([
      expect.objectContaining({ pass: 'opportunities', stopped: 'queue', pages: 0 }),
    ]);
    world.queues.opportunity.crowd(199);
    await runAfter(world, minuteMs);
    // The first page fills the queue to 200 messages; the second page has to wait.
    expect(sentIds(world)).toEqual([opportunityId(4), opportunityId(5), opportunityId(6)]);
    await runAfter(world, minuteMs);
    expect(sentIds(world)).toEqual([opportunityId(7)]);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(2);
  });

  it('pauses when its time is up and is due at once', async () => {
    putOpportunities(world, 4, 5, 6, 7);
    world.clock.advance(hourMs);
    const index = {
      ...world.index,
      readHeads: (keys: Parameters<typeof world.index.readHeads>[0]) => {
        if (keys[0]?.kind === 'opportunity') world.clock.advance(25_000);
        return world.index.readHeads(keys);
      },
    };
    await run(world, {}, { index });
    expect(sentIds(world)).toEqual([opportunityId(4), opportunityId(5), opportunityId(6)]);
    expect(world.log.of('pass.advanced')).toEqual([expect.objectContaining({ stopped: 'time', pages: 2 })]);
    expect(watermarkOf(world)).toBe(timestampOf(3));
    await run(world);
    expect(sentIds(world)).toEqual([opportunityId(7)]);
    expect(watermarkOf(world)).toBe(timestampOf(4));
  });

  it.each([
    ['throttled', throttled('ListOpportunities'), 1_000],
    [
      'kept waiting by the quota',
      new ServiceError(
        'quota.waiting',
        { limit: 'day', waitMs: 7_000_000 },
        { retry: laterAfter(7_000_000) },
      ),
      7_000_000,
    ],
  ])(
    'a pass that is %s continues at the same page after the delay of the error',
    async (_what, failure, laterMs) => {
      putOpportunities(world, 4, 5, 6);
      world.clock.advance(hourMs);
      world.partnerCentral.fail('opportunities');
      const queue = {
        ...world.queues.opportunity,
        send: async (bodies: readonly string[]) => {
          await world.queues.opportunity.send(bodies);
          world.partnerCentral.fail('opportunities', failure);
        },
      };
      await run(world, {}, { feeds: { ...world.feeds, opportunity: { queue } } });
      expect(sentIds(world)).toEqual([opportunityId(4)]);
      expect(world.log.of('pass.advanced')).toEqual([
        expect.objectContaining({ stopped: 'failure', code: failure.code, pages: 1 }),
      ]);
      await runAfter(world, laterMs - 1);
      expect(sentIds(world)).toEqual([]);
      await runAfter(world, 1);
      expect(sentIds(world)).toEqual([opportunityId(5), opportunityId(6)]);
      expect(world.metrics.totals()['PassesFailed']).toBeUndefined();
    },
  );

  it('a pass that is refused fails with its reason, runs again at the next interval and stops no other pass', async () => {
    putOpportunities(world, 4);
    world.partnerCentral.put('engagements', listedEngagement());
    world.partnerCentral.fail('opportunities', accessDenied('ListOpportunities'));
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual(['eng-abcdefgh123456']);
    expect(world.log.of('pass.failed')).toEqual([
      expect.objectContaining({ pass: 'opportunities', code: 'partner-central.access-denied' }),
    ]);
    expect(world.metrics.totals()).toMatchObject({ PassesFailed: 1 });
    expect(world.passes.find(opportunities)?.state).toMatchObject({
      finishedAt: '2026-03-01T12:00:00.000Z',
      failedAt: '2026-03-01T13:00:00.000Z',
      failure: {
        code: 'partner-central.access-denied',
        reason: '{"operation":"ListOpportunities"}',
      },
    });
    expect(world.passes.find(passKey('engagements'))?.state.failedAt).toBeUndefined();
    await runAfter(world, hourMs - 1);
    expect(sentIds(world)).toEqual([]);
    await runAfter(world, 1);
    expect(sentIds(world)).toContain(opportunityId(4));
    const { failedAt, failure, finishedAt } = world.passes.find(opportunities)?.state ?? {};
    expect([failedAt, failure, finishedAt]).toEqual([undefined, undefined, '2026-03-01T14:00:00.000Z']);
  });

  it('a pass that fails with an unexpected error stops no other pass, and is claimed again after its lease', async () => {
    putOpportunities(world, 4);
    world.partnerCentral.put('engagements', listedEngagement());
    const bug = new TypeError('a bug');
    world.partnerCentral.fail('opportunities', bug);
    world.clock.advance(hourMs);
    await expect(run(world)).rejects.toBe(bug);
    expect(sentIds(world)).toEqual(['eng-abcdefgh123456']);
    await runAfter(world, minuteMs);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
  });
});
