import * as v from 'valibot';
import { escapePointer } from './change.ts';
import type { CommandRequest } from './command.ts';
import { type Given, requestSchema, requiredMembers } from './command-schema.ts';
import { describeValue } from './describe-value.ts';
import { addMs, type Instant } from './instant.ts';
import { at, isDeeperThan, isJsonObject, type Json, type JsonObject } from './json.ts';
import { stringifyJson } from './json-text.ts';
import { patchValues } from './merge-patch.ts';
import { opportunityRules } from './opportunity-rules.ts';

/** One problem of a request. */
export interface RequestProblem {
  /** JSON Pointer into the request; empty for the request itself. */
  readonly path: string;
  /** Describes the value, and says what is allowed. */
  readonly message: string;
}

export type ParsedRequest =
  | { readonly request: CommandRequest }
  | { readonly problems: readonly RequestProblem[] };

/** Largest request, bytes of JSON. A patch is larger only by mistake. */
const mostRequestBytes = 64 * 1024;
const mostLevels = 24;
/** A version of a command has a path for each value. */
const mostValues = 500;
const longestPath = 512;
/** A command that nothing ends lives this long. */
const usualLifeMs = 30 * 24 * 60 * 60_000;
const longestLifeMs = 366 * 24 * 60 * 60_000;

/**
 * Members of an opportunity that no patch sets: AWS maintains them, or another action does. What
 * belongs to the review is sent as it was read, so that no command can take it back.
 */
const readOnlyPaths: readonly string[] = [
  ...[...opportunityRules].filter(([, { value }]) => value.is === 'read-only').map(([path]) => path),
  '/LifeCycle/NextStepsHistory',
  '/LifeCycle/ReviewComments',
  '/LifeCycle/ReviewStatus',
  '/LifeCycle/ReviewStatusReason',
];

/** Parses the body of a request for a command. */
export function parseCommandRequest(given: Json | undefined, now: Instant): ParsedRequest {
  const shape = shapeProblem(given);
  if (shape || !isJsonObject(given)) return { problems: [{ path: '', message: shape?.message ?? '' }] };
  const parsed = v.safeParse(requestSchema, given);
  if (!parsed.success) return { problems: parsed.issues.map((issue) => problemOf(issue, given)) };
  const request = requestOf(parsed.output, now);
  const problems = [...patchProblems(parsed.output), ...lifeProblems(request, now)];
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
  const { catalog, target, basedOn, onConflict, onLocked, after, note, irreversible, check } = given;
  const expiresAt = given.expiresAt ?? addMs(now, usualLifeMs);
  const options = {
    catalog,
    target,
    basedOn,
    onConflict,
    onLocked,
    after,
    expiresAt,
    note,
    irreversible,
    check,
  };
  return { ...options, content: contentOf(given) };
}

function contentOf(given: Given): CommandRequest['content'] {
  const { action } = given;
  if (action === 'invitation.accept') return { action };
  if (action === 'invitation.reject') return { action, reason: given.reason };
  if (action === 'opportunity.assign') return { action, assignee: given.assignee };
  return action === 'opportunity.update' ? { action, patch: given.patch } : { action, entity: given.entity };
}

function patchProblems(given: Given): readonly RequestProblem[] {
  if (given.action !== 'opportunity.update') return [];
  const values = patchValues(given.patch);
  if (values.length === 0)
    return [{ path: '/patch', message: 'nothing to change; allowed: an object with at least one value' }];
  if (values.length > mostValues)
    return [{ path: '/patch', message: `${values.length} values; allowed: up to ${mostValues}` }];
  const longest = Math.max(...values.map(({ path }) => path.length));
  if (longest > longestPath)
    return [{ path: '/patch', message: `a path of ${longest} characters; allowed: up to ${longestPath}` }];
  return values.flatMap(({ path, value }) => {
    // A value in the place of an object would remove the read-only members in it.
    const readOnly = readOnlyPaths.find(
      (each) => path === each || path.startsWith(`${each}/`) || each.startsWith(`${path}/`),
    );
    if (readOnly !== undefined)
      return [{ path: `/patch${path}`, message: `${readOnly} cannot be set by this action` }];
    if (path === '/LifeCycle/Stage' && value === undefined)
      return [{ path: `/patch${path}`, message: 'null; allowed: a stage, because AWS requires one' }];
    return [];
  });
}

function lifeProblems({ expiresAt }: CommandRequest, now: Instant): readonly RequestProblem[] {
  if (expiresAt > now && expiresAt <= addMs(now, longestLifeMs)) return [];
  return [{ path: '/expiresAt', message: `${expiresAt}; allowed: within a year from now` }];
}

function problemOf(issue: v.BaseIssue<unknown>, given: JsonObject): RequestProblem {
  const steps = (issue.path ?? []).map(({ key }) => String(key));
  const path = steps.map((step) => `/${escapePointer(step)}`).join('');
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return { path, message: 'not a member of this request' };
  if (issue.type === 'strict_object' && issue.received === 'undefined')
    return { path, message: `nothing; allowed: ${requiredMembers[steps.at(-1) ?? ''] ?? 'a value'}` };
  return { path, message: `${describeValue(at(given, ...steps))}; allowed: ${issue.message}` };
}
