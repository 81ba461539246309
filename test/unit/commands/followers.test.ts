import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import { commandsWorld } from './commands-world.ts';

const enabled = [
  'AWS:opportunity.create',
  'AWS:opportunity.associate',
  'AWS:opportunity.submit',
  'AWS:opportunity.update',
] as const;

const opportunity: JsonObject = {
  PartnerOpportunityIdentifier: 'deal-1',
  LifeCycle: { TargetCloseDate: '2099-12-31' },
};
const associate: JsonObject = {
  action: 'opportunity.associate',
  entity: { type: 'Solutions', id: 'S-0000001' },
};
const submit: JsonObject = { action: 'opportunity.submit', involvementType: 'Co-Sell' };
const create: JsonObject = { action: 'opportunity.create', catalog: 'AWS', opportunity };
const all: JsonObject = { ...create, followedBy: [associate, submit] };

async function withCreates() {
  const world = await commandsWorld();
  const send = (key: string | undefined, body: Json, changes: Parameters<typeof world.send>[2] = {}) =>
    world.send(key, body, { enabled, ...changes });
  return { ...world, send };
}

/** Paths and messages of a refusal. */
async function problemsOf(body: Json): Promise<readonly string[]> {
  const answer = await (await withCreates()).send('deal', body);
  if (answer.kind !== 'refused') throw new Error(`${answer.kind}, not refused`);
  return answer.refusal.problems.map(({ path }) => path);
}

describe('A request with followers', () => {
  it('is accepted as commands with derived keys, each after the one before', async () => {
    const world = await withCreates();
    const answer = await world.send('deal', all);
    expect(answer).toMatchObject({
      kind: 'accepted',
      command: { payload: { key: 'deal', number: 1 } },
      followers: [
        { payload: { key: 'deal:2', number: 2, after: 'deal', action: 'opportunity.associate' } },
        { payload: { key: 'deal:3', number: 3, after: 'deal:2', action: 'opportunity.submit' } },
      ],
    });
    expect(world.stored()).toMatchObject({ commands: 3, lines: 1, contents: 3 });
  });

  it('is repeated as a whole, and another one with the same key is refused', async () => {
    const world = await withCreates();
    await world.send('deal', all);
    expect(await world.send('deal', all)).toMatchObject({
      kind: 'repeated',
      followers: [{ payload: { key: 'deal:2' } }, { payload: { key: 'deal:3' } }],
    });
    for (const other of [create, { ...create, followedBy: [submit, associate] }])
      expect(await world.send('deal', other)).toMatchObject({ refusal: { code: 'key-reused' } });
    expect(world.stored()).toMatchObject({ commands: 3 });
  });

  it('is repeated if the same request is accepted while its identifier is looked for', async () => {
    const world = await withCreates();
    const first: unknown[] = [];
    const index: typeof world.deps.index = {
      async findByPartnerId(...asked) {
        if (first.length === 0) {
          first.push('begun');
          first.push(await world.send('deal', all));
        }
        return world.deps.index.findByPartnerId(...asked);
      },
    };
    expect(await world.send('deal', all, { index })).toMatchObject({ kind: 'repeated' });
    expect(first.at(-1)).toMatchObject({ kind: 'accepted' });
    expect(world.stored()).toMatchObject({ commands: 3 });
  });

  it('is refused if a derived key belongs to another command', async () => {
    const world = await withCreates();
    const other = { ...create, opportunity: { ...opportunity, PartnerOpportunityIdentifier: 'deal-2' } };
    await world.send('deal:3', other);
    const refused = await world.send('deal', all);
    expect(refused).toMatchObject({ refusal: { code: 'key-reused' } });
    expect(world.stored()).toMatchObject({ commands: 1 });
  });

  it.for<[JsonObject, string]>([
    [{ ...all, followedBy: [] }, '/followedBy'],
    [{ ...all, followedBy: 'submit' }, '/followedBy'],
    [{ ...all, followedBy: Array.from({ length: 21 }, () => associate) }, '/followedBy'],
    [{ ...all, followedBy: ['submit'] }, '/followedBy/0'],
    [{ ...all, followedBy: [{ ...associate, target: 'O1234567' }] }, '/followedBy/0/target'],
    [
      { ...all, followedBy: [associate, { ...submit, involvementType: 'Both' }] },
      '/followedBy/1/involvementType',
    ],
    [{ ...all, followedBy: [{ ...submit, visibility: 'Limited' }] }, '/followedBy/0/visibility'],
    [{ ...associate, catalog: 'AWS', target: 'O1234567', followedBy: [submit] }, '/followedBy'],
    [{ ...create, opportunity: { Project: { Title: 'Hive' } } }, '/opportunity/PartnerOpportunityIdentifier'],
    [
      { ...create, opportunity: { ...opportunity, PartnerOpportunityIdentifier: 'deal-1 ' } },
      '/opportunity/PartnerOpportunityIdentifier',
    ],
    [{ ...create, opportunity: { ...opportunity, Id: 'O1' } }, '/opportunity/Id'],
    [
      { ...create, opportunity: { ...opportunity, LifeCycle: { ReviewStatus: 'Approved' } } },
      '/opportunity/LifeCycle/ReviewStatus',
    ],
    [
      { ...create, opportunity: { ...opportunity, LifeCycle: { TargetCloseDate: '2020-01-01' } } },
      '/opportunity/LifeCycle/TargetCloseDate',
    ],
  ])('is refused with a pointer to what is wrong: %#', async ([body, path]) => {
    expect(await problemsOf(body)).toContain(path);
  });

  it('is refused if one of its actions is not enabled, and nothing is stored', async () => {
    const world = await commandsWorld();
    const answer = await world.send('deal', all, { enabled: ['AWS:opportunity.create'] });
    expect(answer).toMatchObject({ refusal: { code: 'not-enabled' } });
    expect(world.stored()).toMatchObject({ commands: 0, lines: 0 });
  });

  it('is checked as a whole: a submission counts the solution of the command before it', async () => {
    const world = await withCreates();
    const check = async (followedBy: readonly JsonObject[]) => {
      const answer = await world.send(undefined, { ...create, followedBy, check: true });
      if (answer.kind !== 'checked') throw new Error(answer.kind);
      return answer.followers.at(-1)?.warnings.map(({ message }) => message.split(' ')[0]) ?? [];
    };
    const solutions = '/RelatedEntityIdentifiers/Solutions';
    expect(await check([submit])).toContain(solutions);
    expect(await check([associate, submit])).not.toContain(solutions);
    const needs = '/PrimaryNeedsFromAws';
    expect(await check([submit])).toContain(needs);
    expect(await check([{ ...submit, involvementType: 'For Visibility Only' }])).not.toContain(needs);
    expect(world.stored()).toMatchObject({ commands: 0 });
  });
});

describe('A target that another command creates', () => {
  const update: JsonObject = {
    action: 'opportunity.update',
    catalog: 'AWS',
    target: { command: 'deal' },
    patch: { LifeCycle: { NextSteps: 'Call Bob' } },
  };

  it('is refused if the client has no such create, and so is a version of it', async () => {
    const world = await withCreates();
    const paths = async (body: JsonObject) => {
      const answer = await world.send('later', body);
      return answer.kind === 'refused' ? answer.refusal.problems.map(({ path }) => path) : [answer.kind];
    };
    expect(await paths(update)).toEqual(['/target/command']);
    await world.send('deal', create);
    expect(await paths({ ...update, basedOn: 1 })).toEqual(['/basedOn']);
    expect(await paths(update)).toEqual(['accepted']);
  });

  it('is refused with an identifier that a stored opportunity has', async () => {
    const world = await withCreates();
    const payload = { ...opportunityPayload(), PartnerOpportunityIdentifier: 'deal-1' };
    await world.put({ ...opportunityKey, id: 'O7654321' }, payload);
    expect(await world.send('deal', create)).toMatchObject({
      refusal: { problems: [{ path: '/opportunity/PartnerOpportunityIdentifier' }] },
    });
    expect(world.stored()).toMatchObject({ commands: 0 });
  });
});
