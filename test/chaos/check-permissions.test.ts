import { describe, expect, it } from 'vitest';
import type { Client } from '../../lambdas/core/client.ts';
import { commandIdOf, commandKeyOf } from '../../lambdas/core/command-state.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { applyMergePatch } from '../../lambdas/core/merge-patch.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { checkPermissions } from '../../local/chaos/check-permissions.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import type { Permissions } from '../../local/chaos/permissions.ts';
import type { SentCommand } from '../../local/chaos/sent-command.ts';
import type { EffectiveWrite } from '../../local/partner-central/model/simulated-writes.ts';
import { definedClient } from '../../local/simulation/defined-client.ts';
import { opportunityKey } from '../builders/versions.ts';
import { evidence, opportunityPath } from './evidence-builder.ts';

const never = 'OtherCompetitorNames';
const id = commandIdOf(definedClient.id, 'one');
const writtenAt = Date.parse('2026-03-01T10:09:00Z');

function sent(of: Partial<SentCommand> = {}): SentCommand {
  return {
    key: 'one',
    client: definedClient.id,
    catalog: 'AWS',
    target: opportunityPath,
    action: 'opportunity.update',
    paths: ['/LifeCycle/NextSteps'],
    overwrites: false,
    isEffect: ({ after }) => textAt(after, 'LifeCycle', 'NextSteps') === 'one',
    ...of,
  };
}

function write(patch: JsonObject = {}): EffectiveWrite {
  const before = { LifeCycle: { NextSteps: 'zero' }, Project: { [never]: 'AnyCompany' } };
  return {
    operation: 'UpdateOpportunity',
    ...opportunityKey,
    atMs: writtenAt,
    input: {},
    before,
    after: applyMergePatch(before, { LifeCycle: { NextSteps: 'one' }, ...patch }),
  };
}

function check(of: Partial<Evidence>, permitted: Partial<Permissions> = {}): readonly string[] {
  const permissions = { clients: [definedClient], refused: [], approvedFromMs: new Map(), ...permitted };
  return checkPermissions(evidence({ permissions, ...of }), { staleMs: 0 }).map(
    ({ promise, what }) => `${promise} ${what}`,
  );
}

const update = '18 opportunity.update of finance:';
const forbidden = sent({ paths: [`/Project/${never}`] });
const assignment = sent({ action: 'opportunity.assign', paths: ['/OpportunityTeam'] });

describe('promise 18', () => {
  it('holds for an allowed command that was done', () => {
    expect(check({ sentCommands: [sent()], effectiveWrites: [write()] })).toEqual([]);
  });

  it('is broken by an accepted command whose path is one of `never`', () => {
    expect(check({ sentCommands: [forbidden] })).toEqual([`${update} was accepted, and is not allowed`]);
  });

  it('is broken by an accepted command whose path is not writable', () => {
    expect(check({ sentCommands: [sent({ paths: ['/Marketing/Source'] })] })).toEqual([
      `${update} was accepted, and is not allowed`,
    ]);
  });

  it('is broken by a command that replaces what is around a path of `never`', () => {
    const client: Client = { ...definedClient, writable: [''] };
    expect(check({ sentCommands: [sent({ paths: ['/Project'] })] }, { clients: [client] })).toEqual([
      `${update} was accepted, and is not allowed`,
    ]);
  });

  it('is broken by the refusal of what the definition allows', () => {
    expect(check({}, { refused: [sent({ isEffect: () => false })] })).toEqual([
      `${update} was refused, and is allowed`,
    ]);
  });

  it('is broken by a refused command that is stored', () => {
    const record = commandKeyOf({ catalog: 'AWS' }, id);
    const [any] = evidence().current.values();
    const current = any && new Map([[recordPath(record), any]]);
    expect(check({ current: current ?? new Map() }, { refused: [forbidden] })).toEqual([
      `${update} was refused, and is stored`,
    ]);
  });

  it('is broken by a refused command that had an effect', () => {
    expect(check({ effectiveWrites: [write()] }, { refused: [forbidden] })).toEqual([
      `${update} was refused, and had an effect`,
    ]);
  });

  it('is broken by a write below a pointer of `never`', () => {
    const effectiveWrites = [write({ Project: { [never]: null } })];
    expect(check({ sentCommands: [sent()], effectiveWrites })).toEqual([
      `${update} has written /Project/${never}`,
    ]);
  });

  it.each([
    ['that no operator approved', undefined, true],
    ['before its approval', writtenAt + 1, true],
    ['after its approval', writtenAt, false],
  ])('knows whether a command was done %s', (_, approvedMs, isBroken) => {
    const approvedFromMs = new Map(approvedMs === undefined ? [] : [[id, approvedMs]]);
    const found = check({ sentCommands: [assignment], effectiveWrites: [write()] }, { approvedFromMs });
    expect(found).toEqual(
      isBroken ? ['18 opportunity.assign of finance: was done before it was approved'] : [],
    );
  });

  it('says nothing about a client without a definition', () => {
    const other = { ...assignment, client: 'crm', paths: [`/Project/${never}`] };
    expect(check({ sentCommands: [other], effectiveWrites: [write()] })).toEqual([]);
  });
});
