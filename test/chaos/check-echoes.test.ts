import { describe, expect, it } from 'vitest';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import { textAt } from '../../lambdas/core/json.ts';
import { applyMergePatch } from '../../lambdas/core/merge-patch.ts';
import { messageOf } from '../../lambdas/core/message.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { Subscription } from '../../local/chaos/chaos-receiver.ts';
import { checkEchoes } from '../../local/chaos/check-echoes.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import type { SentCommand } from '../../local/chaos/sent-command.ts';
import type { EffectiveWrite } from '../../local/partner-central/model/simulated-writes.ts';
import { endpoint } from '../builders/endpoints.ts';
import { observation, versionOf } from '../builders/versions.ts';
import { bodies, evidence, opportunityPath, postOf, state } from './evidence-builder.ts';

const client = 'arn:aws:sts::111122223333:assumed-role/crm';
const own: Subscription = { id: 'ep_crm', topics: ['*'], catalogs: [], client, echo: 'mark' };
const commands = [{ id: commandIdOf(client, 'one'), key: 'one' }];
const patch = { LifeCycle: { NextSteps: 'one' }, LastModifiedDate: '2026-03-01T10:09:00.000Z' };
const after = applyMergePatch(bodies.after, patch);

const sent: SentCommand = {
  key: 'one',
  client,
  catalog: 'AWS',
  target: opportunityPath,
  action: 'opportunity.update',
  paths: ['/LifeCycle/NextSteps'],
  overwrites: false,
  isEffect: (write) => textAt(write.after, 'LifeCycle', 'NextSteps') === 'one',
};

const write: EffectiveWrite = {
  operation: 'UpdateOpportunity',
  catalog: 'AWS',
  kind: 'opportunity',
  id: 'O1234567',
  atMs: Date.parse('2026-03-01T10:09:00Z'),
  input: {},
  before: bodies.after,
  after,
};

const first = versionOf(observation({ payload: bodies.after, readAt: '2026-03-01T10:05:02.000Z' }));

function secondOf(payload = after, echoes: Version['echoes'] = [{ client, commands }]): Version {
  return { ...versionOf(observation({ payload, readAt: '2026-03-01T10:09:02.000Z' }), first), echoes };
}

function answers(count: number): readonly SentCommand[] {
  return Array.from({ length: count }, (_, index) => ({ ...sent, key: `${index}`, isAnswer: true }));
}

function check(version: Version, of: Partial<Evidence> = {}): readonly string[] {
  const marked = messageOf(version, endpoint({ client, echo: 'mark' })).body;
  const found = checkEchoes(
    evidence({
      versions: new Map([[opportunityPath, [first, version]]]),
      subscriptions: [own],
      posts: [postOf(version, { endpointId: own.id, body: marked })],
      sentCommands: [sent],
      effectiveWrites: [write],
      ...of,
    }),
  );
  expect(found.filter(({ promise }) => promise !== 17)).toEqual([]);
  return found.map(({ what }) => what);
}

describe('checkEchoes, promise 17', () => {
  it('accepts an echo with nothing but the write of its command, named at the endpoint of its client', () => {
    expect(check(secondOf())).toEqual([]);
  });

  it('finds an echo that has a change of others, or another value than its command has written', () => {
    const withOthers = { ...after, NationalSecurity: 'Yes' };
    expect(check(secondOf(withOthers))).toEqual([
      `version 2 is an echo of ${client}, although others changed /NationalSecurity`,
    ]);
    const overwritten = applyMergePatch(after, { LifeCycle: { NextSteps: 'of a person' } });
    expect(check(secondOf(overwritten))).toHaveLength(1);
    expect(check(secondOf(), { effectiveWrites: [] })).toHaveLength(1);
  });

  it('says nothing about a record that was erased or edited by hand', () => {
    const harmed = secondOf({ ...after, NationalSecurity: 'Yes' });
    expect(check(harmed, { selectedForErasure: new Set([opportunityPath]) })).toEqual([]);
    expect(check(harmed, { rowEdits: new Map([[`line#${opportunityPath} line`, 1]]) })).toEqual([]);
  });

  it('finds a message that names commands at another endpoint, or that lacks them', () => {
    const version = secondOf();
    expect(check(version, { subscriptions: [{ ...own, client: 'finance' }] })).toHaveLength(1);
    expect(check(version, { posts: [postOf(version, { endpointId: own.id })] })).toEqual([
      'version 2 reached ep_crm with the commands none',
    ]);
    expect(check(secondOf(after, []), { posts: [postOf(version, { endpointId: own.id })] })).toEqual([]);
  });

  it('says nothing about the messages of a record that was edited by hand', () => {
    const version = secondOf(after, []);
    const marked = messageOf(secondOf(), endpoint({ client, echo: 'mark' })).body;
    const posts = [postOf(version, { endpointId: own.id, body: marked })];
    expect(check(version, { posts })).toHaveLength(1);
    const rowEdits = new Map([[`${opportunityPath} version#0000000002`, 1]]);
    expect(check(version, { posts, rowEdits })).toEqual([]);
  });

  it('finds an echo that was sent to an endpoint that omits it', () => {
    expect(check(secondOf(), { subscriptions: [{ ...own, echo: 'omit' }] })).toHaveLength(1);
  });

  it('finds a client that has answered more often than others have changed the record', () => {
    const truth = new Map([
      [
        opportunityPath,
        [state(bodies.before, '2026-03-01T10:00:00.000Z'), state(after, '2026-03-01T10:09:00.000Z')],
      ],
    ]);
    const version = secondOf(after, []);
    const plain = { posts: [postOf(version, { endpointId: own.id })], truth };
    expect(check(version, { ...plain, sentCommands: answers(1) })).toEqual([]);
    expect(check(version, { ...plain, sentCommands: answers(2) })).toEqual([
      `${client} has answered 2 times to 1 changes of others`,
    ]);
    // A stale read has stored a former state again.
    const returned = new Map([[opportunityPath, [first, version, { ...first, version: 3 }]]]);
    expect(check(version, { ...plain, versions: returned, sentCommands: answers(3) })).toEqual([]);
    expect(check(version, { ...plain, versions: returned, sentCommands: answers(4) })).toHaveLength(1);
  });
});
