import { type HttpAnswer, laterAnswer, problemAnswer } from '../commands/answer.ts';
import { problemDocument } from '../commands/problem-document.ts';
import type { Client } from '../core/client.ts';
import { mostRequestBytes } from '../core/command-request.ts';
import { toleranceSeconds } from './authenticate.ts';

export const tooLarge = problemAnswer(
  problemDocument('too-large', `allowed: a body of up to ${mostRequestBytes} bytes`),
);

/** The answer does not say what is wrong, nor whether there is such a client. */
export const unauthorized = problemAnswer(
  problemDocument(
    'unauthorized',
    'allowed: the headers relay-client, webhook-id, webhook-timestamp and webhook-signature, signed with a secret of this client',
  ),
);

export function staleAnswer(nowMs: number): HttpAnswer {
  const now = Math.floor(nowMs / 1_000);
  const detail = `allowed: a webhook-timestamp at most ${toleranceSeconds} seconds before or after ${now}, the time of this answer`;
  return problemAnswer(problemDocument('stale-timestamp', detail));
}

export function tooManyAnswer({ requestsPerMinute }: Client, afterMs: number): HttpAnswer {
  const detail = `allowed: ${requestsPerMinute} requests a minute`;
  return laterAnswer(problemDocument('too-many-requests', detail), afterMs);
}
