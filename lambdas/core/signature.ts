import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
} from 'node:crypto';

/**
 * A Standard Webhooks secret: `whsec_` and 24 to 64 random bytes in base64. The receiver has it
 * too.
 */
export type SymmetricSecret = `whsec_${string}`;
/**
 * `whsk_` and an ed25519 private key in base64: its seed of 32 bytes, or the 64 bytes of seed and
 * public key. The receiver has the public key only.
 */
export type AsymmetricSecret = `whsk_${string}`;
export type SigningSecret = SymmetricSecret | AsymmetricSecret;
/** `whpk_` and the 32 bytes of an ed25519 public key in base64. */
export type PublicKey = `whpk_${string}`;

const allowedBytes = { least: 24, most: 64 };
const seedBytes = 32;

/** Returns undefined if the text is not a valid `whsec_` secret. */
export function parseSigningSecret(text: string): SymmetricSecret | undefined {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const key = encoded && bytesOf(encoded);
  if (!key) return undefined;
  return key.length >= allowedBytes.least && key.length <= allowedBytes.most ? `whsec_${encoded}` : undefined;
}

/**
 * Returns undefined if the text is not a valid `whsk_` key, or if its public key does not match.
 */
export function parseSigningKey(text: string): AsymmetricSecret | undefined {
  const encoded = /^whsk_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const key = encoded && bytesOf(encoded);
  if (!key || (key.length !== seedBytes && key.length !== 2 * seedBytes)) return undefined;
  const secret: AsymmetricSecret = `whsk_${encoded}`;
  const given = key.subarray(seedBytes).toString('base64');
  return given === '' || publicKeyOf(secret) === `whpk_${given}` ? secret : undefined;
}

/** Parses a stored secret: a `whsec_` secret, optionally followed by a space and a `whsk_` key. */
export function parseSecretValue(value: string): readonly SigningSecret[] | undefined {
  const [first = '', second, ...more] = value.split(' ');
  const secret = parseSigningSecret(first);
  if (!secret || more.length > 0) return undefined;
  if (second === undefined) return [secret];
  const key = parseSigningKey(second);
  return key && [secret, key];
}

/**
 * Removes spaces and line breaks around a stored secret, which an editor or `echo` adds, and adds
 * missing padding. The signature is the same.
 */
export function normalizeSecretValue(value: string): string {
  const padded = value
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [prefix = '', encoded = ''] = part.split('_', 2);
      return `${prefix}_${encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=')}`;
    });
  return padded.join(' ');
}

/** The key with which a receiver verifies `v1a` signatures. */
export function publicKeyOf(secret: AsymmetricSecret): PublicKey {
  const spki = createPublicKey(privateKeyOf(secret)).export({ format: 'der', type: 'spki' });
  return `whpk_${spki.subarray(-seedBytes).toString('base64')}`;
}

/** Strict base64. Node also accepts text without padding, which other languages refuse. */
function bytesOf(encoded: string): Buffer | undefined {
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : undefined;
}

/** The bytes before the seed of an ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(secret: AsymmetricSecret): KeyObject {
  const seed = Buffer.from(secret.slice('whsk_'.length), 'base64').subarray(0, seedBytes);
  return createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
}

export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * The three headers of Standard Webhooks 1.0.0. Every secret signs, newest first, so that during a
 * rotation a receiver can verify with the old or the new one.
 * @param timestampSeconds start of this attempt, whole seconds since 1970, as verifiers require
 */
export function signedHeaders(
  secrets: readonly SigningSecret[],
  id: string,
  timestampSeconds: number,
  body: string,
): SignedHeaders {
  const timestamp = String(timestampSeconds);
  const signed = signedBytes(id, timestamp, Buffer.from(body));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((secret) => signatureOf(secret, signed)).join(' '),
  };
}

/** What a sender signs and a receiver verifies. */
export function signedBytes(id: string, timestamp: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

export function signatureOf(secret: SigningSecret, signed: Buffer): string {
  const key = keyOf(secret);
  if (isAsymmetric(secret)) return `v1a,${sign(null, signed, key).toString('base64')}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

/** Parsed keys. To parse a key takes twice as long as to sign with it. */
const keys = new Map<SigningSecret, KeyObject>();
const mostKeys = 100;

function keyOf(secret: SigningSecret): KeyObject {
  const known = keys.get(secret);
  if (known) return known;
  const made = isAsymmetric(secret)
    ? privateKeyOf(secret)
    : createSecretKey(Buffer.from(secret.slice('whsec_'.length), 'base64'));
  if (keys.size >= mostKeys) keys.clear();
  keys.set(secret, made);
  return made;
}

export function isAsymmetric(secret: SigningSecret): secret is AsymmetricSecret {
  return secret.startsWith('whsk_');
}
