import type { Client } from '../core/client.ts';
import { describeValue } from '../core/describe-value.ts';
import { stringifyJson } from '../core/json-text.ts';
import type { Acceptance } from './accept.ts';
import { type ProblemDocument, problemDocument } from './problem-document.ts';
import { type CommandDetails, commandMembers, detailMembers, listFollowers } from './read-command.ts';

/** An answer of the HTTP API, in payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Members = Readonly<Record<string, unknown>>;

export function acceptanceAnswer(acceptance: Acceptance): HttpAnswer {
  if (acceptance.kind === 'refused') {
    const { code, message, problems } = acceptance.refusal;
    return problemAnswer(problemDocument(code, message, problems));
  }
  if (acceptance.kind === 'checked')
    return answer(200, { ...acceptance.check, ...listFollowers(acceptance.followers) });
  const { command, followers } = acceptance;
  const members = { ...commandMembers(command), ...listFollowers(followers.map(commandMembers)) };
  return answer(acceptance.kind === 'accepted' ? 202 : 200, members);
}

/**
 * @param key the key of the request
 * @param details undefined if the client has no such command
 * @param client undefined for a caller with credentials of AWS
 */
export function detailsAnswer(key: string, details: CommandDetails | undefined, client?: Client): HttpAnswer {
  if (details) return answer(200, detailMembers(details, client));
  const message = `${describeValue(key)} is the key of no command of this client; allowed: one that it has sent`;
  return problemAnswer(problemDocument('not-found', message));
}

export const notJson = problemAnswer(problemDocument('no-json', 'the body is not JSON; allowed: an object'));

/** The request may be accepted already: a repetition with the same key says so. */
export function unavailableAnswer(afterMs: number): HttpAnswer {
  return laterAnswer(problemDocument('unavailable', 'repeat the request with the same key'), afterMs);
}

/** @param afterMs when the same request may succeed */
export function laterAnswer(problem: ProblemDocument, afterMs: number): HttpAnswer {
  const seconds = String(Math.max(1, Math.ceil(afterMs / 1_000)));
  const { headers, ...rest } = problemAnswer(problem);
  return { ...rest, headers: { ...headers, 'retry-after': seconds } };
}

export function problemAnswer(problem: ProblemDocument): HttpAnswer {
  return answer(problem.status, problem, 'application/problem+json');
}

function answer(statusCode: number, members: Members, contentType = 'application/json'): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': contentType, 'cache-control': 'no-store' },
    body: stringifyJson(members),
  };
}
