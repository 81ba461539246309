import { commandIdOf, parseCommandState } from '../../lambdas/core/command-state.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import { isSameValue } from '../../lambdas/core/same-value.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import { type Causes, causesOf, hiddenStates, isUpdate, valueAt } from './check-commands.ts';
import { isHarmed } from './check-echoes.ts';
import type { Tolerance } from './check-records.ts';
import type { Evidence, Violation } from './evidence.ts';
import type { SentCommand } from './sent-command.ts';

/** Promise 15, at the paths that a command wants to change. */
export function checkOverwritten(evidence: Evidence, { staleMs }: Pick<Tolerance, 'staleMs'>): Violation[] {
  const causes = causesOf(evidence);
  return [...causes].flatMap(([write, sent]) =>
    sent === undefined || sent.overwrites ? [] : overwrittenBy(write, sent, evidence, causes, staleMs),
  );
}

/**
 * A command that does not overwrite replaces only what its client saw, what this client has written
 * itself, or what is wanted already.
 */
function overwrittenBy(
  write: EffectiveWrite,
  sent: SentCommand,
  evidence: Evidence,
  causes: Causes,
  staleMs: number,
): Violation[] {
  const path = recordPath(write);
  const seen = seenBy(sent, evidence);
  if (!isUpdate(write) || !write.before || !seen || isHarmed(path, evidence)) return [];
  const allowed = [seen, write.after, ...writtenBefore(write, sent, causes)];
  // The service cannot tell a hidden state from the one that the write replaced.
  const read = [write.before, ...hiddenStates(write, evidence.truth.get(path) ?? [], staleMs)];
  const unseen = sent.paths.filter(
    (own) => !read.some((body) => allowed.some((each) => isSameAt(own, body, each))),
  );
  if (unseen.length === 0) return [];
  const what = `${sent.key} overwrote what others wrote at ${unseen.join(', ')}, which its client had not seen`;
  return [{ promise: 15, path, what }];
}

/** The stored version on which the command is based. */
function seenBy(sent: SentCommand, { current, versions }: Evidence): JsonObject | undefined {
  const id = commandIdOf(sent.client, sent.key);
  const state = parseCommandState(current.get(`${sent.catalog}/command/${id}`)?.payload ?? {});
  return versions.get(sent.target)?.find(({ version }) => version === state?.basedOn)?.payload;
}

/** What earlier writes of the same client have made of the record. */
function writtenBefore(
  write: EffectiveWrite,
  { client }: SentCommand,
  causes: Causes,
): readonly JsonObject[] {
  const writes = [...causes];
  const index = writes.findIndex(([each]) => each === write);
  return writes.slice(0, index).flatMap(([each, sent]) => {
    const isOwn = sent?.client === client && recordPath(each) === recordPath(write);
    return isOwn ? [each.after] : [];
  });
}

function isSameAt(path: string, one: JsonObject, other: JsonObject): boolean {
  return isSameValue(valueAt(one, path), valueAt(other, path), path.slice(path.lastIndexOf('/') + 1));
}
