import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import { type CrashingProcess, crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import {
  type ActWorld,
  act,
  actWorld,
  advance,
  effectiveWrites,
  openOpportunity,
  stateOf,
} from './act-world.ts';
import { actOnAll, all, associate, create, deal, lineOf, post, solution, submit } from './create-world.ts';

const unknown = { kind: 'unknown', error: 'TimeoutError' } as const;
const dayMs = 24 * 60 * 60_000;

function operationsOf(world: ActWorld): readonly string[] {
  return effectiveWrites(world).map(({ operation }) => operation);
}

function calls({ simulated }: ActWorld, operation: string) {
  return simulated.calls.filter((call) => call.operation === operation);
}

async function statesOf(world: ActWorld, ...keys: readonly string[]) {
  return Promise.all(keys.map((key) => stateOf(world, key)));
}

const inOrder = ['CreateOpportunity', 'AssociateOpportunity', 'StartEngagementFromOpportunityTask'];

describe('A request that creates, associates and submits', () => {
  it.for(['Co-Sell', 'For Visibility Only'])(
    'ends in one opportunity with its solution and one submission as %s',
    async (involvementType) => {
      const world = actWorld();
      const followedBy = [associate, { ...submit, involvementType }];
      expect(await post(world, 'deal', { ...create, followedBy })).toMatchObject({
        kind: 'accepted',
        followers: [{}, {}],
      });
      await actOnAll(world);
      const [created, ...others] = await statesOf(world, 'deal', 'deal:2', 'deal:3');
      const { opportunityId: id = '' } = created ?? {};
      expect(created).toMatchObject({ status: 'succeeded', evidence: 'answer' });
      for (const state of [created, ...others])
        expect(state).toMatchObject({ status: 'succeeded', target: { kind: 'opportunity', id } });
      expect(operationsOf(world)).toEqual(inOrder);
      const [sent] = calls(world, 'StartEngagementFromOpportunityTask');
      expect(sent?.body).toMatchObject({
        Identifier: id,
        AwsSubmission: { InvolvementType: involvementType },
      });
      const stored = await world.records.current({ catalog: 'AWS', kind: 'opportunity', id });
      expect(textAt(stored?.payload ?? {}, 'LifeCycle', 'ReviewStatus')).toBe('Submitted');
      expect(stored?.payload['RelatedEntityIdentifiers']).toMatchObject({ Solutions: [solution.id] });
    },
  );

  it('is quick: no command waits for a look of a minute', async () => {
    const world = actWorld();
    await post(world, 'deal', all);
    const startedAtMs = world.clock.nowMs();
    await actOnAll(world, 30_000);
    expect(await statesOf(world, 'deal', 'deal:2', 'deal:3')).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'succeeded' })),
    );
    expect(world.clock.nowMs() - startedAtMs).toBeLessThan(30_000);
  });

  it('ends as a whole if AWS refuses the create, with pointers into what the client has sent', async () => {
    const world = actWorld();
    const opportunity = { ...deal, OpportunityType: 'Flat Renewal' };
    await post(world, 'deal', { ...all, opportunity });
    await actOnAll(world);
    const [created, ...others] = await statesOf(world, 'deal', 'deal:2', 'deal:3');
    expect(created).toMatchObject({
      status: 'failed',
      code: 'refused',
      problems: [{ path: '/opportunity/Project/RelatedOpportunityIdentifier', by: 'aws' }],
    });
    for (const state of others) expect(state).toMatchObject({ status: 'failed', code: 'predecessor' });
    expect(operationsOf(world)).toEqual([]);
  });

  it('leaves a visible half if AWS refuses a step: what comes after does not run', async () => {
    const world = actWorld();
    const wrong = { ...associate, entity: { type: 'Solutions', id: 'S-0000000' } };
    await post(world, 'deal', { ...create, followedBy: [wrong, submit] });
    await actOnAll(world);
    expect(await statesOf(world, 'deal', 'deal:2', 'deal:3')).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', code: 'refused' },
      { status: 'failed', code: 'predecessor' },
    ]);
    expect(operationsOf(world)).toEqual(['CreateOpportunity']);
  });
});

describe('A create', () => {
  it('a create is repeated under its token if the answer was lost, and makes one opportunity', async () => {
    const world = actWorld();
    world.simulated.plays.push((perform) => {
      perform();
      return unknown;
    });
    await post(world, 'deal', create);
    await actOnAll(world);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(operationsOf(world)).toEqual(['CreateOpportunity']);
    const bodies = calls(world, 'CreateOpportunity').map(({ body }) => JSON.stringify(body));
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it('a create whose answer was lost is looked for after a day, when AWS may have forgotten the token', async () => {
    const world = actWorld();
    world.simulated.plays.push((perform) => {
      perform();
      return unknown;
    });
    await post(world, 'deal', create);
    await act(world, lineOf('deal'));
    advance(world, dayMs);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'read-back' });
    expect(calls(world, 'CreateOpportunity')).toHaveLength(1);
  });

  it('a create that never arrived is sent again after a day, once a list shows that it has made nothing', async () => {
    const world = actWorld();
    world.simulated.plays.push(() => unknown);
    await post(world, 'deal', create);
    await act(world, lineOf('deal'));
    advance(world, dayMs);
    await actOnAll(world, dayMs);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'answer' });
    expect(operationsOf(world)).toEqual(['CreateOpportunity']);
  });

  it('a create whose repetition AWS refuses fails only if no earlier call has made the opportunity', async () => {
    const refused = {
      kind: 'refused',
      reason: 'invalid',
      error: 'ValidationException',
      problems: [],
    } as const;
    const world = actWorld();
    world.simulated.plays.push(
      (perform) => {
        perform();
        return unknown;
      },
      () => refused,
    );
    await post(world, 'deal', create);
    await actOnAll(world);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'read-back' });

    const other = actWorld();
    other.simulated.plays.push(
      () => unknown,
      () => refused,
      () => refused,
    );
    await post(other, 'deal', create);
    await actOnAll(other);
    expect(await stateOf(other, 'deal')).toMatchObject({ status: 'failed', code: 'refused' });
    expect(operationsOf(other)).toEqual([]);
  });

  it.for(['cancelled', 'expired'] as const)(
    'a create that never arrived makes nothing once its command is %s',
    async (status) => {
      const world = actWorld();
      world.simulated.plays.push(() => unknown);
      const expiresAt = '2026-03-01T10:01:00.000Z';
      await post(world, 'deal', status === 'expired' ? { ...create, expiresAt } : create);
      await act(world, lineOf('deal'));
      if (status === 'cancelled')
        await world.commands.mark(lineOf('deal'), 1, 'cancelled', instantOf(world.clock.nowMs()));
      else advance(world, 60_000);
      await actOnAll(world, dayMs);
      expect(await stateOf(world, 'deal')).toMatchObject({ status });
      expect(calls(world, 'CreateOpportunity')).toHaveLength(1);
      expect(await post(world, 'other', create)).toMatchObject({ kind: 'accepted' });
    },
  );

  it('a create that has arrived succeeds also if its command is cancelled before AWS answers', async () => {
    const world = actWorld();
    world.simulated.plays.push((perform) => {
      perform();
      return unknown;
    });
    await post(world, 'deal', create);
    await act(world, lineOf('deal'));
    await world.commands.mark(lineOf('deal'), 1, 'cancelled', instantOf(world.clock.nowMs()));
    await actOnAll(world, dayMs);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'read-back' });
    expect(calls(world, 'CreateOpportunity')).toHaveLength(1);
  });

  it('has succeeded once AWS has answered, whatever reads of the new opportunity bring', async () => {
    const world = actWorld();
    const { partnerCentral } = world;
    const broken = {
      ...partnerCentral,
      getOpportunity: () => Promise.reject(new TypeError('not foreseen')),
    };
    await post(world, 'deal', create);
    await act(world, lineOf('deal'), { partnerCentral: broken }).catch(() => undefined);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded', evidence: 'answer' });
  });

  it('keeps its identifier for a month if no read shows whether it has made an opportunity', async () => {
    const world = actWorld();
    world.simulated.plays.push(() => unknown);
    await post(world, 'deal', create);
    await act(world, lineOf('deal'));
    const partnerCentral = {
      ...world.partnerCentral,
      listCreatedOpportunities: () => Promise.reject(new TypeError('not foreseen')),
    };
    advance(world, dayMs);
    for (let claims = 0; claims < 12; claims += 1) {
      await act(world, lineOf('deal'), { partnerCentral }).catch(() => undefined);
      advance(world, 60_000);
    }
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'failed', code: 'outcome-unknown' });
    advance(world, 29 * dayMs);
    expect(await post(world, 'other', create)).toMatchObject({ kind: 'refused' });
    advance(world, 2 * dayMs);
    expect(await post(world, 'other', create)).toMatchObject({ kind: 'accepted' });
  });

  it('is reported as ended once, also if its line has changed while it ended', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    let races = 2;
    const commands = {
      ...world.commands,
      move: async (...args: Parameters<typeof world.commands.move>) => {
        races -= 1;
        return races < 0 ? world.commands.move(...args) : 'raced';
      },
    };
    await actOnAll(world, 60 * 60_000, { commands });
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded' });
    expect(world.metrics.totals()).toMatchObject({ CommandsSucceeded: 1 });
  });

  it('has its identifier for itself until it fails, and a later one can use it', async () => {
    const world = actWorld();
    await post(world, 'deal', { ...create, opportunity: { ...deal, OpportunityType: 'Flat Renewal' } });
    expect(await post(world, 'other', create)).toMatchObject({ kind: 'refused' });
    await actOnAll(world);
    expect(await post(world, 'other', create)).toMatchObject({ kind: 'accepted' });
  });

  it('has its identifier for itself also after it has succeeded', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await actOnAll(world);
    expect(await post(world, 'other', create)).toMatchObject({ kind: 'refused' });
    // Also while the index does not show the new opportunity.
    const index = { findByPartnerId: () => Promise.resolve([]) };
    expect(await post(world, 'other', create, { index })).toMatchObject({ kind: 'refused' });
  });

  it('lets the commands behind it wait while IAM denies to read the new opportunity', async () => {
    const world = actWorld();
    world.simulated.onRead = (operation) => {
      if (operation === 'GetOpportunity')
        throw new ServiceError('partner-central.access-denied', { operation });
    };
    await post(world, 'deal', all);
    await actOnAll(world, 2 * 60 * 60_000);
    expect(await statesOf(world, 'deal', 'deal:2', 'deal:3')).toMatchObject([
      { status: 'succeeded' },
      { status: 'accepted' },
      { status: 'accepted' },
    ]);
    expect(world.metrics.totals()['CommandsDenied']).toBeGreaterThan(1);
    world.simulated.onRead = () => undefined;
    await actOnAll(world);
    expect(await statesOf(world, 'deal:2', 'deal:3')).toMatchObject([
      { status: 'succeeded' },
      { status: 'succeeded' },
    ]);
  });

  it('lets the commands behind it wait until AWS shows the new opportunity', async () => {
    const world = actWorld();
    let reads = 0;
    world.simulated.onRead = (operation) => {
      reads += operation === 'GetOpportunity' ? 1 : 0;
      if (operation === 'GetOpportunity' && reads < 3)
        throw new ServiceError('partner-central.not-found', {
          operation,
        });
    };
    await post(world, 'deal', all);
    await actOnAll(world);
    expect(await statesOf(world, 'deal', 'deal:2', 'deal:3')).toMatchObject(
      Array.from({ length: 3 }, () => ({ status: 'succeeded' })),
    );
  });

  it('stays open while Partner Central does not answer, and nothing behind it ends', async () => {
    const world = actWorld();
    world.simulated.plays.push(...Array.from({ length: 5 }, () => () => unknown));
    await post(world, 'deal', { ...all, expiresAt: '2026-03-01T10:00:20.000Z' });
    await act(world, lineOf('deal'));
    advance(world, 25_000);
    await act(world, lineOf('deal'));
    expect(await statesOf(world, 'deal', 'deal:2')).toMatchObject([
      { status: 'accepted' },
      { status: 'accepted' },
    ]);
    expect((await world.commands.line(lineOf('deal')))?.openCall).toBeDefined();
  });
});

describe('A command for the opportunity of a create', () => {
  const update = {
    action: 'opportunity.update',
    catalog: 'AWS',
    target: { command: 'deal' },
    patch: { LifeCycle: { NextSteps: 'Call Bob' } },
  };

  it('waits behind the create in the order of acceptance, and then runs on the real opportunity', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await post(world, 'first', update);
    await post(world, 'second', { ...update, patch: { LifeCycle: { NextSteps: 'Call Cy' } } });
    await actOnAll(world);
    expect(await statesOf(world, 'first', 'second')).toMatchObject([
      { status: 'succeeded' },
      { status: 'succeeded' },
    ]);
    const written = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
    expect(written).toEqual(['Call Ada', 'Call Bob', 'Call Cy']);
  });

  it('goes to the line of the opportunity once the create has succeeded', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await actOnAll(world);
    const { opportunityId } = await stateOf(world, 'deal');
    await post(world, 'later', update);
    expect(await stateOf(world, 'later')).toMatchObject({ target: { id: opportunityId }, basedOn: 1 });
    await actOnAll(world);
    expect(await stateOf(world, 'later')).toMatchObject({ status: 'succeeded' });
  });

  it('does not overtake earlier ones that have not moved yet', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await post(world, 'first', update);
    const moves: string[] = [];
    // The create has succeeded, and its worker ends before it moves anything.
    const commands = {
      ...world.commands,
      move: async (...args: Parameters<typeof world.commands.move>) => {
        moves.push(args[4].commandId);
        if (moves.length > 1) throw new Error('the worker is gone');
        return world.commands.move(...args);
      },
    };
    await act(world, lineOf('deal'), { commands }).catch(() => undefined);
    expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded' });
    await post(world, 'second', { ...update, patch: { LifeCycle: { NextSteps: 'Call Cy' } } });
    expect(await stateOf(world, 'second')).toMatchObject({ target: { id: lineOf('deal').id } });
    await actOnAll(world);
    const written = effectiveWrites(world).map(({ after }) => textAt(after, 'LifeCycle', 'NextSteps'));
    expect(written).toEqual(['Call Ada', 'Call Bob', 'Call Cy']);
  });

  it('a command is cancelled if an operator cancels it while it moves', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await post(world, 'first', update);
    const commands = {
      ...world.commands,
      move: async (...args: Parameters<typeof world.commands.move>) => {
        if (args[5].ticket)
          await world.commands.mark(lineOf('deal'), 2, 'cancelled', '2026-03-01T10:00:30.000Z');
        return world.commands.move(...args);
      },
    };
    await act(world, lineOf('deal'), { commands });
    await actOnAll(world);
    expect(await stateOf(world, 'first')).toMatchObject({ status: 'cancelled' });
  });
});

describe('A command after one in another line', () => {
  it('runs soon after that one has ended, without a signal', async () => {
    const world = actWorld();
    const other = await openOpportunity(world);
    const { writes } = world.partner;
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 20_000 }) };
    await post(world, 'deal', all);
    const patch = { LifeCycle: { NextSteps: 'Call Bob' } };
    const update = { action: 'opportunity.update', catalog: 'AWS', target: other.id, patch };
    await post(world, 'behind', { ...update, after: 'deal:3' });
    await actOnAll(world);
    const [submitted, behind] = await statesOf(world, 'deal:3', 'behind');
    expect(behind).toMatchObject({ status: 'succeeded' });
    const waitedMs = Date.parse(behind?.endedAt ?? '') - Date.parse(submitted?.endedAt ?? '');
    expect(waitedMs).toBeGreaterThanOrEqual(0);
    expect(waitedMs).toBeLessThan(20_000);
  });
});

describe('A submission', () => {
  it('is half done if its task has failed after it has made an engagement', async () => {
    const world = actWorld();
    const { writes } = world.partner;
    const failure = { reasonCode: 'OpportunitySubmissionFailed', message: 'for Ada', halfway: true };
    writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 0, failure }) };
    await post(world, 'deal', all);
    await actOnAll(world);
    expect(await stateOf(world, 'deal:3')).toMatchObject({
      status: 'failed',
      code: 'half-done',
      problems: [{ path: '/LifeCycle/ReviewStatus', code: 'OpportunitySubmissionFailed', by: 'aws' }],
    });
    expect(world.metrics.totals()).toMatchObject({ CommandsHalfDone: 1 });
  });

  it('is half done if its task names an engagement that it has left without a submission', async () => {
    const world = actWorld();
    const failed = {
      TaskStatus: 'FAILED',
      ReasonCode: 'OpportunityValidationFailed',
      EngagementId: 'eng-0123456789abcd',
    };
    await post(world, 'deal', create);
    await actOnAll(world);
    const answer = { kind: 'done', answer: failed } as const;
    world.simulated.plays.push(
      () => answer,
      () => answer,
    );
    await post(world, 'submit', { ...submit, catalog: 'AWS', target: { command: 'deal' } });
    await actOnAll(world);
    expect(await stateOf(world, 'submit')).toMatchObject({ status: 'failed', code: 'half-done' });
    const [only, ...others] = new Set(
      calls(world, 'StartEngagementFromOpportunityTask').map(({ body }) => textAt(body, 'ClientToken')),
    );
    expect(only).toBeDefined();
    expect(others).toEqual([]);
  });

  it('conflicts with one that a person has made in the console: it can be of another kind', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await actOnAll(world);
    const { opportunityId: id = '' } = await stateOf(world, 'deal');
    world.partner.submitOpportunity(id);
    await post(world, 'submit', { ...submit, catalog: 'AWS', target: { command: 'deal' } });
    await actOnAll(world);
    expect(await stateOf(world, 'submit')).toMatchObject({
      status: 'failed',
      code: 'conflict',
      conflicts: ['/LifeCycle/ReviewStatus'],
    });
  });
});

async function crashOnce(world: ActWorld, process: CrashingProcess) {
  const ports = {
    records: process.wrap(world.records),
    commands: process.wrap(world.commands),
    commandSwitch: process.wrap(world.commandSwitch),
    partnerCentral: process.wrap(world.partnerCentral),
    writes: process.wrap(world.writes),
    doorbell: process.wrap(world.doorbell),
  };
  await untilCrash(actOnAll(world, 30_000, ports));
  await actOnAll(world);
  await finishIntents(world.records);
}

/** The last step may not be done, if it is said so. */
function expectOneOfEach(world: ActWorld, failed: readonly (string | undefined)[]) {
  const done = operationsOf(world);
  expect(done).toEqual(inOrder.slice(0, done.length));
  const expected = [undefined, undefined, undefined];
  if (done.length === 3) expect(failed).toEqual(expected);
  // Without a timestamp it is not known whether an association was undone: it is not repeated.
  else expect(failed).toEqual([undefined, 'outcome-unknown', 'predecessor']);
}

describe('promise 14: after a crash at any call of create, associate and submit', () => {
  it.for(['Co-Sell', 'For Visibility Only'])('they end once, submitted as %s', async (involvementType) => {
    const crashes = await crashEverywhere(async (process) => {
      const world = actWorld();
      const { writes } = world.partner;
      writes.behavior = { ...writes.behavior, planTask: () => ({ afterMs: 3_000 }) };
      await post(world, 'deal', { ...create, followedBy: [associate, { ...submit, involvementType }] });
      await crashOnce(world, process);
      const states = await statesOf(world, 'deal', 'deal:2', 'deal:3');
      expectOneOfEach(
        world,
        states.map(({ code }) => code),
      );
      expect(world.commands.lines().flatMap((line) => world.commands.tickets(line))).toEqual([]);
      const ids = new Set(states.map(({ target }) => target.id));
      expect([...ids]).toEqual([states[0]?.opportunityId]);
      for (const { id, version } of world.records.states()) {
        const numbers = world.records.versions().filter((each) => each.id === id);
        expect(numbers).toHaveLength(version);
      }
    });
    expect(crashes).toBeGreaterThan(2 * 60);
  });

  it('the door stores all three or none', async () => {
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const ports = {
        records: process.wrap(world.records),
        commands: process.wrap(world.commands),
        doorbell: process.wrap(world.doorbell),
      };
      await untilCrash(post(world, 'deal', all, ports));
      const stored = world.records.states().filter(({ kind }) => kind === 'command');
      expect([0, 3]).toContain(stored.length);
      expect(await post(world, 'deal', all)).toMatchObject({ followers: [{}, {}] });
      await actOnAll(world);
      expect(operationsOf(world)).toEqual(inOrder);
    });
  });
});

it('a create that IAM denies waits for an operator', async () => {
  const world = actWorld();
  const denied = {
    kind: 'refused',
    reason: 'access-denied',
    error: 'AccessDeniedException',
    problems: [],
  } as const;
  world.simulated.plays.push(() => denied);
  await post(world, 'deal', create);
  await act(world, lineOf('deal'));
  expect(await stateOf(world, 'deal')).toMatchObject({ status: 'accepted' });
  expect(world.metrics.totals()).toMatchObject({ CommandsDenied: 1 });
  await actOnAll(world);
  expect(await stateOf(world, 'deal')).toMatchObject({ status: 'succeeded' });
});
