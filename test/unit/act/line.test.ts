import { describe, expect, it } from 'vitest';
import { actBatch } from '../../../lambdas/act/act-batch.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { at, textAt } from '../../../lambdas/core/json.ts';
import { linePath } from '../../../lambdas/core/line.ts';
import { laterAfter, ServiceError } from '../../../lambdas/core/service-error.ts';
import { refused } from '../../builders/write-results.ts';
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
  truthOf,
} from './act-world.ts';

const minuteMs = 60_000;
const entity = { type: 'AwsProducts', id: 'AmazonEC2' } as const;
const associate = { action: 'opportunity.associate', entity } as const;

function steps(text: string) {
  return { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: text } } } as const;
}

function mark(
  world: ActWorld,
  ...[key, number, what]: readonly [
    Parameters<ActWorld['commands']['mark']>[0],
    number,
    'approved' | 'cancelled',
  ]
) {
  return world.commands.mark(key, number, what, instantOf(world.clock.nowMs()));
}

describe('On a line', () => {
  it('commands of two clients run one after the other, in the order of their acceptance', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const other = 'arn:aws:iam::123456789012:role/bi';
    for (const [text, client] of [
      ['1', other],
      ['2', undefined],
      ['3', other],
      ['4', undefined],
    ] as const)
      await ask(world, key, { ...steps(text), onConflict: 'overwrite', ...(client && { client }) });
    await Promise.all([act(world, key), act(world, key)]);
    await actUntilQuiet(world, key);
    const written = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
    expect(written).toEqual(['1', '2', '3', '4']);
  });

  it('a second association of the same entity has nothing to do', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const [first, second] = [await ask(world, key, associate), await ask(world, key, associate)];
    await actUntilQuiet(world, key);
    expect(await stateOf(world, first)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded', evidence: 'already' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('an association that AWS refuses as a duplicate has succeeded', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push((perform) => {
      perform();
      return perform();
    });
    const command = await ask(world, key, associate);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'already' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('an assignment replaces the owner', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const assignee = {
      Email: 'ada@partner.example.com',
      FirstName: 'Ada',
      LastName: 'L',
      BusinessTitle: 'PM',
    };
    const command = await ask(world, key, { action: 'opportunity.assign', assignee });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(at(truthOf(world, key), 'OpportunityTeam')).toMatchObject([{ Email: 'ada@partner.example.com' }]);
  });

  it('the last solution is not removed without approval, also if it has become the last one', async () => {
    const world = actWorld();
    const key = await openOpportunity(world, { RelatedEntityIdentifiers: { Solutions: ['S-1', 'S-2'] } });
    const solution = { type: 'Solutions', id: 'S-1' } as const;
    const command = await ask(world, key, { action: 'opportunity.disassociate', entity: solution });
    const patch = { RelatedEntityIdentifiers: { Solutions: ['S-1'] } };
    world.partner.alter('opportunity', key.id, patch);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'refused',
      problems: [{ path: '/RelatedEntityIdentifiers/Solutions', code: 'needs-approval', by: 'relay' }],
    });
    expect(world.simulated.calls).toEqual([]);
  });

  it('a command runs after the one that it names has succeeded, and fails if that one fails', async () => {
    const world = actWorld();
    const [key, target] = [await openOpportunity(world), await openOpportunity(world)];
    const first = await ask(world, target, steps('1'));
    const second = await ask(world, key, { ...steps('2'), after: first });
    await act(world, key);
    expect(await stateOf(world, second)).toMatchObject({ status: 'accepted' });
    world.simulated.plays.push(() => refused());
    await actUntilQuiet(world, target);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, first)).toMatchObject({ status: 'failed', code: 'refused' });
    expect(await stateOf(world, second)).toMatchObject({ status: 'failed', code: 'predecessor' });
    const third = await ask(world, target, steps('3'));
    const fourth = await ask(world, key, { ...steps('4'), after: third });
    await actUntilQuiet(world, target);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, fourth)).toMatchObject({ status: 'succeeded' });
  });

  it('a command that waits for approval does not keep later ones waiting', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const patch = { LifeCycle: { Stage: 'Closed Lost' } };
    const waits = await ask(world, key, { action: 'opportunity.update', patch });
    const later = await ask(world, key, steps('Call Ada'));
    await actUntilQuiet(world, key);
    expect(await stateOf(world, waits)).toMatchObject({ status: 'waiting', reason: 'approval' });
    expect(await stateOf(world, later)).toMatchObject({ status: 'succeeded' });
    const { number } = await stateOf(world, waits);
    expect(await mark(world, key, number, 'cancelled')).toBe('marked');
    await actUntilQuiet(world, key);
    const cancelled = await stateOf(world, waits);
    expect(cancelled).toMatchObject({ status: 'cancelled' });
    expect(cancelled.reason).toBeUndefined();
  });

  it('a command that is cancelled or expired before its call is not called', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const [cancelled, expired] = [
      await ask(world, key, steps('1')),
      await ask(world, key, { ...steps('2'), expiresAt: instantOf(world.clock.nowMs() + minuteMs) }),
    ];
    await mark(world, key, 1, 'cancelled');
    advance(world, 2 * minuteMs);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, cancelled)).toMatchObject({ status: 'cancelled' });
    expect(await stateOf(world, expired)).toMatchObject({ status: 'expired' });
    expect(world.simulated.calls).toEqual([]);
    expect(world.metrics.totals()).toEqual({ CommandsCancelled: 1, CommandsExpired: 1 });
  });

  it('nothing is called while commands are paused', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.switchRow.isPaused = true;
    const command = await ask(world, key, steps('1'));
    await actUntilQuiet(world, key, 3 * minuteMs);
    expect(world.simulated.calls).toEqual([]);
    world.switchRow.isPaused = false;
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });
});

describe('A command', () => {
  it('is called again after any number of throttles', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    for (let times = 0; times < 20; times += 1) world.simulated.plays.push(() => ({ kind: 'throttled' }));
    const command = await ask(world, key, steps('1'));
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('is due again when the quota grants a permit', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const waiting = new ServiceError(
      'quota.waiting',
      { limit: 'day', waitMs: 7_000 },
      { retry: laterAfter(7_000) },
    );
    for (let times = 0; times < 20; times += 1) world.simulated.plays.push(() => Promise.reject(waiting));
    const command = await ask(world, key, steps('1'));
    await act(world, key);
    const line = await world.commands.line(key);
    expect(line).toMatchObject({ dueAt: instantOf(world.clock.nowMs() + 7_000), fruitlessClaims: 0 });
    expect(line?.openCall).toBeUndefined();
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });

  it('waits after a denial of IAM, which is counted', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const denied = refused({ reason: 'access-denied', error: 'AccessDeniedException' });
    for (let times = 0; times < 20; times += 1) world.simulated.plays.push(() => denied);
    const command = await ask(world, key, steps('1'));
    await actUntilQuiet(world, key, 60 * minuteMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    expect(world.metrics.totals()['CommandsDenied']).toBeGreaterThanOrEqual(12);
    expect(world.metrics.levels('CommandAge').at(-1)).toBeGreaterThan(50 * 60);
  });

  it('goes on after the longest lag if the clock of AWS went back', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, steps('1'));
    await act(world, key);
    world.partner.updateOpportunity(key.id, { patch: { LastModifiedDate: '2026-03-01T09:00:00.000Z' } });
    const second = await ask(world, key, steps('2'));
    await actUntilQuiet(world, key, 4 * minuteMs);
    expect(await stateOf(world, second)).toMatchObject({ status: 'accepted' });
    await actUntilQuiet(world, key, 20 * minuteMs);
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded' });
  });

  it('outlives an outage of Partner Central', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const outage = new ServiceError('partner-central.unavailable', {
      operation: 'GetOpportunity',
      error: '',
    });
    world.simulated.onRead = () => {
      throw outage;
    };
    const command = await ask(world, key, steps('1'));
    await actUntilQuiet(world, key, minuteMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    world.simulated.onRead = () => undefined;
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });

  it('waits if the deployment does not allow its action any more', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, steps('1'));
    await act(world, key, { enabled: ['AWS:opportunity.associate'] });
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    expect(world.simulated.calls).toEqual([]);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
  });
});

function crash(): never {
  throw new Error('out of memory');
}

describe('After ten claims without progress', () => {
  it('the command ends, and the line goes on', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const first = await ask(world, key, steps('1'));
    const second = await ask(world, key, steps('2'));
    for (let times = 0; times < 10; times += 1) {
      await expect(act(world, key, { writes: { write: crash } })).rejects.toThrow('out of memory');
      advance(world, 2 * minuteMs);
    }
    await actUntilQuiet(world, key);
    // Its call may have been applied.
    expect(await stateOf(world, first)).toMatchObject({ status: 'failed', code: 'outcome-unknown' });
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded' });
  });

  it('a line that was edited by hand and is invalid is reported, and keeps no other line waiting', async () => {
    const world = actWorld();
    const [edited, key] = [await openOpportunity(world), await openOpportunity(world)];
    await ask(world, edited, steps('1'));
    const command = await ask(world, key, steps('2'));
    const problems = ['openCall: a text; allowed: a map'];
    world.commandRows.problems.set(linePath(edited), problems);
    expect(await actBatch([edited, key], world)).toEqual(new Map());
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(world.log.of('row.excluded')).toEqual([{ item: linePath(edited), problems }]);
    expect(world.metrics.totals()).toMatchObject({ RowsUnreadable: 1 });
  });

  it('a command whose content is gone ends at once', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, steps('1'));
    world.commandRows.contents.clear();
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'internal' });
  });
});
