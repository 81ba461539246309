import { describe, expect, it } from 'vitest';
import { type CommandState, commandIdOf, commandKeyOf } from '../../../lambdas/core/command-state.ts';
import { commandStateOf, commandVersion } from '../../../lambdas/core/command-version.ts';

const key = commandKeyOf({ catalog: 'AWS' }, commandIdOf('arn:aws:iam::123456789012:role/crm', 'deal-4711'));
const accepted: CommandState = {
  key: 'deal-4711',
  client: 'arn:aws:iam::123456789012:role/crm',
  action: 'opportunity.update',
  target: { kind: 'opportunity', id: 'O1234567' },
  number: 1,
  paths: ['/LifeCycle/Stage'],
  basedOn: 12,
  onConflict: 'fail',
  onLocked: 'wait',
  acceptedAt: '2026-03-01T10:00:00.000Z',
  expiresAt: '2026-03-31T10:00:00.000Z',
  status: 'accepted',
};

describe('commandVersion', () => {
  it('makes version 1 with the type and the status of an accepted command', () => {
    const version = commandVersion(undefined, key, accepted, accepted.acceptedAt);
    expect(version).toMatchObject({
      version: 1,
      type: 'command.accepted',
      topics: ['command.accepted'],
      attributes: { status: 'accepted', title: 'opportunity.update', dueOn: accepted.expiresAt },
      changes: [],
    });
    expect(commandStateOf(version)).toEqual(accepted);
  });

  it('makes a newer version also if the clock of the worker is behind', () => {
    const first = commandVersion(undefined, key, accepted, '2026-03-01T10:00:00.000Z');
    const ended: CommandState = { ...accepted, status: 'succeeded', evidence: 'answer' };
    const version = commandVersion(first, key, ended, '2026-03-01T09:59:30.000Z');
    expect(version).toMatchObject({
      version: 2,
      type: 'command.succeeded',
      readAt: '2026-03-01T10:00:00.001Z',
      previousMessageId: first.messageId,
    });
  });

  it('refuses a version that says the same', () => {
    const first = commandVersion(undefined, key, accepted, '2026-03-01T10:00:00.000Z');
    expect(() => commandVersion(first, key, accepted, '2026-03-01T10:00:01.000Z')).toThrow('changes nothing');
  });

  it('names a payload that was edited by hand and is no command', () => {
    const first = commandVersion(undefined, key, accepted, '2026-03-01T10:00:00.000Z');
    const edited = { ...first, payload: { ...first.payload, status: 'done' } };
    expect(() => commandStateOf(edited)).toThrow('record.unreadable');
  });
});
