import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import { storeObservation } from '../../../lambdas/records/store-observation.ts';
import type { TaskPlan } from '../../../local/partner-central/model/service-behavior.ts';
import { cause } from '../../builders/versions.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  receiveInvitation,
  stateOf,
  truthOf,
} from './act-world.ts';

const accept = { action: 'invitation.accept' } as const;
const unknown = { kind: 'unknown', error: 'TimeoutError' } as const;

/** Plans of tasks in the order of their starts; the last one is repeated. */
function plan(world: ActWorld, ...plans: readonly [TaskPlan, ...TaskPlan[]]): void {
  const [last] = plans.slice(-1);
  const waiting = [...plans];
  const { writes } = world.partner;
  writes.behavior = { ...writes.behavior, planTask: () => waiting.shift() ?? last ?? plans[0] };
}

function failure(reasonCode: string, halfway = false): TaskPlan {
  return { afterMs: 0, failure: { reasonCode, message: 'for Ada', halfway } };
}

function tokens({ simulated }: ActWorld): readonly (string | undefined)[] {
  return simulated.calls.map(({ body }) => textAt(body, 'ClientToken'));
}

describe('The acceptance of an invitation', () => {
  it('succeeds with the opportunity that AWS has created, and the invitation is read again', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    const state = await stateOf(world, command);
    expect(state).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.partner.truth().has(`AWS/opportunity/${state.opportunityId}`)).toBe(true);
    expect((await world.records.current(key))?.attributes.status).toBe('ACCEPTED');
  });

  it('waits for a task that takes a time, without a second call', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, { afterMs: 14_000 });
    const command = await ask(world, key, accept);
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    await actUntilQuiet(world, key);
    const state = await stateOf(world, command);
    expect(state).toMatchObject({ status: 'succeeded' });
    expect(state.opportunityId).toMatch(/^O\d+$/);
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('repeats the same request if its answer was lost, and is done once', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    world.simulated.plays.push((perform) => {
      perform();
      return unknown;
    });
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(new Set(tokens(world)).size).toBe(1);
    expect(world.simulated.calls).toHaveLength(2);
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('sends the stored request again after a throttle, also if a later release would make another', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    world.simulated.plays.push(() => ({ kind: 'throttled' }));
    await ask(world, key, accept);
    await act(world, key);
    const [[path, stored] = []] = world.commandRows.contents;
    const request = stored?.content.tokenRequest;
    if (!path || !request) throw new Error('no request is stored');
    const tokenRequest = { ...request, body: { ...request.body, ClientToken: 'of-an-earlier-release' } };
    world.commandRows.contents.set(path, { content: { ...stored.content, tokenRequest } });
    await actUntilQuiet(world, key);
    expect(tokens(world).slice(1)).toEqual(['of-an-earlier-release']);
  });

  it('repeats a lost request not while commands are paused', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    world.simulated.plays.push(() => unknown);
    await ask(world, key, accept);
    await act(world, key);
    world.switchRow.isPaused = true;
    await actUntilQuiet(world, key, 3 * 60_000);
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('gets a new token for each of three tasks that fail for a reason that can pass', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, failure('InternalError'), failure('RequestThrottled'), { afterMs: 0 });
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(new Set(tokens(world)).size).toBe(3);
  });

  it('fails after the third task', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, failure('InternalError'));
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'task-failed',
      problems: [{ path: '/Status', code: 'InternalError', by: 'aws' }],
    });
    expect(new Set(tokens(world)).size).toBe(3);
  });

  it('fails at once if the task fails for any other reason', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, failure('OpportunityValidationFailed'));
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'task-failed' });
    expect(world.simulated.calls).toHaveLength(1);
    expect(JSON.stringify(world.log.lines)).not.toContain('Ada');
  });

  it('is half done if the task fails after the invitation is accepted', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, failure('InternalError', true));
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'half-done' });
    expect(textAt(truthOf(world, key), 'Status')).toBe('ACCEPTED');
    expect(world.metrics.totals()).toMatchObject({ CommandsFailed: 1, CommandsHalfDone: 1 });
  });

  it('is half done also if a read soon after the failure does not show the acceptance', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, { ...failure('InternalError', true), afterMs: 9_500 });
    world.simulated.onRead = (operation) => {
      world.simulated.lagMs = operation === 'GetEngagementInvitation' ? 3_000 : 0;
    };
    const command = await ask(world, key, accept);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'half-done' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it.for(['before the look', 'before the call'] as const)(
    'has nothing to do if a person accepts in the console %s',
    async (when) => {
      const world = actWorld();
      const key = await receiveInvitation(world);
      const command = await ask(world, key, accept);
      const byPerson = () => world.partner.acceptInvitation(key.id, { viaConsole: true });
      if (when === 'before the look') byPerson();
      else
        world.simulated.plays.push((perform) => {
          byPerson();
          return perform();
        });
      await actUntilQuiet(world, key);
      expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'already' });
      expect(effectiveWrites(world)).toEqual([]);
    },
  );

  it('conflicts with an invitation that has expired', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    const command = await ask(world, key, accept);
    world.partner.expireInvitation(key.id);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'conflict',
      conflicts: ['/Status'],
    });
  });

  it('fails once it is known that a person has rejected the invitation, which takes the access away', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    const command = await ask(world, key, accept);
    world.partner.rejectInvitation(key.id);
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    expect(world.metrics.totals()).toMatchObject({ CommandsDenied: 1 });
    const current = await world.records.current(key);
    const payload = { ...current?.payload, Status: 'REJECTED' };
    const readAt = instantOf(world.clock.nowMs());
    await storeObservation(key, current, () => ({ key, payload, readAt, cause, tombstone: true }), world);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'not-found' });
    expect(world.simulated.calls).toEqual([]);
  });

  it('fails once an invitation has expired whose access a person took away without an event', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    const command = await ask(world, key, accept);
    world.partner.rejectInvitation(key.id);
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'accepted' });
    const { dueOn } = (await world.records.current(key))?.attributes ?? {};
    world.clock.advance(Date.parse(dueOn ?? '') - world.clock.nowMs() + 1_000);
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'not-found' });
    expect(world.simulated.calls).toEqual([]);
  });

  it('ends before a rejection behind it begins', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    plan(world, { afterMs: 8_000 });
    const accepts = await ask(world, key, accept);
    const rejects = await ask(world, key, { action: 'invitation.reject', irreversible: true });
    await act(world, key);
    advance(world, 5_000);
    await act(world, key);
    expect(await stateOf(world, rejects)).toMatchObject({ status: 'accepted' });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, accepts)).toMatchObject({ status: 'succeeded' });
    expect(await stateOf(world, rejects)).toMatchObject({ status: 'failed', code: 'conflict' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });
});

describe('The rejection of an invitation', () => {
  it('replaces no other answer, also if it overwrites conflicts', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    world.partner.acceptInvitation(key.id);
    const reject = { action: 'invitation.reject', onConflict: 'overwrite', irreversible: true } as const;
    const command = await ask(world, key, reject);
    await act(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'conflict' });
    expect(world.simulated.calls).toEqual([]);
  });

  it('waits for approval, and then is made with its reason', async () => {
    const world = actWorld();
    const key = await receiveInvitation(world);
    const command = await ask(world, key, { action: 'invitation.reject', reason: 'No capacity' });
    await actUntilQuiet(world, key);
    expect(world.simulated.calls).toEqual([]);
    const { number, status } = await stateOf(world, command);
    expect(status).toBe('waiting');
    await world.commands.mark(key, number, 'approved', '2026-03-01T10:05:00.000Z');
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.simulated.calls).toMatchObject([{ body: { RejectionReason: 'No capacity' } }]);
  });
});
