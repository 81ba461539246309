import { describeValue } from '../core/describe-value.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { RequestProblem } from '../core/request-problem.ts';

/** One command of a request. */
export interface RequestedCommand {
  readonly key: string;
  /** As if it had been sent by itself. */
  readonly body: JsonObject;
  /** JSON Pointer to it in the request. */
  readonly path: string;
}

export type Expanded =
  | { readonly commands: readonly [RequestedCommand, ...RequestedCommand[]] }
  | { readonly problems: readonly RequestProblem[] };

/** All commands of a request are stored in one transaction, which DynamoDB limits. */
export const mostFollowers = 20;

/** Members that a follower must not have: the request, or its place in the list, gives them. */
const ofRequest = ['after', 'basedOn', 'catalog', 'check', 'target', 'followedBy'] as const;

/**
 * Splits a request into its commands. Each follower of a create is a command for the new
 * opportunity, after the one before. Its key is `<key>:2` and so on.
 * @param body without `check`
 */
export function expandRequest(key: string, body: JsonObject): Expanded {
  const { followedBy, ...first } = body;
  if (followedBy === undefined) return { commands: [{ key, body, path: '' }] };
  const problems = followerProblems(first, followedBy);
  if (problems.length > 0 || !isJsonArray(followedBy)) return { problems };
  const { catalog = null, expiresAt } = first;
  const shared = { catalog, ...(expiresAt !== undefined && { expiresAt }) };
  const followers = followedBy.filter(isJsonObject).map((follower, index) => ({
    key: followerKey(key, index),
    body: {
      ...shared,
      ...follower,
      target: { command: key },
      after: index === 0 ? key : followerKey(key, index - 1),
    },
    path: `/followedBy/${index}`,
  }));
  return { commands: [{ key, body: first, path: '' }, ...followers] };
}

/** @param index of the follower in `followedBy` */
export function followerKey(key: string, index: number): string {
  return `${key}:${index + 2}`;
}

function followerProblems(first: JsonObject, followedBy: Json): readonly RequestProblem[] {
  const path = '/followedBy';
  if (first['action'] !== 'opportunity.create')
    return [{ path, message: 'not a member of this request; allowed: with opportunity.create' }];
  if (!isJsonArray(followedBy) || followedBy.length === 0 || followedBy.length > mostFollowers) {
    const given = isJsonArray(followedBy) ? `a list of ${followedBy.length}` : describeValue(followedBy);
    return [{ path, message: `${given}; allowed: a list of 1 to ${mostFollowers} commands` }];
  }
  return followedBy.flatMap((follower, index) => {
    if (!isJsonObject(follower))
      return [{ path: `${path}/${index}`, message: `${describeValue(follower)}; allowed: an object` }];
    return ofRequest
      .filter((name) => Object.hasOwn(follower, name))
      .map((name) => ({ path: `${path}/${index}/${name}`, message: 'not a member of a follower' }));
  });
}
