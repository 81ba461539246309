import { describe, expect, it } from 'vitest';
import type { CommandState } from '../../../lambdas/core/command-state.ts';
import { commandVersion } from '../../../lambdas/core/command-version.ts';
import { isInterested } from '../../../lambdas/core/endpoint.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { isOmitted, isWanted } from '../../../lambdas/core/wanted.ts';
import { commandRecordKey } from '../../builders/commands.ts';
import { endpoint } from '../../builders/endpoints.ts';
import { versionOf } from '../../builders/versions.ts';

const commands = [{ id: 'cmd_1', key: 'deal-1/stage' }];
const version = { ...versionOf(), echoes: [{ client: 'crm', commands }] };
const ofCrm = endpoint({ client: 'crm', echo: 'mark' });
const omitting = endpoint({ client: 'crm', echo: 'omit' });

function causeAt(receiver: ReturnType<typeof endpoint>): unknown {
  return JSON.parse(messageOf(version, receiver).body).data.cause;
}

describe('The message of an echo', () => {
  it('names the commands to the endpoint of their client, in both forms and with redaction', () => {
    for (const form of [
      ofCrm,
      { ...ofCrm, payload: 'thin' as const },
      { ...ofCrm, redact: { only: ['/Id'] } },
    ])
      expect(causeAt(form)).toMatchObject({ commands });
  });

  it('names no command to other endpoints', () => {
    for (const other of [endpoint(), endpoint({ client: 'erp', echo: 'mark' })])
      expect(causeAt(other)).not.toHaveProperty('commands');
  });

  it('has the same id and otherwise the same content at every endpoint', () => {
    const [marked, plain] = [messageOf(version, ofCrm), messageOf(version, endpoint())];
    expect(marked.id).toBe(plain.id);
    expect(marked.body.replace(`,"commands":${JSON.stringify(commands)}`, '')).toBe(plain.body);
  });
});

describe('An endpoint of a client', () => {
  it('omits echoes of its client alone, and only if it asks for that', () => {
    expect(isOmitted(omitting, version)).toBe(true);
    expect(isOmitted(ofCrm, version)).toBe(false);
    expect(isOmitted({ ...omitting, client: 'erp' }, version)).toBe(false);
    expect(isOmitted(omitting, versionOf())).toBe(false);
  });

  it('still wants an echo that it omits, so that a replay sends it', () => {
    expect(isWanted(omitting, version)).toBe(true);
  });

  it('can choose by a filter on the commands in the cause', () => {
    const filter = { data: { cause: { commands: { id: [{ exists: false }] } } } };
    expect(isWanted({ ...ofCrm, filter }, version)).toBe(false);
    expect(isWanted({ ...ofCrm, filter }, versionOf())).toBe(true);
    expect(isWanted(endpoint({ filter }), version)).toBe(true);
  });

  it('wants messages about commands of its client alone; without client an endpoint wants all', () => {
    const state: CommandState = {
      key: 'deal-1',
      client: 'crm',
      action: 'opportunity.update',
      target: { kind: 'opportunity', id: 'O1234567' },
      number: 1,
      paths: ['/LifeCycle/Stage'],
      onConflict: 'fail',
      onLocked: 'wait',
      acceptedAt: '2026-03-01T10:00:00.000Z',
      expiresAt: '2026-03-02T10:00:00.000Z',
      status: 'accepted',
    };
    const command = commandVersion(undefined, commandRecordKey('deal-1'), state, state.acceptedAt);
    const topics = ['command.*'];
    expect(isInterested({ ...ofCrm, topics }, command)).toBe(true);
    expect(isWanted({ ...ofCrm, topics }, command)).toBe(true);
    expect(isWanted({ ...ofCrm, topics, client: 'erp' }, command)).toBe(false);
    expect(isWanted(endpoint({ topics }), command)).toBe(true);
    expect(isWanted(ofCrm, command)).toBe(false);
  });
});
