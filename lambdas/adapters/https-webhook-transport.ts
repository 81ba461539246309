import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { getCACertificates } from 'node:tls';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import packageJson from '../../package.json' with { type: 'json' };
import { areCertificates } from '../core/certificates.ts';
import { secretTextsOf } from '../core/mask.ts';
import type { WebhookTransport } from '../ports/webhook-transport.ts';
import { inAnyOf, isIpv4Compatible, lookupGuarded } from './address-guard.ts';
import { lookupWithin } from './name-resolver.ts';
import { forbidden, sendRequest, type WebhookRequest } from './send-request.ts';

export interface TransportOptions {
  /** `public`: HTTPS to public addresses only. `loopback`: also plain HTTP, and this machine. */
  readonly network: 'public' | 'loopback';
  /** Private networks that may be connected to, such as `10.1.0.0/16`. @default none */
  readonly allowedCidrs?: readonly string[];
  /** PEM of authorities that are trusted for receivers in these networks. @default none */
  readonly caCertificate?: string | undefined;
  /** Resolves a host name. @default DNS, without the threads of this process */
  readonly lookup?: LookupFunction;
}

/** Receivers behind some proxies answer with many headers. Node refuses more than 16 KiB. */
const mostHeaderBytes = 64 * 1024;

/** Until package.json names a page of this project: the specification of what is sent. */
const { name, version, homepage } = { homepage: 'https://www.standardwebhooks.com', ...packageJson };

/** Sent with every request, unless the endpoint has headers of these names. */
const defaultHeaders = { 'user-agent': `${name}/${version} (+${homepage})`, accept: '*/*' };

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
  const { network, allowedCidrs = [], lookup, caCertificate: ofStack } = options;
  // The agents keep a reference to this list. An address in an allowed network is added before they
  // check it.
  const allowIPAddressList = network === 'loopback' ? ['127.0.0.1', '::1'] : [];
  const isAllowed = inAnyOf(allowedCidrs);
  const allow = (address: string): void => {
    if (isAllowed(address) && !allowIPAddressList.includes(address)) allowIPAddressList.push(address);
  };
  const isPrivate = (address: string): boolean => isAllowed(address) || allowIPAddressList.includes(address);
  // NODE_TLS_REJECT_UNAUTHORIZED applies only if the option is not set.
  const guard = { allowIPAddressList, rejectUnauthorized: true };
  const agentsOf = (keepAlive: boolean) => ({
    http: new RequestFilteringHttpAgent({ ...guard, keepAlive }),
    https: new RequestFilteringHttpsAgent({ ...guard, keepAlive }),
  });
  const pooled = agentsOf(true);
  const single = agentsOf(false);
  return {
    async post(url, headers, body, timeoutMs, masked = [], ofEndpoint) {
      const target = controlCharacter.test(url) ? null : URL.parse(url);
      const plain = target?.protocol === 'http:' && network === 'loopback';
      if (!target || (target.protocol !== 'https:' && !plain)) return forbidden('the URL is not https://');
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      if (isIpv4Compatible(literal)) return forbidden(`${literal} must not be connected to`);
      allow(literal);
      const signal = AbortSignal.timeout(timeoutMs);
      const names = lookup ? { lookup, resolverFault: () => undefined } : lookupWithin(signal);
      const lookupHere = lookupGuarded(names.lookup, allow);
      const authorities = [ofStack, ofEndpoint].filter((pem) => pem !== undefined);
      const addresses = authorities.length === 0 ? [] : await resolveAll(literal, lookupHere);
      // A private authority must never speak for a public name. The checked addresses are the ones
      // connected to.
      const isTrusted = addresses.length > 0 && addresses.every(isPrivate);
      if (isTrusted && !authorities.every(areCertificates))
        return {
          outcome: 'forbidden',
          kind: 'own-fault',
          reason: 'caCertificate is not a valid certificate',
        };
      const request: WebhookRequest = {
        begin: plain ? httpRequest : httpsRequest,
        target,
        body,
        timeoutMs,
        resolverFault: names.resolverFault,
        secrets: [...secretTextsOf(headers), ...masked],
        options: {
          method: 'POST',
          headers: { ...defaultHeaders, ...headers, 'content-length': Buffer.byteLength(body) },
          signal,
          lookup: lookupHere,
          ...(isTrusted && {
            ca: [...getCACertificates('default'), ...authorities],
            lookup: pinnedTo(addresses),
          }),
          maxHeaderSize: mostHeaderBytes,
          // Node gives up an address after 250 ms if the name has another one.
          autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(timeoutMs / 4)),
        },
      };
      const scheme = plain ? 'http' : 'https';
      return sendRequest(request, pooled[scheme], () => sendRequest(request, single[scheme]));
    },
  };
}

/** Returns no addresses if the name cannot be resolved: the request then says why. */
function resolveAll(host: string, lookup: LookupFunction): Promise<readonly string[]> {
  if (isIP(host) > 0) return Promise.resolve([host]);
  return new Promise((resolve) => {
    lookup(host, { all: true }, (error, found) => {
      resolve(error || !Array.isArray(found) ? [] : found.map(({ address }) => address));
    });
  });
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family);
  };
}
