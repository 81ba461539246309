import { bodyOf, type HttpRequest, isGet, keysIn } from '../commands/http-request.ts';
import { isClientId } from '../core/client-definition.ts';
import { mostRequestBytes } from '../core/command-request.ts';
import type { SignedHeaders } from '../core/signature.ts';

/** What a request says about its sender, not verified. */
export interface SignedRequest {
  readonly clientId: string;
  readonly headers: SignedHeaders;
  readonly timestampSeconds: number;
  readonly body: Buffer;
}

/** The bytes that a client signs. A GET has none. Judges the size before it decodes anything. */
export function signedBodyOf(request: HttpRequest): Buffer | 'too-large' {
  if (isGet(request)) return Buffer.alloc(0);
  // In base64 a body has a third more characters.
  if ((request.body?.length ?? 0) > 2 * mostRequestBytes) return 'too-large';
  const body = bodyOf(request);
  return body.length > mostRequestBytes ? 'too-large' : body;
}

/**
 * Returns undefined if no client can have signed it: a header is missing, or has a form that no
 * valid one has, or a GET is not for the key in its path.
 */
export function readSignedRequest(request: HttpRequest, body: Buffer): SignedRequest | undefined {
  const {
    'relay-client': clientId = '',
    'webhook-id': id = '',
    'webhook-timestamp': timestamp = '',
    'webhook-signature': signature = '',
  } = request.headers;
  const isWhole = isClientId(clientId) && id !== '' && /^\d{1,12}$/.test(timestamp) && signature !== '';
  const isForPath = !isGet(request) || keysIn(request).includes(id);
  if (!isWhole || !isForPath) return undefined;
  return {
    clientId,
    headers: { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature },
    timestampSeconds: Number(timestamp),
    body,
  };
}
