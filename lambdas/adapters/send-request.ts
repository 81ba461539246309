import type { IncomingMessage } from 'node:http';
import type { RequestOptions, request as startRequest } from 'node:https';
import type { TcpNetConnectOpts } from 'node:net';
import type { Readable } from 'node:stream';
import { maskTexts } from '../core/mask.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import { ForbiddenAddressError } from './address-guard.ts';
import { type AttemptProgress, failureReason, timeoutReason } from './failure-reason.ts';
import { observeRequest } from './observe-request.ts';
import { type AnswerHead, answerOf, parseOddAnswer, readStart } from './webhook-answer.ts';

/** One POST. */
export interface WebhookRequest {
  readonly begin: typeof startRequest;
  readonly target: URL;
  readonly body: string;
  readonly timeoutMs: number;
  /** Why no name can be resolved, if that is so. */
  readonly resolverFault: () => string | undefined;
  /** Texts that are masked in what is kept of the answer. */
  readonly secrets: readonly string[];
  readonly options: RequestOptions & Pick<TcpNetConnectOpts, 'autoSelectFamilyAttemptTimeout'>;
}

/**
 * Sends a request once.
 * @param again called if an idle connection turns out to be closed before a byte of an answer. The
 * receiver has usually closed it before the request arrived, and a message may arrive twice.
 */
export function sendRequest(
  request: WebhookRequest,
  agent: RequestOptions['agent'],
  again?: () => Promise<Answer>,
): Promise<Answer> {
  const { begin, target, body, secrets, options } = request;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const fail = (error: Error, progress: AttemptProgress): void =>
    resolve(failedAnswer(error, request, progress));
  try {
    const sent = begin(target, { ...options, agent });
    const { progress, received, stop } = observeRequest(sent);
    sent.on('error', (error) => {
      const bytes = received();
      if (again && sent.reusedSocket && bytes.length === 0 && isClosed(error)) return resolve(again());
      const odd = isRefusedByParser(error) ? parseOddAnswer(bytes) : undefined;
      if (odd) resolve(answerWithBody(odd.head, odd.body, secrets));
      else fail(error, progress);
    });
    // Any other end without an answer.
    const cutOff = () => fail(new ClosedError(), progress);
    sent.on('close', cutOff);
    // Without a listener, Node closes an upgraded connection without any event.
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(answerOf(headOf(response), secrets));
    });
    sent.on('response', (response) => {
      stop();
      sent.off('close', cutOff);
      // The status decides the outcome. A later error of the body, such as a timeout, does not
      // change it.
      sent.removeAllListeners('error').on('error', () => undefined);
      resolve(answerWithBody(headOf(response), response, secrets));
    });
    sent.end(body);
  } catch {
    resolve(forbidden('the path or a header contains characters that HTTP does not allow'));
  }
  return promise;
}

async function answerWithBody(head: AnswerHead, body: Readable, secrets: readonly string[]): Promise<Answer> {
  const answer = await readStart(body, head.headers, secrets);
  return { ...answerOf(head, secrets), answer };
}

function headOf({ statusCode = 0, headers }: IncomingMessage): AnswerHead {
  return { status: statusCode, headers };
}

/** The connection ended without an error and without an answer. */
class ClosedError extends Error {
  readonly code = 'ECONNRESET';
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function isClosed(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(codeOf(error));
}

/** This process has no more sockets, ports or memory for a connection. */
const ownCodes = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

/** Headers that are too large stay refused: their end is unknown. */
function isRefusedByParser(error: Error): boolean {
  const code = codeOf(error);
  return code.startsWith('HPE_') && code !== 'HPE_HEADER_OVERFLOW';
}

function failedAnswer(
  error: Error,
  { target, timeoutMs, secrets, resolverFault }: WebhookRequest,
  progress: AttemptProgress,
): Answer {
  const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
  const ownReason = progress.step === 'resolving' ? resolverFault() : undefined;
  if (ownReason !== undefined)
    return { outcome: isLate ? 'timed-out' : 'unreachable', kind: 'own-fault', reason: ownReason };
  if (ownCodes.has(codeOf(error)))
    return { outcome: 'unreachable', kind: 'own-fault', reason: failureReason(error, target, progress) };
  if (isLate) return { outcome: 'timed-out', reason: timeoutReason(progress, target, timeoutMs) };
  if (error instanceof ForbiddenAddressError)
    return forbidden(`${target.hostname} has an address that must not be connected to`);
  // The agents throw a plain Error, which only its text identifies.
  const [, address] = /^DNS lookup (\S+)\(.* is not allowed\. Because/.exec(error.message) ?? [];
  if (address !== undefined) return forbidden(`${address} must not be connected to: it is not public`);
  return { outcome: 'unreachable', reason: maskTexts(failureReason(error, target, progress), secrets) };
}

export function forbidden(reason: string): Answer {
  return { outcome: 'forbidden', reason };
}
