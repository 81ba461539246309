import { longestReadAgeMs } from '../../lambdas/act/send-command.ts';
import { type Change, diff } from '../../lambdas/core/change.ts';
import {
  type CommandState,
  commandIdOf,
  hasEnded,
  parseCommandState,
} from '../../lambdas/core/command-state.ts';
import { engagementTimestamp } from '../../lambdas/core/engagement-context.ts';
import { at, isJsonArray, type Json, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { longestCallMs } from '../../lambdas/core/judge.ts';
import { parsePointer } from '../../lambdas/core/pointer-selection.ts';
import { isSameValue } from '../../lambdas/core/same-value.ts';
import type { EffectiveWrite } from '../partner-central/model/simulated-writes.ts';
import type { Tolerance } from './check-records.ts';
import type { Evidence, Violation } from './evidence.ts';
import type { SentCommand } from './sent-command.ts';
import type { PastState } from './truth-log.ts';

/** Which command each write is of. */
export type Causes = ReadonlyMap<EffectiveWrite, SentCommand | undefined>;

/** Promises 14 and 15. The simulator knows which writes had an effect; our code does not. */
export function checkCommands(evidence: Evidence, { staleMs }: Pick<Tolerance, 'staleMs'>): Violation[] {
  const causes = causesOf(evidence);
  return [
    ...evidence.sentCommands.flatMap((sent) => checkCommand(sent, evidence, causes)),
    ...evidence.effectiveWrites.flatMap((write) => checkWrite(write, evidence, causes.get(write), staleMs)),
    ...checkLines(evidence, causes),
  ];
}

/**
 * A write can also restore what an earlier command has set, if others have changed it without
 * moving the timestamp: then it is of the command that had no effect before.
 */
export function causesOf({ effectiveWrites, sentCommands }: Evidence): Causes {
  const causes = new Map<EffectiveWrite, SentCommand | undefined>();
  const seen = new Set<SentCommand>();
  for (const write of effectiveWrites) {
    const candidates = sentCommands.filter((sent) => sent.isEffect(write));
    const cause = candidates.find((sent) => !seen.has(sent)) ?? candidates[0];
    causes.set(write, cause);
    if (cause) seen.add(cause);
  }
  return causes;
}

/** What clients send is valid: a command can fail, but not because of what it says. */
function checkCommand(sent: SentCommand, { current, truth }: Evidence, causes: Causes): Violation[] {
  const path = pathOf(sent);
  const report = (what: string): Violation[] => [{ promise: 14, path, what }];
  const state = parseCommandState(current.get(path)?.payload ?? {});
  if (!state) return report('was accepted, and is not stored');
  if (!hasEnded(state)) return report(`has not ended: it is ${state.status} ${state.reason ?? ''}`);
  const failsWithoutReason = (state.code === 'refused' && !isClosed(state)) || state.code === 'internal';
  if (failsWithoutReason && !isOdd(truth.get(sent.target))) return report(`failed as ${state.code}`);
  const effects = [...causes.values()].filter((cause) => cause === sent).length;
  const [least, most] = allowedEffects(state, sent);
  if (effects >= least && effects <= most) return [];
  const end = [state.status, state.evidence, state.code].filter(Boolean).join(' ');
  return report(`is ${end}, and had an effect ${effects} times`);
}

/** AWS takes no update of a record whose timestamp it cannot read itself. */
function isOdd(states: readonly PastState[] = []): boolean {
  return states.some(({ body }) => body['OddNumber'] !== undefined);
}

/** AWS takes hardly any update of an opportunity that was launched or lost. */
function isClosed({ problems = [] }: CommandState): boolean {
  return problems.some(
    ({ path, code }) => code === 'ACTION_NOT_PERMITTED' && path !== '/LifeCycle/ReviewStatus',
  );
}

/** How many effects a command may have had, given how it ended. */
function allowedEffects(
  { status, evidence, code }: CommandState,
  { overwrites, action }: SentCommand,
): readonly [least: number, most: number] {
  // What others have undone may be written again only by who overwrites.
  if (overwrites) return [status === 'succeeded' && evidence === 'answer' ? 1 : 0, 2];
  if (status === 'succeeded') {
    if (evidence === 'already') return [0, 0];
    // A person can have given the same answer to the invitation.
    const isRead = evidence === 'read-back' || evidence === 'access-lost';
    return [isRead && (action === 'invitation.reject' || action === 'lead.accept') ? 0 : 1, 1];
  }
  // The call was applied, and others have changed its values since.
  if (code === 'outcome-unknown' || code === 'conflict') return [0, 1];
  // A person can have accepted the invitation while AWS's task failed.
  return code === 'half-done' ? [0, 1] : [0, 0];
}

/** Each write is of one command, and changes no more than what that command wants. */
function checkWrite(
  write: EffectiveWrite,
  { truth }: Evidence,
  command: SentCommand | undefined,
  staleMs: number,
): Violation[] {
  const path = `${write.catalog}/${write.kind}/${write.id}`;
  if (!command)
    return [{ promise: 14, path, what: `was written by ${write.operation}, and no command wanted that` }];
  if (!isUpdate(write) || !write.before) return [];
  if (write.kind === 'opportunity' && textAt(write.after, 'LifeCycle', 'ReviewStatus') === undefined)
    return [{ promise: 15, path, what: 'has lost its ReviewStatus for ever' }];
  const hidden = hiddenStates(write, truth.get(path) ?? [], staleMs);
  const foreign = diff(write.before, write.after)
    .filter((change) => !isPrintedAlike(change))
    .map((change) => change.path)
    .filter((changed) => !isOwn(changed, command) && !isOfService(changed))
    .filter((changed) => !wasHidden(changed, write.after, hidden));
  if (foreign.length === 0) return [];
  return [{ promise: 15, path, what: `lost what others wrote at ${foreign.join(', ')}` }];
}

/** Whether a write sends what others have written too. */
export function isUpdate({ operation }: EffectiveWrite): boolean {
  return operation === 'UpdateOpportunity' || operation === 'UpdateEngagementContext';
}

/** The service prints the same value in another form after a write, such as `531.0` for `531`. */
export function isPrintedAlike({ path, before, after }: Change): boolean {
  return isSameValue(before, after, path.slice(path.lastIndexOf('/') + 1));
}

export function isOwn(changed: string, { paths }: SentCommand): boolean {
  return paths.some(
    (path) => changed === path || changed.startsWith(`${path}/`) || path.startsWith(`${changed}/`),
  );
}

export function isOfService(changed: string): boolean {
  const isDate = ['/LastModifiedDate', '/ModifiedAt', '/ModifiedBy'].includes(changed);
  return isDate || changed.startsWith('/LifeCycle/NextStepsHistory');
}

/**
 * States that the read of a write can have returned, and that have the timestamp of the state that
 * the write replaced: the service cannot tell them apart. The network can delay a write.
 */
export function hiddenStates(
  { input, atMs }: EffectiveWrite,
  states: readonly PastState[],
  staleMs: number,
): readonly JsonObject[] {
  const timestamp = textAt(input, 'LastModifiedDate') ?? textAt(input, 'EngagementLastModifiedAt');
  const readFromMs = atMs - longestCallMs - longestReadAgeMs - staleMs;
  return states
    .filter((_, index) => (states[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= readFromMs)
    .map(({ body }) => body)
    .filter((body) => (textAt(body, 'LastModifiedDate') ?? engagementTimestamp(body)) === timestamp);
}

export function wasHidden(changed: string, after: JsonObject, states: readonly JsonObject[]): boolean {
  const written = valueAt(after, changed);
  const member = changed.slice(changed.lastIndexOf('/') + 1);
  return states.some((body) => isSameValue(valueAt(body, changed), written, member));
}

/** Also finds elements of lists. */
export function valueAt(body: JsonObject, path: string): Json {
  return parsePointer(path).reduce<Json>((value, step) => {
    if (isJsonArray(value)) return value[Number(step)] ?? null;
    return at(value, step) ?? null;
  }, body);
}

const updates = ['opportunity.update', 'engagement.update_context'];

/**
 * Updates of one record are applied in the order in which they were accepted, unless they wait for
 * another command.
 */
function checkLines({ current }: Evidence, causes: Causes): Violation[] {
  const applied = [...causes.values()].flatMap((cause) => {
    const sent = cause && updates.includes(cause.action) ? cause : undefined;
    const state = sent && parseCommandState(current.get(pathOf(sent))?.payload ?? {});
    const mayWait = sent?.overwrites === true || state?.after !== undefined;
    return sent && state && !mayWait ? [{ sent, number: state.number }] : [];
  });
  return applied.flatMap(({ sent, number }, index): Violation[] => {
    const overtaken = applied
      .slice(0, index)
      .find((each) => each.sent.target === sent.target && each.number > number);
    if (!overtaken) return [];
    return [
      { promise: 14, path: pathOf(sent), what: `was applied after number ${overtaken.number} of its line` },
    ];
  });
}

/** Opportunities that commands have created, by the path of the accepted invitation. */
export function createdOpportunities(
  sentCommands: readonly SentCommand[],
  current: Evidence['current'],
): readonly (readonly [invitation: string, opportunity: string])[] {
  const acceptances = sentCommands.filter(({ action }) => action === 'invitation.accept');
  return acceptances.flatMap((sent) => {
    const id = parseCommandState(current.get(pathOf(sent))?.payload ?? {})?.opportunityId;
    return id === undefined ? [] : [[sent.target, `${sent.catalog}/opportunity/${id}`] as const];
  });
}

export function pathOf({ catalog, client, key }: SentCommand): string {
  return `${catalog}/command/${commandIdOf(client, key)}`;
}
