import { stringifyJson } from '../core/json-text.ts';
import type { ErrorCode } from '../core/service-error.ts';
import type { Acceptance } from './accept.ts';
import { type CommandDetails, commandMembers, detailMembers } from './read-command.ts';
import type { RefusalCode } from './refusal.ts';

/** An answer of the HTTP API, in payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const statusOfRefusal: Readonly<Record<RefusalCode, number>> = {
  'invalid-key': 400,
  'not-enabled': 403,
  'key-reused': 409,
  'too-large': 413,
  invalid: 422,
  'unknown-target': 422,
  'ambiguous-target': 422,
};

export function acceptanceAnswer(acceptance: Acceptance): HttpAnswer {
  if (acceptance.kind === 'refused')
    return answer(statusOfRefusal[acceptance.refusal.code], { ...acceptance.refusal });
  if (acceptance.kind === 'checked') return answer(200, { ...acceptance.check });
  return answer(acceptance.kind === 'accepted' ? 202 : 200, commandMembers(acceptance.command));
}

export function detailsAnswer(details: CommandDetails | undefined): HttpAnswer {
  if (details) return answer(200, detailMembers(details));
  return errorAnswer(404, 'not-found', 'this client has no command with this key');
}

export const notJson = errorAnswer(400, 'no-json', 'the body is not JSON; allowed: an object');

/** The request may be accepted already: a repetition with the same key says so. */
export function unavailableAnswer(code: ErrorCode, afterMs: number): HttpAnswer {
  const seconds = String(Math.max(1, Math.ceil(afterMs / 1_000)));
  const { headers, ...rest } = errorAnswer(503, code, 'repeat the request with the same key');
  return { ...rest, headers: { ...headers, 'retry-after': seconds } };
}

function errorAnswer(statusCode: number, code: string, message: string): HttpAnswer {
  return answer(statusCode, { code, message, problems: [] });
}

function answer(statusCode: number, members: Readonly<Record<string, unknown>>): HttpAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: stringifyJson(members),
  };
}
