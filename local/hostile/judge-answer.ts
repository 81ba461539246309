import type { HttpAnswer } from '../../lambdas/commands/answer.ts';
import { errorName } from '../../lambdas/core/service-error.ts';
import type { HostileDoor } from './hostile-door.ts';
import { knownClients, secretOf } from './known-clients.ts';
import type { SentRequest } from './sent-request.ts';

/** Returns the answer, or an unexpected error. */
export async function answerOf(
  { answer }: HostileDoor,
  { request }: SentRequest,
): Promise<HttpAnswer | { readonly error: string }> {
  try {
    return await answer(request);
  } catch (error) {
    return { error: `${errorName(error)}: ${String(error).slice(0, 200)}` };
  }
}

/** Returns what is wrong with an answer, or undefined. */
export function findProblem(
  { statusCode, headers, body }: HttpAnswer,
  { allowed }: SentRequest,
): string | undefined {
  if (!allowed.includes(statusCode)) return `answered ${statusCode}; allowed: ${allowed.join(', ')}`;
  const isProblem = statusCode >= 400;
  const type = isProblem ? 'application/problem+json' : 'application/json';
  if (headers['content-type'] !== type) return `answered as ${headers['content-type']}; allowed: ${type}`;
  const { status } = Object(JSON.parse(body));
  if (isProblem && status !== statusCode) return `the problem says ${status}, not ${statusCode}`;
  if (statusCode === 429 && !/^\d+$/.test(headers['retry-after'] ?? ''))
    return 'answered without Retry-After';
  return undefined;
}

/** Returns log lines that have a secret, a signature or the text of every valid request. */
export function findLeaks({ logged }: HostileDoor): readonly string[] {
  const secrets = (['crm', 'narrow', 'slow', 'disabled'] as const).map(secretOf);
  const forbidden = [...secrets, 'v1,', 'call them', 'hostile/'];
  return logged
    .filter((line) => forbidden.some((text) => line.includes(text)))
    .map((line) => `logged: ${line}`);
}

/** How many requests of the slow client can be in time: those at once, and one each minute. */
export function mostInTime(elapsedMs: number): number {
  const atOnce = 5;
  return atOnce + Math.ceil((elapsedMs / 60_000) * knownClients.slow.requestsPerMinute);
}
