import { beforeEach, describe, expect, it } from 'vitest';
import {
  dayMs,
  finishedPasses,
  hourMs,
  hydrateAll,
  listedInvitation,
  minuteMs,
  opportunityId,
  putOpportunities,
  type ReconcileWorld,
  reconcileWorld,
  recordIdOf,
  run,
  runAfter,
  sentIds,
  storeInvitation,
  storeOpportunity,
  takeFindings,
  timestampOf,
  watermarkOf,
} from './reconcile-world.ts';

let world: ReconcileWorld;
beforeEach(() => {
  world = reconcileWorld({ pageSize: 2 });
});

describe('a full pass', () => {
  beforeEach(async () => {
    putOpportunities(world, 1, 2, 3);
    await hydrateAll(world, [1, 2, 3]);
    await run(world);
    await runAfter(world, hourMs);
  });

  it('runs after a week without a request, and sends every opportunity, none of them as missed', async () => {
    await runAfter(world, 7 * dayMs - hourMs - 1);
    expect(sentIds(world)).toEqual([]);
    await runAfter(world, hourMs);
    const events = takeFindings(world);
    expect(events.map(recordIdOf)).toEqual([1, 2, 3].map(opportunityId));
    expect(events.map(({ listed }) => listed)).toEqual(
      [1, 2, 3].map(() => ({ lastModifiedAt: undefined, status: undefined, drift: false })),
    );
    expect(watermarkOf(world)).toBe(timestampOf(3));
    await runAfter(world, hourMs);
    expect(sentIds(world)).toEqual([]);
  });

  it('never runs without a request if the setting is 0', async () => {
    world = reconcileWorld({ fullPassDays: 0 });
    putOpportunities(world, 1);
    await hydrateAll(world, [1]);
    await run(world);
    await runAfter(world, 400 * dayMs);
    expect(sentIds(world)).toEqual([]);
  });

  it('runs at once on request, even while another pass is running', async () => {
    putOpportunities(world, 4, 5);
    world.clock.advance(hourMs);
    world.queues.opportunity.crowd(200);
    await run(world);
    expect(sentIds(world)).toEqual([opportunityId(4)]);
    world.queues.opportunity.crowd(0);
    await run(world, { full: true });
    expect(sentIds(world)).toEqual([1, 2, 3, 4, 5].map(opportunityId));
    await runAfter(world, hourMs);
    expect(finishedPasses(world, 'opportunities').map(({ full }) => full)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('skips records that were read since its start if it restarts', async () => {
    world.queues.opportunity.crowd(199);
    await run(world, { full: true });
    expect(sentIds(world)).toEqual([opportunityId(1), opportunityId(2)]);
    world.clock.advance(minuteMs);
    await storeOpportunity(world, 1);
    world.partnerCentral.expireTokens();
    world.queues.opportunity.crowd(0);
    await run(world);
    expect(sentIds(world)).toEqual([opportunityId(2), opportunityId(3)]);
  });

  it('has an accepted invitation read again unless its opportunity is linked exactly', async () => {
    const ids = ['engi-aaaaaaaa00001', 'engi-aaaaaaaa00002', 'engi-aaaaaaaa00003', 'engi-aaaaaaaa00004'];
    for (const id of ids) {
      await storeInvitation(world, { id, status: 'ACCEPTED' });
      const PayloadType = id === ids[3] ? 'LeadInvitation' : 'OpportunityInvitation';
      world.partnerCentral.put(
        'received-invitations',
        listedInvitation({ Id: id, Status: 'ACCEPTED', PayloadType }),
      );
    }
    const links = [
      [{ kind: 'opportunity', id: opportunityId(1), via: 'acceptance-task' }],
      [{ kind: 'opportunity', id: opportunityId(2), via: 'project-title' }],
      [{ kind: 'engagement', id: 'eng-abcdefgh123456', via: 'snapshot' }],
    ] as const;
    const index = {
      ...world.index,
      readHeads: async (keys: Parameters<typeof world.index.readHeads>[0]) =>
        new Map(
          [...(await world.index.readHeads(keys))].map(([path, head]) => {
            const number = ids.findIndex((id) => path.endsWith(id));
            return [path, head === 'set-aside' ? head : { ...head, links: links[number] ?? [] }];
          }),
        ),
    };
    world.clock.advance(minuteMs);
    await run(world, { full: true }, { index });
    const events = takeFindings(world).filter(({ key }) => key.kind === 'engagement-invitation');
    expect(events.map(recordIdOf)).toEqual([ids[1], ids[2]]);
    expect(events.map(({ listed }) => listed)).toEqual([
      { status: 'ACCEPTED', drift: false, lastModifiedAt: undefined },
      { status: 'ACCEPTED', drift: false, lastModifiedAt: undefined },
    ]);
  });
});

describe('the metric Silence', () => {
  beforeEach(() => run(world));

  it.each([
    ['is counted if changes are found and no event has arrived for three days', 3 * dayMs, true, 1],
    ['is not counted if the last event is more recent', 3 * dayMs - 1, true, undefined],
    ['is not counted if no change is found', 30 * dayMs, false, undefined],
  ])('%s', async (_what, ms, isChanged, level) => {
    await world.sightings.lastEventAt('2026-03-01T12:00:00.000Z');
    if (isChanged) putOpportunities(world, 1);
    await runAfter(world, ms);
    expect(world.metrics.totals()['Silence']).toBe(level);
  });
});
