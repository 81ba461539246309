import { describe, expect, it } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { type CrashingProcess, crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import { versionPath } from '../../fakes/in-memory-record-store.ts';
import {
  type ActWorld,
  type Asked,
  act,
  actUntilQuiet,
  actWorld,
  ask,
  effectiveWrites,
  openLead,
  openOpportunity,
  receiveInvitation,
  receiveLead,
  stateOf,
  truthOf,
} from './act-world.ts';

const nextSteps = { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: 'Call Ada' } } } as const;
const entity = { type: 'AwsProducts', id: 'AmazonEC2' } as const;

/** The worker crashes once; later ones work on the line whenever it is due. */
async function crashOnce(world: ActWorld, key: Parameters<typeof act>[1], process: CrashingProcess) {
  const ports = {
    records: process.wrap(world.records),
    commands: process.wrap(world.commands),
    commandSwitch: process.wrap(world.commandSwitch),
    partnerCentral: process.wrap(world.partnerCentral),
    writes: process.wrap(world.writes),
    doorbell: process.wrap(world.doorbell),
    index: process.wrap(world.index),
  };
  await untilCrash(act(world, key, ports));
  await actUntilQuiet(world, key);
  await finishIntents(world.records);
}

/** Every version is stored and in the outbox, because nothing fans out in these tests. */
function expectCompleteHistory({ records }: ActWorld): void {
  const versions = records.versions();
  expect(new Set(records.outbox().map(versionPath))).toEqual(new Set(versions.map(versionPath)));
  for (const state of records.states()) {
    const numbers = versions.filter(({ id }) => id === state.id).map(({ version }) => version);
    expect(numbers).toEqual(Array.from({ length: state.version }, (_, index) => index + 1));
  }
}

describe('promise 14: after a crash at any call, a command ends once and is written once', () => {
  it('if it is an update', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      const command = await ask(world, key, nextSteps);
      await crashOnce(world, key, process);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
      expect(effectiveWrites(world)).toHaveLength(1);
      expect(textAt(truthOf(world, key), 'LifeCycle', 'NextSteps')).toBe('Call Ada');
      expect(world.commands.tickets(key)).toEqual([]);
      expectCompleteHistory(world);
    });
    expect(crashes).toBeGreaterThan(2 * 15);
  });

  it('if the invitation is accepted by a task that takes a time', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = actWorld();
      const { writes } = world.partner;
      writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 3_000 }) };
      const key = await receiveInvitation(world);
      const command = await ask(world, key, { action: 'invitation.accept' });
      await crashOnce(world, key, process);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
      expect(effectiveWrites(world)).toHaveLength(1);
      expectCompleteHistory(world);
    });
    expect(crashes).toBeGreaterThan(2 * 10);
  });

  it.for<Asked>([
    { action: 'opportunity.associate', entity },
    { action: 'invitation.reject', irreversible: true },
  ])('if it is $action', async (asked) => {
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await (asked.action === 'invitation.reject'
        ? receiveInvitation(world)
        : openOpportunity(world));
      const command = await ask(world, key, asked);
      await crashOnce(world, key, process);
      const state = await stateOf(world, command);
      // Without a timestamp it is not known whether the call was undone: it is not made again.
      if (effectiveWrites(world).length === 0) expect(state).toMatchObject({ code: 'outcome-unknown' });
      else expect(state).toMatchObject({ status: 'succeeded' });
      expect(effectiveWrites(world).length).toBeLessThanOrEqual(1);
      expectCompleteHistory(world);
    });
  });

  it('if a lead is accepted', async () => {
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await receiveLead(world);
      const command = await ask(world, key, { action: 'lead.accept' });
      await crashOnce(world, key, process);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
      expect(effectiveWrites(world)).toHaveLength(1);
      expectCompleteHistory(world);
    });
  });

  it('if a context of an engagement is updated', async () => {
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const { engagement } = await openLead(world);
      const patch = { Lead: { QualificationStatus: 'Qualified' } };
      const asked = { action: 'engagement.update_context', context: { id: '1', patch } } as const;
      const command = await ask(world, engagement, asked);
      await crashOnce(world, engagement, process);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
      expect(effectiveWrites(world)).toHaveLength(1);
      expectCompleteHistory(world);
    });
  });

  it('if a lead becomes an opportunity, which is stored and linked in the end', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = actWorld();
      const { invitation, engagement } = await openLead(world);
      const asked = { action: 'lead.to_opportunity', context: { id: '1' } } as const;
      const command = await ask(world, engagement, asked);
      await crashOnce(world, engagement, process);
      const { status, opportunityId = '' } = await stateOf(world, command);
      expect(status).toBe('succeeded');
      expect(effectiveWrites(world)).toHaveLength(1);
      const opportunity = { catalog: 'AWS', kind: 'opportunity', id: opportunityId } as const;
      const links = await Promise.all(
        [invitation, engagement, opportunity].map(async (each) => (await world.records.current(each))?.links),
      );
      expect(links.map((each) => each?.length)).toEqual([1, 1, 2]);
      expectCompleteHistory(world);
    });
    expect(crashes).toBeGreaterThan(2 * 15);
  });

  it('if two updates wait, in their order', async () => {
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      await ask(world, key, nextSteps);
      const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
      await ask(world, key, { action: 'opportunity.update', patch });
      await crashOnce(world, key, process);
      const written = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
      expect(written).toEqual(['Call Ada', 'Call Bob']);
      expect(world.commands.tickets(key)).toEqual([]);
    });
  });
});
