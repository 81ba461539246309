import * as v from 'valibot';
import { escapePointer } from './change.ts';
import type { CommandRequest } from './command.ts';
import { contentSchema, type Given, requestSchema, requiredMembers } from './command-schema.ts';
import { contentProblems } from './content-problems.ts';
import { describeValue } from './describe-value.ts';
import { addMs, dayMs, type Instant } from './instant.ts';
import { at, isDeeperThan, isJsonObject, type Json, type JsonObject } from './json.ts';
import { stringifyJson } from './json-text.ts';
import type { RequestProblem } from './request-problem.ts';

export type ParsedRequest =
  | { readonly request: CommandRequest }
  | { readonly problems: readonly RequestProblem[] };

/** Largest request, bytes of JSON. A patch is larger only by mistake. */
export const mostRequestBytes = 64 * 1024;
const mostLevels = 24;
/** A command that nothing ends lives this long. */
const usualLifeMs = 30 * dayMs;
const longestLifeMs = 366 * dayMs;

/** Parses the body of a request for a command. */
export function parseCommandRequest(given: Json | undefined, now: Instant): ParsedRequest {
  const shape = shapeProblem(given);
  if (shape || !isJsonObject(given)) return { problems: [{ path: '', message: shape?.message ?? '' }] };
  const parsed = v.safeParse(requestSchema, given);
  if (!parsed.success) return { problems: parsed.issues.map((issue) => problemOf(issue, given)) };
  const request = requestOf(parsed.output, now);
  const problems = [...contentProblems(request.content), ...lifeProblems(request, now)];
  return problems.length > 0 ? { problems } : { request };
}

export interface ShapeProblem {
  readonly message: string;
  readonly isTooLarge: boolean;
}

/** Finds what makes a body no request at all. What it finds nothing in can be compared and read. */
export function shapeProblem(given: Json | undefined): ShapeProblem | undefined {
  if (!isJsonObject(given)) return misshapen(`${describeValue(given)}; allowed: an object`);
  if (isDeeperThan(mostLevels, given))
    return misshapen(`allowed: up to ${mostLevels} levels of objects and lists`);
  const bytes = Buffer.byteLength(stringifyJson(given));
  if (bytes <= mostRequestBytes) return undefined;
  return misshapen(`${bytes} bytes; allowed: up to ${mostRequestBytes} bytes`, true);
}

function misshapen(message: string, isTooLarge = false): ShapeProblem {
  return { message, isTooLarge };
}

function requestOf(given: Given, now: Instant): CommandRequest {
  const { catalog, after, note, irreversible, check } = given;
  const expiresAt = given.expiresAt ?? addMs(now, usualLifeMs);
  const options = { catalog, ...targetOptions(given), after, expiresAt, note, irreversible, check };
  return { ...options, content: v.parse(contentSchema, given) };
}

function targetOptions(given: Given) {
  if (given.action === 'opportunity.create') return { onConflict: 'fail', onLocked: 'wait' } as const;
  const { target, basedOn, onConflict, onLocked } = given;
  return { target, basedOn, onConflict, onLocked };
}

function lifeProblems({ expiresAt }: CommandRequest, now: Instant): readonly RequestProblem[] {
  if (expiresAt > now && expiresAt <= addMs(now, longestLifeMs)) return [];
  return [{ path: '/expiresAt', message: `${expiresAt}; allowed: within a year from now` }];
}

/** The members of the whole request, if one of them is wrong. */
function allowedBeside(steps: readonly string[], { action }: JsonObject): string {
  const schema = requestSchema.options.find(({ entries }) => entries.action.literal === action);
  if (steps.length !== 1 || !schema) return '';
  const names = [...Object.keys(schema.entries), ...(action === 'opportunity.create' ? ['followedBy'] : [])];
  return `; allowed: ${names.join(', ')}`;
}

function problemOf(issue: v.BaseIssue<unknown>, given: JsonObject): RequestProblem {
  const steps = (issue.path ?? []).map(({ key }) => String(key));
  const path = steps.map((step) => `/${escapePointer(step)}`).join('');
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return { path, message: `not a member of this request${allowedBeside(steps, given)}` };
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    return { path, message: `nothing; allowed: ${requiredMembers[steps.at(-1) ?? ''] ?? 'a value'}` };
  return { path, message: `${describeValue(at(given, ...steps))}; allowed: ${issue.message}` };
}
