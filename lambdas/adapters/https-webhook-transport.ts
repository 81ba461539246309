import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { outcomeOfStatus } from '../core/delivery.ts';
import type { Answer, WebhookTransport } from '../ports/webhook-transport.ts';
import { ForbiddenAddressError, inAnyOf, isIpv4Compatible, lookupGuarded } from './address-guard.ts';

export interface TransportOptions {
  /** `public`: HTTPS to public addresses. `loopback`: plain HTTP and this machine as well. */
  readonly network: 'public' | 'loopback';
  /** Private networks, `10.1.0.0/16`, whose receivers are connected to as public ones are. @default none */
  readonly allowedCidrs?: readonly string[];
  /** Asks for the addresses of a name. @default the resolver of this machine */
  readonly lookup?: LookupFunction;
}

/** Of an answer, this much is read, and this much of it is kept for people to look at. */
const readBytes = 64 * 1024;
const keptCharacters = 512;

/** `URL` drops some of these without a word: what is looked at would not be what was written. */
const controlCharacter = /\p{Cc}/u;

/** Node's own HTTPS client: it follows no redirects. The agents judge the address that is connected to, after DNS. */
export function httpsWebhookTransport(options: TransportOptions): WebhookTransport {
  const { network, allowedCidrs = [], lookup: resolve = lookup } = options;
  // The agents keep this list, not a copy: an address in an allowed network is added to it before they judge it.
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
    // Whatever else ends it without an answer.
    const cutOff = () => resolve({ outcome: 'unreachable' });
    request.on('close', cutOff);
    // Nobody asked for another protocol: without a listener Node would drop the connection, and say nothing.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(answerOf(response));
    });
    request.on('response', (response) => {
      request.off('close', cutOff);
      // The status is the answer: what becomes of the body afterwards, a time-out included, does not change it.
      request.removeAllListeners('error').on('error', () => undefined);
      void readStart(response).then((answer) => resolve({ ...answerOf(response), answer }));
    });
    request.end(body);
  } catch {
    // A name or a value of a header, or a path, that HTTP has no room for: nothing was sent.
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
    // Cut off: what came until then is kept.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, keptCharacters).toWellFormed();
}

function outcomeOfError(error: Error): Answer['outcome'] {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timed-out';
  // The agents refuse with a plain Error that has neither a name nor a code of its own: its text is all there is.
  const forbidden = error instanceof ForbiddenAddressError || /is not allowed\. Because/.test(error.message);
  return forbidden ? 'forbidden' : 'unreachable';
}
