import { describe, expect, it } from 'vitest';
import { type CommandState, commandIdOf, commandKeyOf } from '../../lambdas/core/command-state.ts';
import { commandVersion } from '../../lambdas/core/command-version.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { checkOverwritten } from '../../local/chaos/check-overwritten.ts';
import type { Evidence } from '../../local/chaos/evidence.ts';
import type { SentCommand } from '../../local/chaos/sent-command.ts';
import type { EffectiveWrite } from '../../local/partner-central/model/simulated-writes.ts';
import { observation, opportunityKey, versionOf } from '../builders/versions.ts';
import { evidence, state } from './evidence-builder.ts';

const path = recordPath(opportunityKey);
const key = 'one';

function withSteps(NextSteps: string): JsonObject {
  return { LastModifiedDate: '2026-03-01T10:05:00.000Z', LifeCycle: { NextSteps } };
}

function sent(client: string, wanted: string, of: Partial<SentCommand> = {}): SentCommand {
  return {
    key,
    client,
    catalog: 'AWS',
    target: path,
    action: 'opportunity.update',
    paths: ['/LifeCycle/NextSteps'],
    overwrites: false,
    isEffect: ({ input }) => input['wanted'] === wanted,
    ...of,
  };
}

function write(wanted: string, before: string): EffectiveWrite {
  return {
    operation: 'UpdateOpportunity',
    ...opportunityKey,
    atMs: Date.parse('2026-03-01T10:09:00Z'),
    input: { wanted, LastModifiedDate: '2026-03-01T10:05:00.000Z' },
    before: withSteps(before),
    after: withSteps(wanted),
  };
}

function both(client: string): readonly SentCommand[] {
  return [sent(client, 'earlier', { key: 'two' }), sent('crm', 'wanted')];
}

/** The command of crm is based on a version with the next steps `seen`. */
function check(of: Partial<Evidence>) {
  const record = commandKeyOf({ catalog: 'AWS' }, commandIdOf('crm', key));
  const said: CommandState = {
    key,
    client: 'crm',
    action: 'opportunity.update',
    target: { kind: 'opportunity', id: opportunityKey.id },
    number: 1,
    paths: ['/LifeCycle/NextSteps'],
    basedOn: 1,
    onConflict: 'fail',
    onLocked: 'wait',
    acceptedAt: '2026-03-01T10:06:00.000Z',
    expiresAt: '2026-03-31T10:06:00.000Z',
    status: 'succeeded',
  };
  const seen = versionOf(observation({ key: opportunityKey, payload: withSteps('seen') }));
  return checkOverwritten(
    evidence({
      sentCommands: [sent('crm', 'wanted')],
      current: new Map([[recordPath(record), commandVersion(undefined, record, said, said.acceptedAt)]]),
      versions: new Map([[path, [seen]]]),
      ...of,
    }),
    { staleMs: 3_000 },
  );
}

describe('checkOverwritten, promise 15', () => {
  it('finds a value of others that a command has replaced, and that its client had not seen', () => {
    expect(check({ effectiveWrites: [write('wanted', 'of others')] })).toEqual([
      expect.objectContaining({ promise: 15, path }),
    ]);
  });

  it('accepts what the client saw, what is wanted already, and a command that overwrites', () => {
    expect(check({ effectiveWrites: [write('wanted', 'seen')] })).toEqual([]);
    expect(check({ effectiveWrites: [write('wanted', 'wanted')] })).toEqual([]);
    const sentCommands = [sent('crm', 'wanted', { overwrites: true })];
    expect(check({ sentCommands, effectiveWrites: [write('wanted', 'of others')] })).toEqual([]);
  });

  it('accepts what an earlier command of the same client has written, and not what another client has', () => {
    const effectiveWrites = [write('earlier', 'seen'), write('wanted', 'earlier')];
    expect(check({ sentCommands: both('crm'), effectiveWrites })).toEqual([]);
    expect(check({ sentCommands: both('erp'), effectiveWrites })).toHaveLength(1);
  });

  it('excuses a value that others changed without moving the timestamp of the read', () => {
    const states = [
      state(withSteps('seen'), '2026-03-01T10:05:00.000Z'),
      state(withSteps('of others'), '2026-03-01T10:08:59.000Z'),
    ];
    const given = { effectiveWrites: [write('wanted', 'of others')] };
    expect(check({ ...given, truth: new Map([[path, states]]) })).toEqual([]);
  });
});
