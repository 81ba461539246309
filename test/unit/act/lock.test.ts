import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import type { LockRefusal } from '../../../local/partner-central/model/service-behavior.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  openOpportunity,
  stateOf,
} from './act-world.ts';

const hourMs = 60 * 60_000;

function steps(text: string) {
  return { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: text } } } as const;
}

function setReview({ partner }: ActWorld, id: string, ReviewStatus: string): void {
  partner.updateOpportunity(id, { patch: { LifeCycle: { ReviewStatus } }, sameTimestamp: true });
}

describe('While AWS reviews an opportunity', () => {
  it('updates wait, in order, and are written once the review has ended', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    const commands = [];
    for (const text of ['1', '2', '3', '4', '5']) commands.push(await ask(world, key, steps(text)));
    await actUntilQuiet(world, key);
    const [first = ''] = commands;
    expect(await stateOf(world, first)).toMatchObject({ status: 'waiting', reason: 'lock' });
    expect(world.simulated.calls).toEqual([]);
    setReview(world, key.id, 'Approved');
    await world.commands.signal(key, instantOf(world.clock.nowMs()));
    await actUntilQuiet(world, key);
    const written = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
    expect(written).toEqual(['1', '2', '3', '4', '5']);
    for (const command of commands)
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.metrics.totals()).toMatchObject({ CommandsWaiting: 1, CommandsSucceeded: 5 });
  });

  it('a lost signal costs an hour at most, also if the timestamp has not moved', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'Submitted');
    const command = await ask(world, key, steps('Call Ada'));
    await act(world, key);
    setReview(world, key.id, 'Approved');
    await actUntilQuiet(world, key, hourMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });

  it('an unlock during the look is not missed', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    const command = await ask(world, key, steps('Call Ada'));
    let isLocked = true;
    const release: ActWorld['commands']['release'] = async (...args) => {
      if (isLocked) {
        isLocked = false;
        advance(world, 1_000);
        setReview(world, key.id, 'Approved');
        await world.commands.signal(key, instantOf(world.clock.nowMs()));
      }
      return world.commands.release(...args);
    };
    await act(world, key, { commands: { ...world.commands, release } });
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });

  it('an update that does not want to wait fails, also behind one that waits', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    const waits = await ask(world, key, steps('Call Ada'));
    const fails = await ask(world, key, { ...steps('Call Bob'), onLocked: 'fail' });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, waits)).toMatchObject({ status: 'waiting' });
    expect(await stateOf(world, fails)).toMatchObject({ status: 'failed', code: 'locked' });
  });

  it('other actions pass', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    await ask(world, key, steps('Call Ada'));
    const entity = { type: 'AwsProducts', id: 'AmazonEC2' } as const;
    const other = await ask(world, key, { action: 'opportunity.associate', entity });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, other)).toMatchObject({ status: 'succeeded' });
  });

  it('an update that waits expires', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    const expiresAt = instantOf(world.clock.nowMs() + 5 * 60_000);
    const command = await ask(world, key, { ...steps('Call Ada'), expiresAt });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'expired' });
  });

  it.for<LockRefusal>(['INVALID_RESOURCE_STATE', 'ACTION_NOT_PERMITTED', 'conflict', 'access-denied'])(
    'an update waits that AWS refuses as %s, because the review began after its read',
    async (lockRefusal) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      world.partner.writes.behavior = { ...world.partner.writes.behavior, lockRefusal };
      world.simulated.plays.push((perform) => {
        setReview(world, key.id, 'In review');
        return perform();
      });
      const command = await ask(world, key, steps('Call Ada'));
      await actUntilQuiet(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'waiting', reason: 'lock' });
      setReview(world, key.id, 'Approved');
      await actUntilQuiet(world, key, hourMs);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    },
  );

  it.for<LockRefusal>(['INVALID_RESOURCE_STATE', 'conflict'])(
    'an update does not fail that AWS refuses as %s while reads do not show the review yet',
    async (lockRefusal) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      world.partner.writes.behavior = { ...world.partner.writes.behavior, lockRefusal };
      world.simulated.plays.push((perform) => {
        setReview(world, key.id, 'In review');
        world.simulated.lagMs = 5_000;
        return perform();
      });
      const command = await ask(world, key, steps('Call Ada'));
      await act(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
      advance(world, 10_000);
      await act(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'waiting', reason: 'lock' });
    },
  );

  it('updates wait for a week with one version each, and one read an hour', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    for (let number = 0; number < 10; number += 1) await ask(world, key, steps(String(number)));
    const reads: string[] = [];
    world.simulated.onRead = (operation) => void reads.push(operation);
    await actUntilQuiet(world, key, 7 * 24 * hourMs);
    expect(reads.length).toBeLessThanOrEqual(7 * 24 + 1);
    const ofCommands = world.records.versions().filter(({ kind }) => kind === 'command');
    expect(ofCommands.map(({ type }) => type).filter((type) => type !== 'command.accepted')).toEqual([
      'command.waiting',
    ]);
    setReview(world, key.id, 'Approved');
    await actUntilQuiet(world, key, hourMs);
    expect(effectiveWrites(world)).toHaveLength(10);
    expect(world.metrics.levels('CommandAge')).toEqual([]);
  });

  it('an update that waits is cancelled at once, and cannot be approved or cancelled afterwards', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    setReview(world, key.id, 'In review');
    const command = await ask(world, key, steps('Call Ada'));
    await act(world, key);
    const mark = (what: 'approved' | 'cancelled') =>
      world.commands.mark(key, 1, what, instantOf(world.clock.nowMs()));
    expect(await mark('cancelled')).toBe('marked');
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'cancelled' });
    expect([await mark('approved'), await mark('cancelled')]).toEqual(['absent', 'absent']);
  });
});
