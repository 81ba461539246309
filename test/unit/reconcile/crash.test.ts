import { describe, expect, it } from 'vitest';
import { type CrashingProcess, crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import {
  finishedPasses,
  hourMs,
  listedEngagement,
  listedInvitation,
  listedOpportunity,
  minuteMs,
  opportunityId,
  passKey,
  type ReconcileWorld,
  reconcileWorld,
  recordIdOf,
  run,
  runAfter,
  stampOf,
  storeOpportunity,
  takeFindings,
} from './reconcile-world.ts';

/** Opportunities 1 to 3 are stored, 2 is stored in an older state, 4 and 5 are not; their watermark is at 1. */
async function partlyStored(): Promise<ReconcileWorld> {
  const world = reconcileWorld({ pageSize: 2 });
  for (const number of [1, 3]) await storeOpportunity(world, number);
  await storeOpportunity(world, 2, stampOf(0));
  for (const number of [1, 2, 3, 4, 5]) world.partnerCentral.put('opportunities', listedOpportunity(number));
  world.partnerCentral.put('received-invitations', listedInvitation());
  world.partnerCentral.put('engagements', listedEngagement());
  world.passes.edit(passKey('opportunities'), {
    state: { watermark: stampOf(1), lastFullAt: '2026-02-28T12:00:00.000Z' },
  });
  world.clock.advance(minuteMs);
  return world;
}

function wrapped(
  { partnerCentral, passes, index, sightings, feeds }: ReconcileWorld,
  process: CrashingProcess,
) {
  const queue = process.wrap(feeds.opportunity.queue);
  return {
    partnerCentral: process.wrap(partnerCentral),
    passes: process.wrap(passes),
    index: process.wrap(index),
    sightings: process.wrap(sightings),
    feeds: { ...feeds, opportunity: { queue } },
  };
}

describe('promise 1: nothing is lost by a crash at any call', () => {
  it('of a pass: what was missed is sent, and the watermark is never ahead of it', async () => {
    const missing = [2, 4, 5].map(opportunityId);
    const crashes = await crashEverywhere(async (process) => {
      const world = await partlyStored();
      await untilCrash(run(world, {}, wrapped(world, process)));
      const isComplete = finishedPasses(world, 'opportunities').length > 0;
      const watermark = world.passes.find(passKey('opportunities'))?.state.watermark ?? '';
      if (!isComplete && watermark !== stampOf(2)) expect(watermark).toBe(stampOf(1));

      await runAfter(world, minuteMs);
      const sent = takeFindings(world).map(recordIdOf);
      expect(sent).toEqual(expect.arrayContaining([...missing, 'engi-abcdefgh12345', 'eng-abcdefgh123456']));
      expect(sent).not.toContain(opportunityId(1));
      expect(world.passes.find(passKey('opportunities'))?.state).toEqual({
        watermark: stampOf(2),
        heldSince: expect.any(String),
        lastFullAt: '2026-02-28T12:00:00.000Z',
      });

      for (const number of [2, 4, 5]) await storeOpportunity(world, number);
      await runAfter(world, hourMs);
      expect(world.passes.find(passKey('opportunities'))?.state.watermark).toBe(stampOf(5));
    });
    expect(crashes).toBeGreaterThan(2 * 30);
  });

  it('of a full pass: everything is sent', async () => {
    await crashEverywhere(async (process) => {
      const world = await partlyStored();
      await runAfter(world, 0);
      takeFindings(world);
      await untilCrash(run(world, { full: true }, wrapped(world, process)));
      // The call itself may have been lost; whoever made it learns that and makes it again.
      if (process.crashedAt()?.includes('request')) await run(world, { full: true });
      await runAfter(world, minuteMs);
      expect(takeFindings(world).map(recordIdOf)).toEqual(
        expect.arrayContaining([1, 2, 3, 4, 5].map(opportunityId)),
      );
    });
  });
});

describe('two runs at once', () => {
  it('never work on one pass', async () => {
    const world = await partlyStored();
    await Promise.all([run(world), run(world), run(world)]);
    const sent = takeFindings(world).map(recordIdOf);
    expect(sent.toSorted()).toEqual(
      [...[2, 4, 5].map(opportunityId), 'engi-abcdefgh12345', 'eng-abcdefgh123456'].toSorted(),
    );
    expect(world.metrics.totals()).toMatchObject({ PassesFinished: 5 });
    expect(finishedPasses(world, 'opportunities')).toHaveLength(1);
  });

  it('where one is held up for longer than its lease, it stops at the next page', async () => {
    const world = await partlyStored();
    let heldUp = true;
    const index = {
      ...world.index,
      readHeads: async (keys: Parameters<typeof world.index.readHeads>[0]) => {
        if (heldUp && keys[0]?.kind === 'opportunity') {
          heldUp = false;
          await runAfter(world, minuteMs);
        }
        return world.index.readHeads(keys);
      },
    };
    await run(world, {}, { index });
    expect(world.log.of('pass.advanced')).toMatchObject([
      { runId: expect.any(String), catalog: 'AWS', pass: 'opportunities', stopped: 'superseded' },
    ]);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(1);
    const state = world.passes.find(passKey('opportunities'))?.state;
    expect(state?.watermark).toBe(stampOf(2));
    expect(state?.progress).toBeUndefined();
  });
});
