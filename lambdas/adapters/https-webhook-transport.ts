import { lookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { outcomeOfStatus } from '../core/delivery.ts';
import type { Answer, WebhookTransport } from '../ports/webhook-transport.ts';

export interface TransportOptions {
  /** `public`: HTTPS to public addresses. `loopback`: plain HTTP and this machine as well. */
  readonly network: 'public' | 'loopback';
  /** For connecting, sending and the whole answer together. */
  readonly timeoutMs: number;
}

/** Of an answer, this much is read, and this much of it is kept for people to look at. */
const readBytes = 64 * 1024;
const keptCharacters = 512;

/** Node's own HTTPS client: it follows no redirects. The agents judge the address that is connected to, after DNS. */
export function httpsWebhookTransport({ network, timeoutMs }: TransportOptions): WebhookTransport {
  const allowIPAddressList = network === 'loopback' ? ['127.0.0.1', '::1'] : [];
  const guard = { allowIPAddressList, keepAlive: true };
  const http = new RequestFilteringHttpAgent(guard);
  const https = new RequestFilteringHttpsAgent(guard);
  return {
    async post(url, headers, body) {
      const target = URL.parse(url);
      const plain = target?.protocol === 'http:' && network === 'loopback';
      if (!target || (target.protocol !== 'https:' && !plain)) return { outcome: 'forbidden' };
      if (isIpv4Compatible(target.hostname.slice(1, -1))) return { outcome: 'forbidden' };
      const options = {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: plain ? http : https,
        signal: AbortSignal.timeout(timeoutMs),
        lookup: lookupGuarded,
      };
      return send(plain ? httpRequest(target, options) : httpsRequest(target, options), body);
    },
  };
}

function send(request: ReturnType<typeof httpsRequest>, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    request.on('error', (error) => resolve({ outcome: outcomeOfError(error) }));
    request.on('response', (response) => {
      // The status is the answer: what becomes of the body afterwards, a time-out included, does not change it.
      request.removeAllListeners('error').on('error', () => undefined);
      void readStart(response).then((answer) => resolve({ ...answerOf(response), answer }));
    });
    request.end(body);
  });
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

/** `::/96`, the deprecated IPv4-compatible addresses: the agents take them, all but `::1`, for public ones. */
const ipv4Compatible = new BlockList();
ipv4Compatible.addSubnet('::', 96, 'ipv6');

function isIpv4Compatible(address: string): boolean {
  return isIPv6(address) && address !== '::1' && ipv4Compatible.check(address, 'ipv6');
}

class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** DNS as Node asks it, refusing the addresses that the agents would let through; they judge all others. */
const lookupGuarded: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, found, family) => {
    const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
    if (!error && addresses.some(isIpv4Compatible)) callback(new ForbiddenAddressError(hostname), '');
    else callback(error, found, family);
  });
};

function outcomeOfError(error: Error): Answer['outcome'] {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timed-out';
  // The agents refuse with a plain Error that has neither a name nor a code of its own: its text is all there is.
  const forbidden = error instanceof ForbiddenAddressError || /is not allowed\. Because/.test(error.message);
  return forbidden ? 'forbidden' : 'unreachable';
}
