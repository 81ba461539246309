import { diff } from '../../lambdas/core/change.ts';
import type { Client } from '../../lambdas/core/client.ts';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import { causesOf, hiddenStates, pathOf, wasHidden } from './check-commands.ts';
import type { Tolerance } from './check-records.ts';
import type { Evidence, Violation } from './evidence.ts';
import type { Permissions } from './permissions.ts';
import type { SentCommand } from './sent-command.ts';

/**
 * Promise 18. The pointers of the definitions that are checked have no `*`, so that this check
 * needs none of the code under test.
 */
export function checkPermissions(
  evidence: Evidence,
  { staleMs }: Pick<Tolerance, 'staleMs'>,
): readonly Violation[] {
  const { permissions, sentCommands } = evidence;
  if (!permissions) return [];
  return [
    ...sentCommands.flatMap((sent) => acceptedInVain(sent, permissions)),
    ...permissions.refused.flatMap((sent) => refusedAndDone(sent, evidence, permissions)),
    ...[...causesOf(evidence)].flatMap(([write, sent]) => {
      const client = sent && clientOf(sent, permissions);
      if (!client) return [];
      return [
        ...writtenTooEarly(write, sent, client, permissions),
        ...writtenBelowNever(write, sent, client, evidence, staleMs),
      ];
    }),
  ];
}

function acceptedInVain(sent: SentCommand, permissions: Permissions): readonly Violation[] {
  const client = clientOf(sent, permissions);
  return client && isForbidden(sent, client) ? [violation(sent, 'was accepted, and is not allowed')] : [];
}

function refusedAndDone(
  sent: SentCommand,
  { current, effectiveWrites }: Evidence,
  permissions: Permissions,
): readonly Violation[] {
  const client = clientOf(sent, permissions);
  return [
    ...(client && isForbidden(sent, client) ? [] : [violation(sent, 'was refused, and is allowed')]),
    ...(current.has(pathOf(sent)) ? [violation(sent, 'was refused, and is stored')] : []),
    ...(effectiveWrites.some(sent.isEffect) ? [violation(sent, 'was refused, and had an effect')] : []),
  ];
}

function writtenTooEarly(
  { atMs }: EffectiveWrite,
  sent: SentCommand,
  { approval }: Client,
  { approvedFromMs }: Permissions,
): readonly Violation[] {
  const isFree = typeof approval === 'string' ? approval === 'never' : !isOneOf(sent.action, approval);
  const approvedMs = approvedFromMs.get(commandIdOf(sent.client, sent.key)) ?? Number.POSITIVE_INFINITY;
  return isFree || approvedMs <= atMs ? [] : [violation(sent, 'was done before it was approved')];
}

/** A write can restore a value that the service cannot tell apart from the one that it replaced. */
function writtenBelowNever(
  write: EffectiveWrite,
  sent: SentCommand,
  { never }: Client,
  { truth }: Evidence,
  staleMs: number,
): readonly Violation[] {
  const hidden = hiddenStates(write, truth.get(sent.target) ?? [], staleMs);
  const written = diff(write.before ?? {}, write.after)
    .filter(({ after = null }) => write.before || after !== null)
    .map(({ path }) => path)
    .filter((path) => never.some((each) => isInside(path, each)))
    .filter((path) => !wasHidden(path, write.after, hidden));
  return written.length === 0 ? [] : [violation(sent, `has written ${written.join(', ')}`)];
}

function isForbidden({ paths }: SentCommand, { writable, never }: Client): boolean {
  return paths.some(
    (path) =>
      never.some((each) => isInside(path, each) || isInside(each, path)) ||
      !writable.some((each) => isInside(path, each)),
  );
}

function isInside(path: string, pointer: string): boolean {
  return path === pointer || path.startsWith(`${pointer}/`);
}

function isOneOf(text: string, texts: readonly string[]): boolean {
  return texts.includes(text);
}

function clientOf({ client }: SentCommand, { clients }: Permissions): Client | undefined {
  return clients.find(({ id }) => id === client);
}

function violation(sent: SentCommand, what: string): Violation {
  return { promise: 18, path: pathOf(sent), what: `${sent.action} of ${sent.client}: ${what}` };
}
