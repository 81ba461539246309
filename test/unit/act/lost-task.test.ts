import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import type { PartnerCentralWrites } from '../../../lambdas/ports/partner-central-writes.ts';
import {
  type ActWorld,
  type Asked,
  act,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  openLead,
  openOpportunity,
  receiveInvitation,
  stateOf,
} from './act-world.ts';
import { actOnAll, deal } from './create-world.ts';

const unknown = { kind: 'unknown', error: 'TimeoutError' } as const;
const dayMs = 24 * 60 * 60_000;
const convert = { action: 'lead.to_opportunity', context: { id: '1' } } as const;
const submit = { action: 'opportunity.submit', involvementType: 'Co-Sell' } as const;

/** Asks for something whose call starts a task, but whose answer is lost. */
async function loseAnswer(world: ActWorld, key: LineKey, asked: Asked): Promise<string> {
  world.simulated.plays.push((perform) => {
    perform();
    return unknown;
  });
  const command = await ask(world, key, asked);
  await act(world, key);
  return command;
}

/** Partner Central, once it has forgotten all tokens that it knew. */
function withForgottenTokens({ writes }: ActWorld): PartnerCentralWrites {
  return {
    write: (operation, body, isCurrent) => {
      const token = textAt(body, 'ClientToken');
      return writes.write(
        operation,
        token === undefined ? body : { ...body, ClientToken: `${token}-again` },
        isCurrent,
      );
    },
  };
}

describe('A task whose start had no answer, while an operator paused commands for a day', () => {
  it('a lead becomes one opportunity: its task is found in the list', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await loseAnswer(world, engagement, convert);
    world.switchRow.isPaused = true;
    advance(world, dayMs);
    await act(world, engagement);
    world.switchRow.isPaused = false;
    await actOnAll(world, dayMs, { writes: withForgottenTokens(world) });
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(effectiveWrites(world)).toHaveLength(1);
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('an opportunity is submitted once, and the submission succeeds', async () => {
    const world = actWorld();
    const opportunity = await openOpportunity(world, deal);
    const command = await loseAnswer(world, opportunity, submit);
    advance(world, dayMs);
    await actOnAll(world, dayMs, { writes: withForgottenTokens(world) });
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('a start that never arrived is repeated: tasks of others are not mistaken for its own', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const started = { TaskId: 'task-1', TaskStatus: 'COMPLETE' };
    const others = [
      { ...started, ContextId: '2', StartTime: '2026-03-01T10:00:30.000Z' },
      { ...started, ContextId: '1', StartTime: '2026-02-28T10:00:00.000Z' },
    ];
    const listConversionTasks = () => Promise.resolve({ items: others, nextToken: undefined });
    const partnerCentral = { ...world.partnerCentral, listConversionTasks };
    world.simulated.plays.push(() => unknown);
    const command = await ask(world, engagement, convert);
    await act(world, engagement);
    advance(world, dayMs);
    await actOnAll(world, dayMs, { partnerCentral });
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });
});

describe('A task whose command is cancelled before the start has an answer', () => {
  it('is not started if no call has arrived', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    world.simulated.plays.push(() => unknown);
    const command = await ask(world, engagement, convert);
    await act(world, engagement);
    await cancel(world, engagement, command);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'cancelled' });
    expect(world.simulated.calls).toHaveLength(1);
    expect((await world.commands.line(engagement))?.openCall).toBeUndefined();
  });

  it('succeeds if a call has arrived', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const command = await loseAnswer(world, engagement, convert);
    await cancel(world, engagement, command);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('is not started again after it has failed', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const { writes } = world.partner;
    const failure = { reasonCode: 'RequestThrottled', message: 'later' };
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 0, failure }) };
    const command = await ask(world, engagement, convert);
    await act(world, engagement);
    await cancel(world, engagement, command);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'task-failed' });
    expect(world.simulated.calls).toHaveLength(1);
  });
});

describe('A task of an earlier command of the line', () => {
  it('is not taken for the one of a command that was cancelled', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    await ask(world, engagement, convert);
    await actOnAll(world, 60_000);
    world.simulated.plays.push(() => unknown);
    const second = await ask(world, engagement, convert);
    await act(world, engagement);
    await cancel(world, engagement, second);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, second)).toMatchObject({ status: 'cancelled' });
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('is not taken for the one of a command that waited while commands were paused', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const first = await ask(world, engagement, convert);
    await actOnAll(world, 60_000);
    world.simulated.plays.push(() => unknown);
    const second = await ask(world, engagement, convert);
    await act(world, engagement);
    world.switchRow.isPaused = true;
    await actOnAll(world, 11 * 60_000);
    world.switchRow.isPaused = false;
    await actOnAll(world, dayMs);
    const ids = await Promise.all(
      [first, second].map(async (each) => (await stateOf(world, each)).opportunityId),
    );
    expect(new Set(ids).size).toBe(2);
    expect(effectiveWrites(world)).toHaveLength(2);
  });

  it('is not taken for the one of a command that has expired, although the task had failed', async () => {
    const world = actWorld();
    const opportunity = await openOpportunity(world, deal);
    const { writes } = world.partner;
    const usual = writes.behavior;
    const failure = { reasonCode: 'InternalError', message: 'later' };
    writes.behavior = { ...usual, planTask: () => ({ afterMs: 0, failure }) };
    const first = await ask(world, opportunity, submit);
    await actOnAll(world, 2 * 60_000);
    expect(await stateOf(world, first)).toMatchObject({ status: 'failed', code: 'task-failed' });
    writes.behavior = usual;
    world.simulated.plays.push(() => unknown);
    const expiresAt = instantOf(world.clock.nowMs() + 20_000);
    const second = await ask(world, opportunity, { ...submit, expiresAt });
    await act(world, opportunity);
    advance(world, 30_000);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, second)).toMatchObject({ status: 'expired' });
  });
});

describe('A command with an open call', () => {
  it('fails with the reason of its task, however long that ran, if it is cancelled meanwhile', async () => {
    const world = actWorld();
    const invitation = await receiveInvitation(world);
    const { writes } = world.partner;
    const failure = { reasonCode: 'InternalError', message: 'later' };
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 6 * 60_000, failure }) };
    const command = await ask(world, invitation, { action: 'invitation.accept' });
    await act(world, invitation);
    await cancel(world, invitation, command);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'task-failed' });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('ends as unknown if AWS never lists what it may have made', async () => {
    const world = actWorld();
    const invitation = await receiveInvitation(world);
    world.simulated.plays.push(() => unknown);
    const command = await ask(world, invitation, { action: 'invitation.accept' });
    await act(world, invitation);
    await cancel(world, invitation, command);
    world.simulated.onRead = (operation) => {
      if (operation.startsWith('List')) throw new ServiceError('partner-central.not-found', { operation });
    };
    await actOnAll(world, dayMs);
    expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'outcome-unknown' });
    expect((await world.commands.line(invitation))?.openCall).toBeUndefined();
  });

  it('is reported by its age, so that a task which never ends is noticed', async () => {
    const world = actWorld();
    const { engagement } = await openLead(world);
    const { writes } = world.partner;
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 400 * dayMs }) };
    await ask(world, engagement, convert);
    await act(world, engagement);
    advance(world, dayMs);
    await act(world, engagement);
    expect(world.metrics.levels('CommandAge').at(-1)).toBeGreaterThanOrEqual(dayMs / 1_000);
  });
});

async function cancel(world: ActWorld, key: LineKey, command: string): Promise<void> {
  const { number } = await stateOf(world, command);
  await world.commands.mark(key, number, 'cancelled', instantOf(world.clock.nowMs()));
}

it('a task that the list of AWS no longer names ends its command, and the line goes on', async () => {
  const world = actWorld();
  const { engagement } = await openLead(world);
  const { writes } = world.partner;
  writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: dayMs }) };
  const command = await ask(world, engagement, convert);
  const partnerCentral = {
    ...world.partnerCentral,
    listConversionTasks: () => Promise.resolve({ items: [], nextToken: undefined }),
  };
  await actOnAll(world, dayMs / 2, { partnerCentral });
  expect(await stateOf(world, command)).toMatchObject({ status: 'failed', code: 'outcome-unknown' });
  expect((await world.commands.line(engagement))?.openCall).toBeUndefined();
});
