import { changesToExplain } from './changes-to-explain.ts';
import type { CommandContent } from './command.ts';
import { isAsWritten, valueAt, wantedValues } from './command-actions.ts';
import { addMs, type Instant } from './instant.ts';
import { isAtOrBelow, lastStep } from './json-pointer.ts';
import type { Line, NamedCommand } from './line.ts';
import type { PatchValue } from './merge-patch.ts';
import { isSameValue } from './same-value.ts';
import type { Echo, RecordState, Version } from './version.ts';

// A version is an echo of a client if the commands of this client alone explain what it changes.
// Values decide, and not times: a call may be applied and its answer be lost.

/** A command whose call may be what a version shows. */
export interface MadeCall extends NamedCommand {
  /** Number of its ticket, which names its content. */
  readonly number: number;
  /** Whether the end of the call is unknown. */
  readonly isOpen?: boolean;
}

export interface Candidate extends Omit<MadeCall, 'number'> {
  readonly content: CommandContent;
}

/**
 * The calls for a record that may explain what changed since a state, in their order: the answered
 * ones that a read at that time need not show, and the one whose end is unknown.
 * @param lagMs after this time a read shows what was answered, see `longestLagMs`
 */
export function callsSince(
  { readAt, reflectedCommand }: Pick<RecordState, 'readAt' | 'reflectedCommand'>,
  { applied, openCall }: Pick<Line, 'applied' | 'openCall'>,
  lagMs: number,
): readonly MadeCall[] {
  const open = openCall ? [{ ...openCall.command, number: openCall.number, isOpen: true }] : [];
  const calls = [...applied.filter(({ answeredAt }) => isReflectedLater(answeredAt, readAt, lagMs)), ...open];
  const reflected = calls.findLastIndex(({ id }) => id === reflectedCommand);
  return calls.slice(reflected + 1);
}

function isReflectedLater(answeredAt: Instant, readAt: Instant, lagMs: number): boolean {
  return addMs(answeredAt, lagMs) > readAt;
}

/**
 * Adds the clients to a version that it is an echo for, and the newest command that it reflects.
 * @param before the state that it replaces
 * @param candidates in the order of their calls
 */
export function withEchoes(before: RecordState, version: Version, candidates: readonly Candidate[]): Version {
  const changed = changesToExplain(before, version);
  const reflected = candidates.findLast((candidate) => isVisible(candidate, changed, version));
  const clients = [...new Set(candidates.map(({ client }) => client))];
  const echoes = clients.flatMap((client) => {
    const commands = candidates.filter((candidate) => candidate.client === client);
    return echoOf(client, commands, changed, version);
  });
  return {
    ...version,
    reflectedCommand: reflected?.id ?? version.reflectedCommand,
    ...(echoes.length > 0 && { echoes }),
  };
}

/**
 * A part of what an applied command wanted is enough: others can have replaced the rest since its
 * call. A call whose end is unknown may still arrive, and a person may have set that part.
 */
function isVisible(command: Candidate, changed: readonly string[], version: Version): boolean {
  if (isReflected(command, version)) return true;
  const explained = explainedPaths(command, version);
  return !command.isOpen && changed.some((path) => isInside(path, explained));
}

/** Whether a version has everything that a command wanted. */
function isReflected({ content }: Candidate, version: Version): boolean {
  return wantedValues(content).every((wanted) => holds(content, wanted, version));
}

function holds(
  content: CommandContent,
  { path, value }: PatchValue,
  { payload }: Pick<Version, 'payload'>,
): boolean {
  return isSameValue(value, valueAt(content.action, payload, path), lastStep(path));
}

/**
 * Empty unless the commands explain every change. A version that shows none is explained too: the
 * record was erased, or AWS has stored another value than a command wanted. Without that, a client
 * that writes at each message would never end.
 */
function echoOf(
  client: string,
  commands: readonly Candidate[],
  changed: readonly string[],
  version: Version,
): readonly Echo[] {
  const explained = commands.map((command) => {
    const paths = explainedPaths(command, version);
    return { command, changed: changed.filter((path) => isInside(path, paths)) };
  });
  const isWhole = changed.every((path) => explained.some((each) => each.changed.includes(path)));
  if (!isWhole) return [];
  const named = explained.filter((each) => changed.length === 0 || each.changed.length > 0);
  return [{ client, commands: named.map(({ command: { id, key } }) => ({ id, key })) }];
}

/** The paths, in the whole view, that have what a command wanted. */
function explainedPaths(command: Candidate, version: Version): readonly string[] {
  const { content } = command;
  if (!isAsWritten(content.action, version.payload)) return [];
  // An assignment replaces the owner as a whole.
  if (content.action === 'opportunity.assign')
    return isReflected(command, version) ? ['/OpportunityTeam/Owner'] : [];
  const also =
    content.action === 'invitation.reject' ? [{ path: '/RejectionReason', value: content.reason }] : [];
  return [...wantedValues(content), ...also]
    .filter((wanted) => holds(content, wanted, version))
    .map(({ path }) => path);
}

function isInside(path: string, parents: readonly string[]): boolean {
  return parents.some((parent) => isAtOrBelow(path, parent));
}
