import { describe, expect, it } from 'vitest';
import { type CommandState, commandIdOf, commandKeyOf } from '../../lambdas/core/command-state.ts';
import { commandVersion } from '../../lambdas/core/command-version.ts';
import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { applyMergePatch } from '../../lambdas/core/merge-patch.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { checkCommands } from '../../local/chaos/check-commands.ts';
import type { Evidence, Violation } from '../../local/chaos/evidence.ts';
import type { SentCommand } from '../../local/chaos/sent-command.ts';
import type { EffectiveWrite } from '../../local/partner-central/model/simulated-writes.ts';
import { bodies, evidence, opportunityPath, state } from './evidence-builder.ts';

const client = 'arn:aws:iam::123456789012:role/crm';

/** An update of the next steps of the one opportunity. */
function sentUpdate(key: string, of: Partial<SentCommand> = {}): SentCommand {
  return {
    key,
    client,
    catalog: 'AWS',
    target: opportunityPath,
    action: 'opportunity.update',
    paths: ['/LifeCycle/NextSteps'],
    overwrites: false,
    isEffect: ({ after }) => textAt(after, 'LifeCycle', 'NextSteps') === key,
    ...of,
  };
}

const base: JsonObject = { ...bodies.after, LifeCycle: { Stage: 'Qualified', ReviewStatus: 'Approved' } };

function writeOf(key: string, more: JsonObject = {}): EffectiveWrite {
  const patch = { LifeCycle: { NextSteps: key }, LastModifiedDate: '2026-03-01T10:09:00.000Z', ...more };
  return {
    operation: 'UpdateOpportunity',
    catalog: 'AWS',
    kind: 'opportunity',
    id: 'O1234567',
    atMs: Date.parse('2026-03-01T10:09:00Z'),
    input: { LastModifiedDate: '2026-03-01T10:05:00.000Z' },
    before: base,
    after: applyMergePatch(base, patch),
  };
}

const qualification = '/Contexts/0/Payload/Lead/QualificationStatus';

function contextOf(Lead: JsonObject): JsonObject {
  return { Contexts: [{ Id: '1', Type: 'Lead', Payload: { Lead } }] };
}

/** A stored command with this end. */
function ended(key: string, number: number, of: Partial<CommandState>): Evidence['current'] {
  const record = commandKeyOf({ catalog: 'AWS' }, commandIdOf(client, key));
  const said: CommandState = {
    key,
    client,
    action: 'opportunity.update',
    target: { kind: 'opportunity', id: 'O1234567' },
    number,
    paths: ['/LifeCycle/NextSteps'],
    onConflict: 'fail',
    onLocked: 'wait',
    acceptedAt: '2026-03-01T10:06:00.000Z',
    expiresAt: '2026-03-31T10:06:00.000Z',
    status: 'succeeded',
    ...of,
  };
  return new Map([[recordPath(record), commandVersion(undefined, record, said, said.acceptedAt)]]);
}

function check(of: Partial<Evidence>): readonly Violation[] {
  return checkCommands(evidence(of), { staleMs: 3_000 });
}

const succeeded = ended('one', 1, { evidence: 'answer' });
const found = (promise: number, what: string) => [expect.objectContaining({ promise, what })];

describe('checkCommands, promises 14 and 15', () => {
  it('accepts a command that ended and had one effect', () => {
    expect(
      check({ sentCommands: [sentUpdate('one')], effectiveWrites: [writeOf('one')], current: succeeded }),
    ).toEqual([]);
  });

  it('finds an accepted command that is not stored', () => {
    const violations = check({ sentCommands: [sentUpdate('one')], current: new Map() });
    expect(violations).toEqual(found(14, 'was accepted, and is not stored'));
  });

  it('finds a command that has not ended', () => {
    const current = ended('one', 1, { status: 'waiting', reason: 'lock' });
    const violations = check({ sentCommands: [sentUpdate('one')], current });
    expect(violations).toEqual(found(14, 'has not ended: it is waiting lock'));
  });

  it.each<[string, Partial<CommandState>, number]>([
    ['succeeded answer', { evidence: 'answer' }, 0],
    ['succeeded answer', { evidence: 'answer' }, 2],
    ['succeeded read-back', { evidence: 'read-back' }, 0],
    ['succeeded already', { evidence: 'already' }, 1],
    ['failed locked', { status: 'failed', code: 'locked' }, 1],
    ['failed outcome-unknown', { status: 'failed', code: 'outcome-unknown' }, 2],
    ['expired', { status: 'expired' }, 1],
    ['cancelled', { status: 'cancelled' }, 1],
  ])('finds a command that is %s %j with %i effects', (end, of, effects) => {
    const effectiveWrites = Array.from({ length: effects }, () => writeOf('one'));
    const violations = check({
      sentCommands: [sentUpdate('one')],
      effectiveWrites,
      current: ended('one', 1, of),
    });
    expect(violations).toEqual(found(14, `is ${end}, and had an effect ${effects} times`));
  });

  it.each(['refused', 'internal'] as const)('finds a valid command that failed as %s', (code) => {
    const violations = check({
      sentCommands: [sentUpdate('one')],
      current: ended('one', 1, { status: 'failed', code }),
    });
    expect(violations).toEqual(found(14, `failed as ${code}`));
  });

  it('allows a command that overwrites a second effect', () => {
    const current = ended('one', 1, { evidence: 'answer', onConflict: 'overwrite' });
    const sentCommands = [sentUpdate('one', { overwrites: true })];
    expect(check({ sentCommands, effectiveWrites: [writeOf('one'), writeOf('one')], current })).toEqual([]);
  });

  it('finds a write that no command wanted', () => {
    const violations = check({ effectiveWrites: [writeOf('two')] });
    expect(violations).toEqual(found(14, 'was written by UpdateOpportunity, and no command wanted that'));
  });

  it('finds a write that changed a member besides its own', () => {
    const effectiveWrites = [writeOf('one', { Project: { Title: 'Before' } })];
    const violations = check({ sentCommands: [sentUpdate('one')], effectiveWrites, current: succeeded });
    expect(violations).toEqual(found(15, 'lost what others wrote at /Project/Title'));
  });

  it('excuses a member that others changed without moving the timestamp of the read', () => {
    const write = writeOf('one', { Project: { Title: 'Before' } });
    const hidden = { ...base, Project: { Title: 'Before' } };
    const changedAt = (at: string) =>
      new Map([[opportunityPath, [state(hidden, '2026-03-01T10:05:00.000Z'), state(base, at)]]]);
    const given = { sentCommands: [sentUpdate('one')], effectiveWrites: [write], current: succeeded };
    expect(check({ ...given, truth: changedAt('2026-03-01T10:08:59.000Z') })).toEqual([]);
    expect(check({ ...given, truth: changedAt('2026-03-01T10:07:00.000Z') })).toHaveLength(1);
  });

  it.each([
    ['its own member', { QualificationStatus: 'one' }, []],
    [
      'a member of others too',
      { QualificationStatus: 'one', Customer: {} },
      found(15, 'lost what others wrote at /Contexts/0/Payload/Lead/Customer/CompanyName'),
    ],
  ])('knows of an update of a lead whether it changed %s', (_, lead, violations) => {
    const before = contextOf({ QualificationStatus: 'zero', Customer: { CompanyName: 'AnyCompany' } });
    const after = contextOf({ Customer: { CompanyName: 'AnyCompany' }, ...lead });
    const of = { operation: 'UpdateEngagementContext', kind: 'engagement', before, after } as const;
    const sent = sentUpdate('one', { paths: [qualification], isEffect: () => true });
    const given = { sentCommands: [sent], effectiveWrites: [{ ...writeOf('one'), ...of }] };
    expect(check({ ...given, current: succeeded })).toEqual(violations);
  });

  it('finds an opportunity whose review status is gone', () => {
    const effectiveWrites = [writeOf('one', { LifeCycle: { NextSteps: 'one', ReviewStatus: null } })];
    const violations = check({ sentCommands: [sentUpdate('one')], effectiveWrites, current: succeeded });
    expect(violations).toEqual(found(15, 'has lost its ReviewStatus for ever'));
  });

  it('finds updates of one record that were applied in another order', () => {
    const current = new Map([
      ...ended('one', 1, { evidence: 'answer' }),
      ...ended('two', 2, { evidence: 'answer' }),
    ]);
    const sentCommands = [sentUpdate('one'), sentUpdate('two')];
    const inOrder = { sentCommands, effectiveWrites: [writeOf('one'), writeOf('two')], current };
    expect(check(inOrder)).toEqual([]);
    const violations = check({ ...inOrder, effectiveWrites: [writeOf('two'), writeOf('one')] });
    expect(violations).toEqual(found(14, 'was applied after number 2 of its line'));
  });
});
