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
  storeOpportunity,
  takeFindings,
  timestampOf,
} from './reconcile-world.ts';

/**
 * Opportunities 1 and 3 are stored, 2 is stored in an older state, 4 and 5 are missing. The
 * watermark is at 1.
 */
async function partlyStored(): Promise<ReconcileWorld> {
  const world = reconcileWorld({ pageSize: 2 });
  for (const number of [1, 3]) await storeOpportunity(world, number);
  await storeOpportunity(world, 2, timestampOf(0));
  for (const number of [1, 2, 3, 4, 5]) world.partnerCentral.put('opportunities', listedOpportunity(number));
  world.partnerCentral.put('received-invitations', listedInvitation());
  world.partnerCentral.put('engagements', listedEngagement());
  world.passes.edit(passKey('opportunities'), {
    state: { watermark: timestampOf(1), lastFullAt: '2026-02-28T12:00:00.000Z' },
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
  it('sends every missed record of a pass, and never moves the watermark beyond one', async () => {
    const missing = [2, 4, 5].map(opportunityId);
    const crashes = await crashEverywhere(async (process) => {
      const world = await partlyStored();
      await untilCrash(run(world, {}, wrapped(world, process)));
      const isComplete = finishedPasses(world, 'opportunities').length > 0;
      const watermark = world.passes.find(passKey('opportunities'))?.state.watermark ?? '';
      if (!isComplete && watermark !== timestampOf(2)) expect(watermark).toBe(timestampOf(1));

      await runAfter(world, minuteMs);
      const sent = takeFindings(world).map(recordIdOf);
      expect(sent).toEqual(expect.arrayContaining([...missing, 'engi-abcdefgh12345', 'eng-abcdefgh123456']));
      expect(sent).not.toContain(opportunityId(1));
      expect(world.passes.find(passKey('opportunities'))?.state).toEqual({
        watermark: timestampOf(2),
        result: expect.objectContaining({ items: 5, findings: 3, changes: 3, missing: 2 }),
        lastFullAt: '2026-02-28T12:00:00.000Z',
        finishedAt: expect.any(String),
      });

      for (const number of [2, 4, 5]) await storeOpportunity(world, number);
      await runAfter(world, hourMs);
      expect(world.passes.find(passKey('opportunities'))?.state.watermark).toBe(timestampOf(5));
    });
    expect(crashes).toBeGreaterThan(2 * 30);
  });

  it('sends every record of a full pass', async () => {
    await crashEverywhere(async (process) => {
      const world = await partlyStored();
      await runAfter(world, 0);
      takeFindings(world);
      await untilCrash(run(world, { full: true }, wrapped(world, process)));
      // The request itself may have failed. Its caller sees that and repeats it.
      if (process.crashedAt()?.includes('request')) await run(world, { full: true });
      await runAfter(world, minuteMs);
      expect(takeFindings(world).map(recordIdOf)).toEqual(
        expect.arrayContaining([1, 2, 3, 4, 5].map(opportunityId)),
      );
    });
  });
});

describe('concurrent runs', () => {
  it('never run the same pass', async () => {
    const world = await partlyStored();
    await Promise.all([run(world), run(world), run(world)]);
    const sent = takeFindings(world).map(recordIdOf);
    expect(sent.toSorted()).toEqual(
      [...[2, 4, 5].map(opportunityId), 'engi-abcdefgh12345', 'eng-abcdefgh123456'].toSorted(),
    );
    expect(world.log.of('pass.finished')).toHaveLength(5);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(1);
  });

  it('stop at the next page if their lease has ended and another run has claimed the pass', async () => {
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
    expect(state?.watermark).toBe(timestampOf(2));
    expect(state?.progress).toBeUndefined();
  });
});
