import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import type { PlayCall } from '../../fakes/simulated-partner-central.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  openOpportunity,
  receiveInvitation,
  stateOf,
  truthOf,
} from './act-world.ts';

const nextSteps = { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: 'Call Ada' } } } as const;
const unknown = { kind: 'unknown', error: 'TimeoutError' } as const;

/** The service does it, and its answer is lost. */
const losesAnswer: PlayCall = (perform) => {
  perform();
  return unknown;
};
const neverArrives: PlayCall = () => unknown;
function arrivesAfter(ms: number, world: ActWorld): PlayCall {
  return (perform) => {
    world.later.push({ atMs: world.clock.nowMs() + ms, run: perform });
    return unknown;
  };
}

describe('promise 14: a call whose end is unknown', () => {
  it('has succeeded if a read shows what was wanted', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(losesAnswer);
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'read-back' });
    expect(effectiveWrites(world)).toHaveLength(1);
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('is made again after a minute if the record is unchanged', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(neverArrives);
    const command = await ask(world, key, nextSteps);
    await act(world, key);
    advance(world, 59_000);
    await act(world, key);
    expect(world.simulated.calls).toHaveLength(1);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('is not made again if it may have been applied and then undone by a person', async () => {
    const world = actWorld();
    const key = await openOpportunity(world, { LifeCycle: { NextSteps: 'Write' } });
    world.simulated.plays.push((perform) => {
      perform();
      advance(world, 1_000);
      world.partner.updateOpportunity(key.id, { patch: { LifeCycle: { NextSteps: 'Write' } } });
      return unknown;
    });
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'outcome-unknown' });
    expect(textAt(truthOf(world, key), 'LifeCycle', 'NextSteps')).toBe('Write');
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it.for(['expiresAt', 'cancel'] as const)(
    'keeps its command from ending by %s before it cannot arrive any more',
    async (how) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      world.simulated.plays.push(arrivesAfter(50_000, world));
      const expiresAt = instantOf(world.clock.nowMs() + 20_000);
      const command = await ask(world, key, how === 'expiresAt' ? { ...nextSteps, expiresAt } : nextSteps);
      await act(world, key);
      if (how === 'cancel') {
        const { number } = await stateOf(world, command);
        await world.commands.mark(key, number, 'cancelled', instantOf(world.clock.nowMs()));
      }
      advance(world, 30_000);
      await act(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
      await actUntilQuiet(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'read-back' });
      expect(effectiveWrites(world)).toHaveLength(1);
    },
  );

  it('is followed by the end of its expired command if it has not arrived', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(neverArrives);
    const expiresAt = instantOf(world.clock.nowMs() + 20_000);
    const command = await ask(world, key, { ...nextSteps, expiresAt });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'expired' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('lets no other command of the line begin', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(neverArrives);
    await ask(world, key, nextSteps);
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const second = await ask(world, key, { action: 'opportunity.update', patch });
    await act(world, key);
    advance(world, 10_000);
    await act(world, key);
    expect(await stateOf(world, second)).toMatchObject({ status: 'accepted' });
    expect(world.simulated.calls).toHaveLength(1);
    await actUntilQuiet(world, key);
    const sent = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
    expect(sent).toEqual(['Call Ada', 'Call Bob']);
  });

  it('is settled while commands are paused, and nothing new is called', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(losesAnswer);
    const command = await ask(world, key, nextSteps);
    await act(world, key);
    world.switchRow.isPaused = true;
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const second = await ask(world, key, { action: 'opportunity.update', patch });
    await actUntilQuiet(world, key, 5 * 60_000);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'read-back' });
    expect(await stateOf(world, second)).toMatchObject({ status: 'accepted' });
    expect(world.simulated.calls).toHaveLength(1);
    world.switchRow.isPaused = false;
    await actUntilQuiet(world, key);
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded' });
  });

  it('has succeeded if it was a rejection, and the access to the invitation is lost', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    world.simulated.plays.push(losesAnswer);
    const command = await ask(world, key, { action: 'invitation.reject', irreversible: true });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'access-lost' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });
});
