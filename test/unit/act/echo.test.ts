import { describe, expect, it } from 'vitest';
import type { CommandContent } from '../../../lambdas/core/command.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import { type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import type { Echo } from '../../../lambdas/core/version.ts';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { finishIntents } from '../../fakes/finish-intents.ts';
import type { PlayCall } from '../../fakes/simulated-partner-central.ts';
import {
  type ActWorld,
  act,
  actUntilQuiet,
  actWorld,
  advance,
  ask,
  hydrate,
  openOpportunity,
  receiveInvitation,
  stateOf,
} from './act-world.ts';
import { actOnAll, create, deal, post } from './create-world.ts';

const crm = 'arn:aws:iam::123456789012:role/crm';
const entity = { type: 'AwsProducts', id: 'AmazonEC2' } as const;

function update(NextSteps: string) {
  return { action: 'opportunity.update', patch: { LifeCycle: { NextSteps } } } as const;
}

function echoOf(keys: readonly string[], client = crm): Echo {
  return { client, commands: keys.map((key) => ({ id: commandIdOf(client, key), key })) };
}

/** Of each version of a record: of whom it is an echo. */
function echoesOf({ records }: ActWorld, { id }: LineKey): readonly (readonly Echo[] | undefined)[] {
  return records.versions().flatMap((version) => (version.id === id ? [version.echoes] : []));
}

function edit({ partner }: ActWorld, { id }: LineKey, patch: JsonObject): void {
  partner.updateOpportunity(id, { patch });
}

describe('promise 17: what commands have changed', () => {
  it('a version is an echo if it shows only what its command wanted, as the read after the call finds it', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, update('Call Ada'));
    await actUntilQuiet(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])]]);
  });

  it('a version is an echo if hydrate stores it while the end of the call is unknown, also after a crash', async () => {
    let echoes = 0;
    await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      const command = await ask(world, key, update('Call Ada'));
      const names = ['records', 'commands', 'partnerCentral', 'writes', 'doorbell'] as const;
      const ports = Object.fromEntries(names.map((name) => [name, process.wrap(world[name])]));
      await untilCrash(act(world, key, ports));
      advance(world, 1_000);
      await hydrate(world, key);
      await actUntilQuiet(world, key);
      await finishIntents(world.records);
      const [first, ...others] = echoesOf(world, key);
      expect(first).toBeUndefined();
      expect(others).toEqual([[echoOf([command])]]);
      echoes += 1;
    });
    expect(echoes).toBeGreaterThan(10);
  });

  it('a version is an echo if the worker that stores it crashes, and another one finishes the version', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = actWorld();
      const key = await openOpportunity(world);
      const command = await ask(world, key, update('Call Ada'));
      await act(world, key);
      advance(world, 7_000);
      await untilCrash(hydrate({ ...world, records: process.wrap(world.records) }, key));
      await finishIntents(world.records);
      await actUntilQuiet(world, key);
      expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])]]);
    });
    expect(crashes).toBeGreaterThan(4);
  });

  it('a version is an echo if the answer was lost and the call arrives late', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const arrivesLate: PlayCall = (perform) => {
      world.later.push({ atMs: world.clock.nowMs() + 20_000, run: perform });
      return { kind: 'unknown', error: 'TimeoutError' };
    };
    world.simulated.plays.push(arrivesLate);
    const command = await ask(world, key, update('Call Ada'));
    await act(world, key);
    advance(world, 21_000);
    await hydrate(world, key);
    await actUntilQuiet(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])]]);
  });

  it.for<CommandContent>([
    { action: 'opportunity.associate', entity },
    {
      action: 'opportunity.assign',
      assignee: {
        Email: 'ada@partner.example.com',
        FirstName: 'Ada',
        LastName: 'L',
        BusinessTitle: 'Seller',
      },
    },
    { action: 'invitation.accept' },
  ])('a version is an echo if it shows what $action has changed', async (asked) => {
    const world = actWorld();
    const key = await (asked.action === 'invitation.accept'
      ? receiveInvitation(world)
      : openOpportunity(world));
    const command = await ask(world, key, asked);
    await actUntilQuiet(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])]]);
  });

  it('a version is an echo although AWS prints the value in another form', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, update('  Call Ada '));
    await actUntilQuiet(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])]]);
  });
});

describe('promise 17: what others have changed', () => {
  it('a version is no echo if it also has an edit by a person', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, update('Call Ada'));
    await act(world, key);
    edit(world, key, { Project: { Title: 'Lake' } });
    await actUntilQuiet(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, undefined]);
  });

  it('a version is no echo if a person sets the value again that a command had set before', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const command = await ask(world, key, update('Call Ada'));
    await actUntilQuiet(world, key);
    for (const NextSteps of ['Call Bob', 'Call Ada']) {
      edit(world, key, { LifeCycle: { NextSteps } });
      advance(world, 1_000);
      await hydrate(world, key);
    }
    expect(echoesOf(world, key)).toEqual([undefined, [echoOf([command])], undefined, undefined]);
  });

  it('a version is no echo if a person sets the value of a command that a later command of the line has replaced', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const keys = [await ask(world, key, update('Call Ada')), await ask(world, key, update('Call Bob'))];
    await actUntilQuiet(world, key);
    edit(world, key, { LifeCycle: { NextSteps: 'Call Ada' } });
    await hydrate(world, key);
    const echoes = echoesOf(world, key);
    expect(echoes.at(-1)).toBeUndefined();
    expect(echoes.slice(1, -1).flat()).toEqual(keys.map((each) => echoOf([each])));
  });

  it('a version is no echo if a person sets a value again after one read has had a part of the command that wanted it', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    const patch = { Project: { Title: 'Hive' }, LifeCycle: { NextSteps: 'Call Ada' } };
    await ask(world, key, { action: 'opportunity.update', patch });
    await act(world, key);
    const edits: readonly JsonObject[] = [
      { LifeCycle: { NextSteps: 'Call Bob' } },
      { Project: { Title: 'Lake' } },
      { Project: { Title: 'Hive' } },
    ];
    for (const byPerson of edits) {
      edit(world, key, byPerson);
      advance(world, 9_000);
      await hydrate(world, key);
    }
    expect(echoesOf(world, key)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('a version is no echo if a person changes a new opportunity, and then sets the value again that its create had', async () => {
    const world = actWorld();
    await post(world, 'deal', create);
    await actOnAll(world, 30_000);
    const { opportunityId: id = '' } = await stateOf(world, 'deal');
    const key = { catalog: 'AWS', kind: 'opportunity', id } as const;
    for (const Title of ['Lake', 'Hive']) {
      advance(world, 20_000);
      edit(world, key, { Project: { Title } });
      advance(world, 10_000);
      await hydrate(world, key);
    }
    expect(echoesOf(world, key)).toEqual([undefined, undefined, undefined]);
  });

  it('a version is no echo if AWS has decided about a submission before the read', async () => {
    const world = actWorld();
    const key = await openOpportunity(world, deal);
    await ask(world, key, { action: 'opportunity.submit', involvementType: 'Co-Sell' });
    await act(world, key);
    for (let acts = 0; acts < 3; acts += 1) {
      advance(world, 1_500);
      await act(world, key);
    }
    edit(world, key, { LifeCycle: { ReviewStatus: 'Rejected' } });
    advance(world, 1_000);
    await hydrate(world, key);
    const current = await world.records.current(key);
    expect(textAt(current?.payload ?? {}, 'LifeCycle', 'ReviewStatus')).toBe('Rejected');
    expect(echoesOf(world, key).at(-1)).toBeUndefined();
  });

  it('a version is stored, and is no echo, if the row of its line was edited by hand and is invalid', async () => {
    const world = actWorld();
    const key = await openOpportunity(world);
    await ask(world, key, update('Call Ada'));
    await act(world, key);
    world.commandRows.problems.set(`${key.catalog}/${key.kind}/${key.id}`, ['applied: a text']);
    advance(world, 7_000);
    await hydrate(world, key);
    expect(echoesOf(world, key)).toEqual([undefined, undefined]);
  });
});
