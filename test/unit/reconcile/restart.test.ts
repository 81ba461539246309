import { beforeEach, describe, expect, it } from 'vitest';
import { invalid } from '../../builders/partner-central-failures.ts';
import {
  askedFrom,
  finishedPasses,
  hourMs,
  hydrateAll,
  minuteMs,
  opportunityId,
  passKey,
  putOpportunities,
  type ReconcileWorld,
  reconcileWorld,
  run,
  runAfter,
  sentIds,
  storeOpportunity,
  timestampOf,
  watermarkOf,
} from './reconcile-world.ts';

const opportunities = passKey('opportunities');

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld({ pageSize: 2 });
});

describe('a token that Partner Central refuses', () => {
  beforeEach(async () => {
    putOpportunities(world, 1, 2, 3, 4, 5);
    world.queues.opportunity.crowd(199);
    await run(world);
    expect(sentIds(world)).toEqual([opportunityId(1), opportunityId(2)]);
  });

  it('restarts the pass, and no record is missed', async () => {
    await storeOpportunity(world, 1);
    world.partnerCentral.expireTokens();
    world.queues.opportunity.crowd(0);
    await runAfter(world, minuteMs);
    expect(sentIds(world)).toEqual([2, 3, 4, 5].map(opportunityId));
    expect(world.log.of('pass.restarted')).toEqual([
      expect.objectContaining({ pass: 'opportunities', reason: 'token-refused', pages: 1 }),
    ]);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(1);
  });

  it('restarts the pass only once: the second refusal fails it until the next interval', async () => {
    const refusal = invalid('ListOpportunities');
    world.queues.opportunity.crowd(0);
    let calls = 0;
    const listOpportunities: typeof world.partnerCentral.listOpportunities = async (...args) => {
      calls += 1;
      if (args[2] !== undefined) throw refusal;
      return world.partnerCentral.listOpportunities(...args);
    };
    world.clock.advance(minuteMs);
    await run(world, {}, { partnerCentral: { ...world.partnerCentral, listOpportunities } });
    expect(calls).toBe(3);
    expect(world.metrics.totals()).toMatchObject({ PassesFailed: 1 });
    expect(watermarkOf(world)).toBeUndefined();
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5].map(opportunityId)));
  });
});

describe('a list that does not end', () => {
  it.each([
    ['never changes', () => 'token', 2],
    ['leads back to the first pages', (page: number) => `token-${page % 3}`, 7],
  ])('fails the pass if the token %s, and the next pass starts anew', async (_, tokenOf, expected) => {
    let reads = 0;
    const listOpportunities: typeof world.partnerCentral.listOpportunities = async () => {
      reads += 1;
      return { items: [], nextToken: tokenOf(reads) };
    };
    await run(world, {}, { partnerCentral: { ...world.partnerCentral, listOpportunities } });
    expect(reads).toBe(expected);
    expect(world.log.of('pass.failed')).toMatchObject([
      { pass: 'opportunities', code: 'partner-central.endless-list' },
    ]);
    putOpportunities(world, 1);
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([opportunityId(1)]);
  });
});

describe('a watermark that was edited by hand', () => {
  beforeEach(async () => {
    putOpportunities(world, 1, 2, 3);
    await hydrateAll(world, [1, 2, 3]);
    await run(world);
  });

  it.each([
    [
      'into the future',
      { state: { watermark: '2026-03-01T14:00:00.001Z', lastFullAt: timestampOf(0) } },
      'ahead',
    ],
    [
      'into something unreadable',
      { state: { lastFullAt: timestampOf(0) }, unreadable: ['watermark'] },
      'unreadable',
    ],
  ] as const)(
    '%s has the pass see the whole list, and no watermark is left of it',
    async (_what, row, reason) => {
      putOpportunities(world, 4);
      world.passes.edit(opportunities, {
        ...row,
        state: { ...row.state, lastFullAt: '2026-03-01T11:00:00.000Z' },
      });
      await runAfter(world, hourMs);
      expect(askedFrom(world, 1)).toEqual([undefined]);
      expect(sentIds(world)).toEqual([opportunityId(4)]);
      expect(world.log.of('pass.restarted')).toEqual([
        { catalog: 'AWS', pass: 'opportunities', reason, members: ['watermark'] },
      ]);
      expect(watermarkOf(world)).toBe(timestampOf(4));
    },
  );

  it('restarts a running pass, because a page token belongs to its watermark', async () => {
    putOpportunities(world, 4, 5, 6);
    world.clock.advance(hourMs);
    world.queues.opportunity.crowd(200);
    await run(world);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
    world.queues.opportunity.crowd(0);
    const { state } = world.passes.find(opportunities) ?? {};
    world.passes.edit(opportunities, { state: { ...state, watermark: '2031-01-01T00:00:00.000Z' } });
    await runAfter(world, minuteMs);
    expect(sentIds(world)).toEqual([4, 5, 6].map(opportunityId));
    expect(watermarkOf(world)).toBe(timestampOf(4));
    expect(world.log.of('pass.restarted').map(({ reason }) => reason)).toEqual(['ahead']);
  });

  it('is accepted up to an hour ahead, because clocks differ', async () => {
    const state = { watermark: '2026-03-01T14:00:00.000Z', lastFullAt: '2026-03-01T11:00:00.000Z' } as const;
    world.passes.edit(opportunities, { state });
    await runAfter(world, hourMs);
    expect(askedFrom(world, 1)).toEqual(['2026-03-01T14:00:00.000Z']);
    expect(world.log.of('pass.restarted')).toEqual([]);
  });
});
