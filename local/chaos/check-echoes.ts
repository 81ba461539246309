import { diff } from '../../lambdas/core/change.ts';
import { commandIdOf } from '../../lambdas/core/command-state.ts';
import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { isSameValue } from '../../lambdas/core/same-value.ts';
import type { Version } from '../../lambdas/core/version.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import type { Post } from './chaos-receiver.ts';
import { type Causes, causesOf, isOfService, isOwn, isPrintedAlike, valueAt } from './check-commands.ts';
import { isRemoved } from './check-messages.ts';
import type { Evidence, Violation } from './evidence.ts';

/**
 * Promise 17. The simulator knows which command each write is of, and so what others have changed;
 * our code compares values alone.
 */
export function checkEchoes(evidence: Evidence): Violation[] {
  const causes = causesOf(evidence);
  return [
    ...[...evidence.versions].flatMap(([path, versions]) =>
      isHarmed(path, evidence)
        ? []
        : versions.flatMap((version, index) => falseEchoes(version, versions[index - 1], causes)),
    ),
    ...evidence.posts.flatMap((post) => wrongMarks(post, evidence)),
    ...loops(evidence, causes),
  ];
}

/** What is stored of a record that was erased, restored or edited by hand says little. */
export function isHarmed(
  path: string,
  {
    selectedForErasure,
    removedMessages,
    rowEdits,
  }: Pick<Evidence, 'selectedForErasure' | 'removedMessages' | 'rowEdits'>,
): boolean {
  const isEdited = [...rowEdits.keys()].some((row) => row.includes(path));
  return isEdited || selectedForErasure.has(path) || removedMessages.has(path);
}

/** Reports the changes of an echo that no named command of its client has made. */
function falseEchoes(version: Version, before: Version | undefined, causes: Causes): Violation[] {
  return (version.echoes ?? []).flatMap(({ client, commands }): Violation[] => {
    // An invitation is settled once, and a person can have given the answer that a command wanted.
    if (version.kind === 'engagement-invitation') return [];
    const ids = commands.map(({ id }) => id);
    const writes = [...causes].flatMap(([write, sent]) =>
      sent?.client === client && ids.includes(commandIdOf(client, sent.key)) ? [{ write, sent }] : [],
    );
    const changes = before ? diff(withSets(before.payload), withSets(version.payload)) : [];
    const foreign = changes
      .filter((change) => !isPrintedAlike(change) && !isOfService(change.path))
      .map((change) => change.path)
      .filter((path) => !writes.some(({ write, sent }) => isOwn(path, sent) && holds(path, version, write)));
    if (before && foreign.length === 0) return [];
    const what = `version ${version.version} is an echo of ${client}, although others changed ${foreign.join(', ')}`;
    return [{ promise: 17, path: recordPath(version), what }];
  });
}

/** The related entities of a record as sets: their order says nothing, nor does an empty list. */
function withSets(payload: JsonObject): JsonObject {
  const related = at(payload, 'RelatedEntityIdentifiers');
  if (!isJsonObject(related)) return payload;
  const sets = Object.entries(related).flatMap(([type, ids]) => {
    const isList = isJsonArray(ids) && ids.every((id) => typeof id === 'string');
    if (!isList) return [[type, ids] as const];
    return ids.length > 0 ? [[type, Object.fromEntries(ids.map((id) => [id, true]))] as const] : [];
  });
  return { ...payload, RelatedEntityIdentifiers: Object.fromEntries(sets) };
}

/** Elements of lists have no ids: those of a list are compared as a whole by the paths alone. */
function holds(path: string, { payload }: Version, { after }: EffectiveWrite): boolean {
  const isElement = /\/\d+(?:\/|$)/.test(path);
  const member = path.slice(path.lastIndexOf('/') + 1);
  return isElement || isSameValue(valueAt(payload, path), valueAt(after, path), member);
}

/** A message names commands at the endpoint of their client alone, and only in an echo. */
function wrongMarks(post: Post, evidence: Evidence): Violation[] {
  if (isRemoved(post, evidence) || isHarmed(post.path, evidence)) return [];
  const { path, version: number, endpointId, body, webhookId } = post;
  const stored = evidence.versions.get(path)?.find(({ messageId }) => messageId === webhookId);
  const subscription = evidence.subscriptions.find(({ id }) => id === endpointId);
  const own = stored?.echoes?.find(({ client }) => client === subscription?.client);
  const named = at(tryParseJson(body), 'data', 'cause', 'commands');
  const ids = isJsonArray(named) ? named.map((each) => textAt(each, 'id')) : [];
  const expected = own?.commands.map(({ id }) => id) ?? [];
  if (ids.join() === expected.join() && (!own || subscription?.echo !== 'omit')) return [];
  const what = `version ${number} reached ${endpointId} with the commands ${ids.join() || 'none'}`;
  return [{ promise: 17, path, what }];
}

/** A client that writes at each message does so at most once for each state of others. */
function loops(evidence: Evidence, causes: Causes): Violation[] {
  const answers = evidence.sentCommands.filter(({ isAnswer }) => isAnswer);
  return [...Map.groupBy(answers, ({ client, target }) => `${client} ${target}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first || isHarmed(first.target, evidence)) return [];
    const own = [...causes.values()].filter(
      (sent) => sent?.client === first.client && sent.target === first.target,
    );
    const states = evidence.truth.get(first.target) ?? [];
    const returns = returnsIn(evidence.versions.get(first.target) ?? []);
    const foreign = states.length - own.length + 2 * returns;
    if (same.length <= foreign) return [];
    const what = `${first.client} has answered ${same.length} times to ${foreign} changes of others`;
    return [{ promise: 17, path: first.target, what } satisfies Violation];
  });
}

/**
 * Counts versions with the content of an earlier one. A stale read stores a former state again if
 * AWS's timestamp has not moved, so the client sees two more changes: that one and the way back.
 */
function returnsIn(versions: readonly Version[]): number {
  const hashes = versions.map(({ contentHash }) => contentHash);
  return hashes.filter((hash, index) => hashes.indexOf(hash) < index).length;
}
