import { partnerIdOf } from '../core/content-problems.ts';
import { addMs } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { LineCall } from '../core/line.ts';
import type { TokenRequest } from '../ports/command-store.ts';
import { listPages } from '../records/list-pages.ts';
import { readOrRefusal } from '../records/read-or-refusal.ts';
import type { ActDeps } from './deps.ts';
import { refusedLook } from './handle-refusal.ts';
import { endCreate } from './move-command.ts';
import { readRecord } from './read-target.ts';
import {
  type CommandWithContent,
  type LineWork,
  lost,
  nowOf,
  restFor,
  type Step,
  tryUpdate,
} from './work.ts';

/**
 * How long a request without an answer is repeated with its token, milliseconds. How long AWS
 * knows a token is not documented, so later what it has made is looked for before each call.
 */
export const repeatMs = 10 * 60_000;

/** The clock of AWS may be behind. */
export const skewMs = 5 * 60_000;

/**
 * Looks whether a create without an answer has made the opportunity. `unneeded`: the token
 * protects a repetition. `absent`: no call has created it, and none arrives any more.
 */
export async function lookForCreated(
  work: LineWork,
  command: CommandWithContent,
  { repeatUntil }: TokenRequest,
  call: LineCall,
  deps: ActDeps,
): Promise<Step | 'unneeded' | 'absent'> {
  const now = nowOf(deps);
  if (repeatUntil !== undefined && now < repeatUntil) return 'unneeded';
  const until = addMs(call.beganAt, deps.callMs);
  if (now < until) return { kind: 'rest', dueAt: until };
  const read = await readOrRefusal(() => findCreated(work, command, deps));
  if ('refusal' in read) return refusedLook(work, command, read.refusal, deps);
  return read.answer ? finishCreation(work, command, read.answer, 'read-back', deps) : 'absent';
}

/** Of 100 opportunities each: far more than are created while a command is open. */
const mostPages = 1_000;

/**
 * Finds an opportunity with the identifier of the command that is not older than the command.
 * @throws ServiceError `partner-central.*`, of them `partner-central.endless-list` (never)
 */
async function findCreated(
  { claimed }: LineWork,
  { state, content }: CommandWithContent,
  { partnerCentral }: ActDeps,
): Promise<JsonObject | undefined> {
  const partnerId = partnerIdOf(content.request.content);
  const createdFrom = addMs(state.acceptedAt, -skewMs);
  const pages = listPages('ListOpportunities', mostPages, (token) =>
    partnerCentral.listCreatedOpportunities(claimed.line.catalog, createdFrom, token),
  );
  for await (const { items } of pages) {
    const found = items.find((each) => textAt(each, 'PartnerOpportunityIdentifier') === partnerId);
    if (found) return found;
  }
  return undefined;
}

/** Repeats a request no more. An earlier call may have been applied: look for what it has made. */
export async function stopRepeating(
  work: LineWork,
  { ticket: { number } }: CommandWithContent,
  request: TokenRequest,
  { beganAt }: LineCall,
  deps: ActDeps,
): Promise<Step> {
  const token = { number, tokenRequest: { ...request, repeatUntil: nowOf(deps) } };
  if (!(await tryUpdate(work, {}, deps, token))) return lost;
  return { kind: 'rest', dueAt: addMs(beganAt, deps.callMs) };
}

/**
 * Ends a create whose opportunity exists. Then the opportunity is stored if AWS shows it already,
 * so that the commands behind it have a base. A read that fails does not change the end.
 */
export async function finishCreation(
  work: LineWork,
  command: CommandWithContent,
  created: JsonObject,
  evidence: 'answer' | 'read-back',
  deps: ActDeps,
): Promise<Step> {
  const id = textAt(created, 'Id');
  // Without its id the opportunity can only be looked for.
  if (id === undefined) return restFor('unknown', deps);
  const { catalog } = work.claimed.line;
  const step = await endCreate(work, command, id, evidence, deps);
  if (step.kind !== 'lost')
    await readRecord({ catalog, kind: 'opportunity', id }, command.ticket.commandId, deps);
  return step;
}
