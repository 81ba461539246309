import { type CommandState, commandIdOf, commandKeyOf } from '../../lambdas/core/command-state.ts';
import { commandStateOf, commandVersion } from '../../lambdas/core/command-version.ts';
import { addMs, type Instant } from '../../lambdas/core/instant.ts';
import { type Line, type LineKey, newLine, type Ticket } from '../../lambdas/core/line.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import type { CommandStore, StoredContent } from '../../lambdas/ports/command-store.ts';
import { opportunityKey } from './versions.ts';

const client = 'arn:aws:iam::123456789012:role/crm';
export const lineKey: LineKey = { catalog: 'AWS', kind: 'opportunity', id: opportunityKey.id };
const lifeMs = 30 * 24 * 60 * 60_000;

export function commandRecordKey(key: string, line: LineKey = lineKey) {
  return commandKeyOf(line, commandIdOf(client, key));
}

/** What a client asks for, with the values. */
export const sampleContent: StoredContent = {
  body: { action: 'opportunity.update', catalog: 'AWS', patch: { LifeCycle: { Stage: 'Qualified' } } },
  request: {
    catalog: 'AWS',
    target: { id: opportunityKey.id },
    onConflict: 'fail',
    onLocked: 'wait',
    expiresAt: '2026-03-31T10:00:00.000Z',
    irreversible: false,
    check: false,
    content: { action: 'opportunity.update', patch: { LifeCycle: { Stage: 'Qualified' } } },
  },
  base: [{ path: '/LifeCycle/Stage', value: 'Prospect' }],
};

function acceptedState(key: string, number: number, acceptedAt: Instant): CommandState {
  return {
    key,
    client,
    action: 'opportunity.update',
    target: { kind: lineKey.kind, id: lineKey.id },
    number,
    paths: ['/LifeCycle/Stage'],
    onConflict: 'fail',
    onLocked: 'wait',
    acceptedAt,
    expiresAt: addMs(acceptedAt, lifeMs),
    status: 'accepted',
  };
}

/** The first version of a command for a line, and its ticket. */
export function acceptanceOf(
  line: Line,
  key: string,
  now: Instant,
): { readonly version: Version; readonly ticket: Ticket } {
  const recordKey = commandRecordKey(key, line);
  const state = acceptedState(key, line.signals + 1, now);
  const ticket: Ticket = {
    number: state.number,
    commandId: recordKey.id,
    client,
    action: state.action,
    expiresAt: state.expiresAt,
    failsIfLocked: false,
    needsApproval: false,
    isCancelled: false,
  };
  return { version: commandVersion(undefined, recordKey, state, now), ticket };
}

/** Accepts a command as the doors do: on the line as it is. */
export async function acceptCommand(
  commands: Pick<CommandStore, 'line' | 'accept'>,
  key: string,
  now: Instant,
  content: StoredContent = sampleContent,
): Promise<{
  readonly version: Version;
  readonly ticket: Ticket;
  readonly outcome: Awaited<ReturnType<CommandStore['accept']>>;
}> {
  const line = (await commands.line(lineKey)) ?? newLine(lineKey);
  const { version, ticket } = acceptanceOf(line, key, now);
  const outcome = await commands.accept(line, [{ version, intentDueAt: now, ticket, content }]);
  return { version, ticket, outcome };
}

/** The version with which a command ends. */
export function succeededVersion(before: RecordState, now: Instant): Version {
  const { catalog, kind, id } = before;
  const state = commandStateOf(before);
  const ended: CommandState = { ...state, status: 'succeeded', evidence: 'answer', endedAt: now };
  return commandVersion(before, { catalog, kind, id }, ended, now);
}
