import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** Answers that a receiver gives when it is down. Each counts against the endpoint. */
export const failures = [
  /** No answer at all, until the sender gives up. */
  'silent',
  /** A status line, followed by a body that never ends. */
  'endless',
  'refused',
  'redirected',
  'garbage',
  'hung-up',
] as const;

/** Refusals of one message. Other messages to the endpoint are not affected. */
export const messageRefusals = [
  'refused-400',
  'refused-409',
  'refused-413',
  'refused-415',
  'refused-422',
] as const;
export type MessageRefusal = (typeof messageRefusals)[number];

/** 429 or 503 with Retry-After, in each form of RFC 9110. The whole endpoint then waits. */
export const waitRequests = ['wait-seconds', 'wait-date', 'wait-obsolete-date', 'wait-503'] as const;
export type WaitRequest = (typeof waitRequests)[number];

/** Accepted messages, answered in a form that strict parsers refuse. */
export const oddAnswers = [
  'odd-version',
  'odd-line-ends',
  'odd-folded',
  'odd-large-headers',
  'odd-lengths',
  'odd-trailing',
  'odd-gzip',
] as const;
export type OddAnswer = (typeof oddAnswers)[number];

/** The worker of the sender ends before it is answered, or directly after. */
export const senderEnds = ['sender-ended-before', 'sender-ended-after'] as const;

/** `gone`: 410, from then on always. */
export type ReceiverFault =
  | (typeof failures)[number]
  | MessageRefusal
  | WaitRequest
  | OddAnswer
  | (typeof senderEnds)[number]
  | 'gone';

export type Outcome = ReceiverFault | 'delivered';

/** Whether the receiver took the message. */
export function isAcceptance(outcome: Outcome): boolean {
  return outcome === 'delivered' || outcome === 'sender-ended-after' || isOddAnswer(outcome);
}

function isOddAnswer(outcome: Outcome): outcome is OddAnswer {
  return oddAnswers.some((odd) => odd === outcome);
}

export interface AnswerHooks {
  readonly endSender: () => void;
  readonly nowMs: () => number;
  /** The wait that a Retry-After requests, in seconds of a deployment. */
  readonly waitSeconds: () => number;
}

/** Answers a request, or leaves it without an answer. */
export function answerWith(outcome: Outcome, response: ServerResponse, hooks: AnswerHooks): void {
  const { endSender, nowMs, waitSeconds } = hooks;
  const answer = (status: number, headers = {}) => response.writeHead(status, headers).end();
  const wait = (status: number, retryAfter: string) => answer(status, { 'retry-after': retryAfter });
  const waitUntil = () => new Date(nowMs() + waitSeconds() * 1_000);
  const raw = (bytes: string | Buffer) => void response.socket?.end(bytes);
  const answers: Readonly<Record<Outcome, () => unknown>> = {
    delivered: () => answer(204),
    silent: () => undefined,
    endless: () => response.writeHead(500).write('one moment'),
    refused: () => response.writeHead(500).end('out of order'),
    redirected: () => answer(302, { location: '/elsewhere' }),
    garbage: () => raw('\u0000\u0001 no HTTP at all \r\n\r\n'),
    'hung-up': () => response.destroy(),
    gone: () => answer(410),
    'refused-400': () => answer(400),
    'refused-409': () => answer(409),
    'refused-413': () => answer(413),
    'refused-415': () => answer(415),
    'refused-422': () => answer(422),
    'wait-seconds': () => wait(429, String(waitSeconds())),
    'wait-date': () => wait(429, waitUntil().toUTCString()),
    'wait-obsolete-date': () => wait(503, ansiDate(waitUntil())),
    'wait-503': () => wait(503, String(waitSeconds())),
    'odd-version': () => raw('HTTP/1.0 200 OK\r\n\r\nthank you'),
    'odd-line-ends': () => raw('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'),
    'odd-folded': () => raw('HTTP/1.1 200 OK\r\nX-Note: first\r\n second\r\nContent-Length: 2\r\n\r\nok'),
    'odd-large-headers': () => response.writeHead(200, { 'x-padding': 'x'.repeat(20_000) }).end('ok'),
    'odd-lengths': () => raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'),
    'odd-trailing': () => raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more'),
    'odd-gzip': () => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('thank you')),
    'sender-ended-before': () => endSender(),
    'sender-ended-after': () => {
      answer(204);
      endSender();
    },
  };
  answers[outcome]();
}

/** `Sun Nov  6 08:49:37 1994` */
function ansiDate(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
}
