import { createHmac } from 'node:crypto';

/** A Standard Webhooks secret: `whsec_` and 24 to 64 random bytes in base64. */
export type SigningSecret = `whsec_${string}`;

const allowedBytes = { least: 24, most: 64 };

export function parseSigningSecret(text: string): SigningSecret | undefined {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (!encoded) return undefined;
  const key = Buffer.from(encoded, 'base64');
  // Node decodes what other decoders refuse: without padding, say. A secret must work in every language.
  if (key.toString('base64') !== encoded) return undefined;
  return key.length >= allowedBytes.least && key.length <= allowedBytes.most ? `whsec_${encoded}` : undefined;
}

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * The three headers of Standard Webhooks 1.0.0. Every secret signs, newest first, so that a receiver verifies
 * with the old and with the new one while a rotation is under way.
 * @param timestampSeconds of this attempt, whole seconds since 1970: verifiers refuse anything else.
 */
export function signedHeaders(
  secrets: readonly SigningSecret[],
  id: string,
  timestampSeconds: number,
  body: string,
): SignedHeaders {
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
