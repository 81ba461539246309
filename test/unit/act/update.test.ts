import { describe, expect, it } from 'vitest';
import { at, textAt } from '../../../lambdas/core/json.ts';
import { refused } from '../../builders/write-results.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  effectiveWrites,
  hydrate,
  openOpportunity,
  stateOf,
  truthOf,
} from './act-world.ts';

const qualify = { action: 'opportunity.update', patch: { LifeCycle: { Stage: 'Qualified' } } } as const;
const nextSteps = { action: 'opportunity.update', patch: { LifeCycle: { NextSteps: 'Call Ada' } } } as const;

const patchOf = (NextSteps: string) => ({ LifeCycle: { NextSteps } });

describe('promise 15: an update', () => {
  it('is written once, keeps the members of others, and ends by the answer', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const before = truthOf(world, key);
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(effectiveWrites(world)).toHaveLength(1);
    const after = truthOf(world, key);
    expect(textAt(after, 'LifeCycle', 'NextSteps')).toBe('Call Ada');
    expect(after['Customer']).toEqual(before['Customer']);
    expect(textAt(after, 'LifeCycle', 'ReviewStatus')).toBe('Pending Submission');
    expect(world.commands.tickets(key)).toEqual([]);
    expect(await world.commands.line(key)).toMatchObject({ fruitlessClaims: 0, dueAt: undefined });
  });

  it('stores what it reads before and after the call, without an event of AWS', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.partner.alter('opportunity', key.id, { FutureMember: { Depth: 2 } });
    await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    const versions = world.records.versions().filter(({ kind }) => kind === 'opportunity');
    expect(versions.map(({ cause }) => cause.detailType)).toEqual([
      'Opportunity Updated',
      'Relay Command',
      'Relay Command',
    ]);
    const stored = await world.records.current(key);
    expect(at(stored?.payload, 'FutureMember', 'Depth')).toEqual(
      at(truthOf(world, key), 'FutureMember', 'Depth'),
    );
    expect(textAt(stored?.payload, 'LifeCycle', 'NextSteps')).toBe('Call Ada');
  });

  it('fails by a conflict that names the path which others have changed, and writes nothing', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, nextSteps);
    world.partner.updateOpportunity(key.id, { patch: { LifeCycle: { NextSteps: 'Wait' } } });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'conflict',
      conflicts: ['/LifeCycle/NextSteps'],
    });
    expect(world.simulated.calls).toEqual([]);
  });

  it('names what it has overwritten if its client wants that', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, { ...nextSteps, onConflict: 'overwrite' });
    world.partner.updateOpportunity(key.id, { patch: { LifeCycle: { NextSteps: 'Wait' } } });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'succeeded',
      overwrites: ['/LifeCycle/NextSteps'],
    });
    expect(textAt(truthOf(world, key), 'LifeCycle', 'NextSteps')).toBe('Call Ada');
  });

  it('is sent again on the new state if another path changes between its read and its call', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, nextSteps);
    world.simulated.plays.push((perform) => {
      world.partner.updateOpportunity(key.id, { patch: { Project: { Title: 'By a person' } } });
      return perform();
    });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(world.simulated.calls).toHaveLength(2);
    expect(truthOf(world, key)).toMatchObject({
      LifeCycle: { NextSteps: 'Call Ada' },
      Project: { Title: 'By a person' },
    });
  });

  it.each([
    [2_900, ['done']],
    [3_100, ['outdated', 'done']],
  ])('is sent %d ms after its read with the calls %j', async (waitMs, outcomes) => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, nextSteps);
    const waits = [waitMs, 0];
    const write: ActWorld['writes']['write'] = (...call) => {
      world.clock.advance(waits.shift() ?? 0);
      return world.writes.write(...call);
    };
    await act(world, key, { writes: { write } });
    expect(world.log.of('command.called').map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(effectiveWrites(world)).toHaveLength(1);
  });

  it('lets two edits of one client from one version be applied in order', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const first = await ask(world, key, nextSteps);
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const second = await ask(world, key, { action: 'opportunity.update', patch });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, first)).toMatchObject({ status: 'succeeded' });
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded' });
    expect(effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'))).toEqual([
      'Call Ada',
      'Call Bob',
    ]);
  });

  it('conflicts with a person who goes back to what the client had set before', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    for (const steps of ['One', 'Two']) {
      await ask(world, key, { action: 'opportunity.update', patch: patchOf(steps) });
      await actUntilQuiet(world, key);
      await hydrate(world, key);
    }
    const third = await ask(world, key, { action: 'opportunity.update', patch: patchOf('Three') });
    world.partner.updateOpportunity(key.id, { patch: patchOf('One') });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, third)).toMatchObject({ status: 'failed', code: 'conflict' });
    expect(textAt(truthOf(world, key), 'LifeCycle', 'NextSteps')).toBe('One');
  });

  it('conflicts with what another client has set', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, nextSteps);
    const other = 'arn:aws:iam::123456789012:role/bi';
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const second = await ask(world, key, { action: 'opportunity.update', patch, client: other });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, second, other)).toMatchObject({ status: 'failed', code: 'conflict' });
  });

  it('has nothing to do if the record holds what is wanted', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, qualify);
    world.partner.updateOpportunity(key.id, { patch: { LifeCycle: { Stage: 'Qualified' } } });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'already' });
    expect(world.simulated.calls).toEqual([]);
  });

  it('is not based on a read that is older than the stored state', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const second = await ask(world, key, { action: 'opportunity.update', patch });
    world.simulated.lagMs = 10_000;
    await act(world, key);
    expect(world.simulated.calls).toHaveLength(1);
    world.simulated.lagMs = 0;
    await actUntilQuiet(world, key);
    expect(await stateOf(world, second)).toMatchObject({ status: 'succeeded' });
  });

  it('keeps a contact that was erased here but not at AWS', async () => {
    const world = actWorld();
    const contact = { Email: 'jane@example.com', FirstName: 'Jane' };
    const key = await openOpportunity(world, { Customer: { Contacts: [contact] } });
    const stored = await world.records.current(key);
    if (!stored) throw new Error('there is no opportunity');
    await world.erase(stored);
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded' });
    expect(at(truthOf(world, key), 'Customer', 'Contacts')).toMatchObject([contact]);
    expect(JSON.stringify(await world.records.current(key))).not.toContain('jane@example.com');
  });

  it('always sends the current ReviewStatus and Stage', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    for (const { body } of world.simulated.calls)
      expect(body).toMatchObject({ LifeCycle: { ReviewStatus: 'Pending Submission', Stage: 'Prospect' } });
    expect(world.simulated.calls).toHaveLength(1);
  });

  it('is not sent if the opportunity has no ReviewStatus, because it would orphan it', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.partner.alter('opportunity', key.id, { LifeCycle: { ReviewStatus: null } });
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'not-yours',
      problems: [{ path: '/LifeCycle/ReviewStatus', code: 'would-orphan', by: 'relay' }],
    });
  });

  it('raises an alarm if the ReviewStatus is gone after the call', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, nextSteps);
    await act(world, key);
    world.partner.alter('opportunity', key.id, { LifeCycle: { ReviewStatus: null } });
    await actUntilQuiet(world, key);
    expect(world.metrics.totals()).toMatchObject({ CommandsSucceeded: 1, ReviewStatusRegressed: 1 });
  });

  it('fails with the problems of AWS, also if its message is empty', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.partner.writes.behavior = { ...world.partner.writes.behavior, omitsMessages: true };
    const patch = { LifeCycle: { Stage: 'Closed Lost' } };
    const command = await ask(world, key, { action: 'opportunity.update', patch, irreversible: true });
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'refused',
      problems: [
        { path: '/LifeCycle/ClosedLostReason', code: 'REQUIRED_FIELD_MISSING', by: 'aws' },
        { path: '/LifeCycle/Stage', code: 'ACTION_NOT_PERMITTED', by: 'aws' },
      ],
    });
  });

  it('fails as not-yours if AWS refuses only members that it did not ask to change', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const problems = [{ path: '/Project/Title', code: 'INVALID_VALUE', message: '' }];
    world.simulated.plays.push(() => refused({ problems }));
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({
      status: 'failed',
      code: 'not-yours',
      problems: [{ path: '/Project/Title', code: 'INVALID_VALUE', by: 'aws' }],
    });
  });

  it('ends the same if hydrate stores the change before the answer arrives', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    world.simulated.plays.push(async (perform) => {
      const result = perform();
      advance(world, 1_000);
      await hydrate(world, key);
      return result;
    });
    const command = await ask(world, key, nextSteps);
    await actUntilQuiet(world, key);
    expect(await stateOf(world, command)).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    const versions = world.records.versions().filter(({ kind }) => kind === 'opportunity');
    expect(versions.map(({ version }) => version)).toEqual([1, 2]);
    expect(world.metrics.totals()).toEqual({ CommandsSucceeded: 1 });
  });
});
