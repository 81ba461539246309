import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { outcomeOfStatus } from '../core/delivery.ts';
import type { Answer, WebhookTransport } from '../ports/webhook-transport.ts';
import { ForbiddenAddressError, inAnyOf, isIpv4Compatible, lookupGuarded } from './address-guard.ts';

export interface TransportOptions {
  /** `public`: HTTPS to public addresses only. `loopback`: also plain HTTP, and this machine. */
  readonly network: 'public' | 'loopback';
  /** Private networks that may be connected to, such as `10.1.0.0/16`. @default none */
  readonly allowedCidrs?: readonly string[];
  /** Resolves a host name. @default the resolver of this machine */
  readonly lookup?: LookupFunction;
}

/** At most this much of an answer is read, and the first characters are kept with the attempt. */
const readBytes = 64 * 1024;
const keptCharacters = 512;

/**
 * `URL` silently removes some control characters, so the checked URL could differ from the
 * configured one.
 */
const controlCharacter = /\p{Cc}/u;

/**
 * Sends with the HTTPS client of Node, which follows no redirects. Its agents check the address
 * that is actually connected to, after DNS.
 */
export function httpsWebhookTransport(options: TransportOptions): WebhookTransport {
  const { network, allowedCidrs = [], lookup: resolve = lookup } = options;
  // The agents keep a reference to this list. An address in an allowed network is added before they
  // check it.
  const allowIPAddressList = network === 'loopback' ? ['127.0.0.1', '::1'] : [];
  const isAllowed = inAnyOf(allowedCidrs);
  const allow = (address: string): void => {
    if (isAllowed(address) && !allowIPAddressList.includes(address)) allowIPAddressList.push(address);
  };
  const guard = { allowIPAddressList, keepAlive: true };
  const http = new RequestFilteringHttpAgent(guard);
  const https = new RequestFilteringHttpsAgent(guard);
  const guarded = lookupGuarded(resolve, allow);
  return {
    async post(url, headers, body, timeoutMs) {
      const target = controlCharacter.test(url) ? null : URL.parse(url);
      const plain = target?.protocol === 'http:' && network === 'loopback';
      if (!target || (target.protocol !== 'https:' && !plain)) return { outcome: 'forbidden' };
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      if (isIpv4Compatible(literal)) return { outcome: 'forbidden' };
      allow(literal);
      return send(plain ? httpRequest : httpsRequest, target, body, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: plain ? http : https,
        signal: AbortSignal.timeout(timeoutMs),
        lookup: guarded,
      });
    },
  };
}

function send(
  begin: typeof httpsRequest,
  target: URL,
  body: string,
  options: RequestOptions,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  try {
    const request = begin(target, options);
    request.on('error', (error) => resolve({ outcome: outcomeOfError(error) }));
    // Any other end without an answer.
    const cutOff = () => resolve({ outcome: 'unreachable' });
    request.on('close', cutOff);
    // Without a listener, Node closes an upgraded connection without any event.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(answerOf(response));
    });
    request.on('response', (response) => {
      request.off('close', cutOff);
      // The status decides the outcome. A later error of the body, such as a timeout, does not
      // change it.
      request.removeAllListeners('error').on('error', () => undefined);
      void readStart(response).then((answer) => resolve({ ...answerOf(response), answer }));
    });
    request.end(body);
  } catch {
    // The path or a header contains characters that HTTP does not allow: nothing was sent.
    resolve({ outcome: 'forbidden' });
  }
  return promise;
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): Answer {
  const retryAfter = headers['retry-after'];
  return {
    outcome: outcomeOfStatus(statusCode),
    status: statusCode,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response) {
      if (!Buffer.isBuffer(chunk)) break;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= readBytes) break;
    }
  } catch {
    // The connection was cut: keep what has arrived.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, keptCharacters).toWellFormed();
}

function outcomeOfError(error: Error): Answer['outcome'] {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timed-out';
  // The agents throw a plain Error, which only its text identifies.
  const forbidden = error instanceof ForbiddenAddressError || /is not allowed\. Because/.test(error.message);
  return forbidden ? 'forbidden' : 'unreachable';
}
