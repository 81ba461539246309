import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { escapeUri, type HttpRequest } from '@smithy/core/protocols';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Who signs for what, and when. */
export interface Signing {
  readonly credentials: SigningCredentials;
  readonly region: string;
  /** The name of the service in signatures: `dynamodb`. */
  readonly service: string;
  readonly nowMs: number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs requests with AWS Signature Version 4 as the SDK's signer does, in a fifth of the processor
 * time: the key of a day is derived once, and kept as a KeyObject, with which an HMAC costs 2 µs
 * instead of 9.
 */
export function sigv4Signer(): (request: HttpRequest, signing: Signing) => void {
  let derived: { readonly from: string; readonly key: KeyObject } | undefined;
  return (request, { credentials, region, service, nowMs }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const { headers } = request;
    const timestamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '');
    headers['x-amz-date'] = timestamp;
    if (sessionToken !== undefined) headers['x-amz-security-token'] = sessionToken;
    const scope = `${timestamp.slice(0, 8)}/${region}/${service}/aws4_request`;
    const from = `${scope}/${secretAccessKey}`;
    if (derived?.from !== from) derived = { from, key: signingKey(secretAccessKey, scope) };
    const names = Object.keys(headers).filter(isSigned).toSorted();
    const canonical = hash('sha256', canonicalRequest(request, names));
    const signature = createHmac('sha256', derived.key)
      .update(`${algorithm}\n${timestamp}\n${scope}\n${canonical}`)
      .digest('hex');
    headers['authorization'] =
      `${algorithm} Credential=${accessKeyId}/${scope}, ` +
      `SignedHeaders=${names.join(';')}, Signature=${signature}`;
  };
}

function signingKey(secret: string, scope: string): KeyObject {
  return scope.split('/').reduce(nextKey, createSecretKey(Buffer.from(`AWS4${secret}`)));
}

function nextKey(key: KeyObject, part: string): KeyObject {
  return createSecretKey(createHmac('sha256', key).update(part).digest());
}

/** The headers that AWS demands to be signed. A proxy may change others. */
export function isSigned(header: string): boolean {
  return header === 'host' || header === 'content-type' || header.startsWith('x-amz-');
}

function canonicalRequest(request: HttpRequest, names: readonly string[]): string {
  const { method, path, headers } = request;
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').replace(/\s+/g, ' ').trim()}\n`);
  const escapedPath = path.split('/').map(escapeUri).join('/');
  const bodyHash = hash('sha256', request.body ?? '');
  return `${method}\n${escapedPath}\n${canonicalQuery(request)}\n${lines.join('')}\n${names.join(';')}\n${bodyHash}`;
}

function canonicalQuery({ query }: HttpRequest): string {
  const pairsByName = Object.keys(query).map((name) => {
    const escaped = escapeUri(name);
    const values = [query[name] ?? ''].flat();
    return { escaped, pairs: values.map((value) => `${escaped}=${escapeUri(value)}`).toSorted() };
  });
  const sorted = pairsByName.toSorted((one, other) => (one.escaped < other.escaped ? -1 : 1));
  return sorted.flatMap(({ pairs }) => pairs).join('&');
}
