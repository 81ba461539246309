import { createPublicKey, verify as verifyEd25519 } from 'node:crypto';
import * as fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type AsymmetricSecret,
  type PublicKey,
  parseSecretValue,
  parseSigningKey,
  parseSigningSecret,
  publicKeyOf,
  type SignedHeaders,
  type SigningSecret,
  signedHeaders,
} from '../../../lambdas/core/signature.ts';

const secretOf = (bytes: Uint8Array): SigningSecret => `whsec_${Buffer.from(bytes).toString('base64')}`;
const older = secretOf(Buffer.alloc(32, 'an older example key'));
const newer = secretOf(Buffer.alloc(32, 'a newer example key'));
const stranger = secretOf(Buffer.alloc(32, 'an unknown example key'));

const timestampSeconds = 1_772_359_200;
const body = '{"type":"opportunity.updated","text":"東京 😀"}';

describe('the published test vector of Standard Webhooks', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = signedHeaders(
    [secret],
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330,
    '{"test": 2432232314}',
  );

  it('is reproduced', () => {
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('has a valid secret', () => expect(parseSigningSecret(secret)).toBe(secret));
});

const verifiers = [
  [
    'standardwebhooks',
    (secret: string, text: string, headers: SignedHeaders) =>
      new StandardWebhook(secret).verify(text, { ...headers }),
  ],
  [
    'svix',
    (secret: string, text: string, headers: SignedHeaders) =>
      new SvixWebhook(secret).verify(text, { ...headers }),
  ],
] as const;

describe.each(verifiers)('a message verified by %s', (_, verify) => {
  // Both verifiers accept timestamps within five minutes of the clock.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: timestampSeconds * 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is accepted with the secret that signed it', () => {
    const headers = signedHeaders([older], 'msg_1', timestampSeconds, body);
    expect(() => verify(older, body, headers)).not.toThrow();
  });

  it('is accepted with either secret during a rotation, and with no other', () => {
    const headers = signedHeaders([newer, older], 'msg_1', timestampSeconds, body);
    expect(() => verify(older, body, headers)).not.toThrow();
    expect(() => verify(newer, body, headers)).not.toThrow();
    expect(() => verify(stranger, body, headers)).toThrow('No matching signature found');
  });

  it('is refused with the old secret after the rotation', () => {
    const headers = signedHeaders([newer], 'msg_1', timestampSeconds, body);
    expect(() => verify(older, body, headers)).toThrow('No matching signature found');
  });

  it('is refused with another body, id or timestamp', () => {
    const headers = signedHeaders([older], 'msg_1', timestampSeconds, body);
    expect(() => verify(older, `${body} `, headers)).toThrow('No matching signature found');
    expect(() => verify(older, body, { ...headers, 'webhook-id': 'msg_2' })).toThrow(
      'No matching signature found',
    );
    const later = String(timestampSeconds + 1);
    expect(() => verify(older, body, { ...headers, 'webhook-timestamp': later })).toThrow(
      'No matching signature found',
    );
  });

  it('is accepted for any secret, id and body', () => {
    const secret = fc.uint8Array({ minLength: 24, maxLength: 64 }).map(secretOf);
    const text = fc.jsonValue().map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(secret, fc.stringMatching(/^msg_[0-9a-f]{32}$/), text, (each, id, signed) => {
        const parsed = parseSigningSecret(each);
        expect(parsed).toBe(each);
        const headers = signedHeaders(parsed ? [parsed] : [], id, timestampSeconds, signed);
        expect(() => verify(each, signed, headers)).not.toThrow();
      }),
      { numRuns: 50 },
    );
  });
});

describe('signedHeaders', () => {
  it('puts the newest secret first, one signature each, separated by a space', () => {
    const [first, second, ...others] = signedHeaders([newer, older], 'msg_1', timestampSeconds, body)[
      'webhook-signature'
    ].split(' ');
    expect(others).toEqual([]);
    expect(first).toBe(signedHeaders([newer], 'msg_1', timestampSeconds, body)['webhook-signature']);
    expect(second).toBe(signedHeaders([older], 'msg_1', timestampSeconds, body)['webhook-signature']);
  });

  it('writes the timestamp as whole seconds', () => {
    expect(signedHeaders([older], 'msg_1', timestampSeconds, body)['webhook-timestamp']).toBe('1772359200');
  });

  it('signs each attempt with its own timestamp', () => {
    const one = signedHeaders([older], 'msg_1', timestampSeconds, body);
    const other = signedHeaders([older], 'msg_1', timestampSeconds + 5, body);
    expect(other['webhook-id']).toBe(one['webhook-id']);
    expect(other['webhook-signature']).not.toBe(one['webhook-signature']);
  });
});

describe('parseSigningSecret', () => {
  it.each([24, 25, 32, 63, 64])('allows %i bytes', (length) => {
    const secret = secretOf(new Uint8Array(length).fill(7));
    expect(parseSigningSecret(secret)).toBe(secret);
  });

  it.each([0, 1, 16, 23, 65, 128])('refuses %i bytes', (length) => {
    expect(parseSigningSecret(secretOf(new Uint8Array(length).fill(7)))).toBeUndefined();
  });

  const base64 = Buffer.alloc(32, 7).toString('base64');
  it.each([
    '',
    'whsec_',
    base64,
    `WHSEC_${base64}`,
    `whsec_${base64}\n`,
    ` whsec_${base64}`,
    `whsec_${base64}===`,
    `whsec_${'-_'.repeat(22)}`,
    `whsec_${base64.slice(0, 20)} ${base64.slice(20)}`,
    `{"secret":"whsec_${base64}"}`,
  ])('refuses %j', (text) => expect(parseSigningSecret(text)).toBeUndefined());

  it('refuses base64 that strict decoders refuse: without padding, or with a single extra digit', () => {
    expect(parseSigningSecret(`whsec_${base64.replace('=', '')}`)).toBeUndefined();
    expect(parseSigningSecret(`whsec_${'A'.repeat(33)}`)).toBeUndefined();
  });
});

const keyOf = (bytes: Uint8Array): AsymmetricSecret => `whsk_${Buffer.from(bytes).toString('base64')}`;
/** The first test vector of RFC 8032, section 7.1. */
const vector = {
  seed: Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  publicKey: Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex'),
};
const whole = Buffer.concat([vector.seed, vector.publicKey]);

/** Verifies a signature as a receiver does, with the public key and the three headers. */
function isVerified(key: PublicKey, headers: SignedHeaders, text: string): boolean {
  const x = Buffer.from(key.slice('whpk_'.length), 'base64').toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`);
  return headers['webhook-signature']
    .split(' ')
    .filter((each) => each.startsWith('v1a,'))
    .some((each) => verifyEd25519(null, signed, publicKey, Buffer.from(each.slice(4), 'base64')));
}

describe('a signature of a whsk_ key', () => {
  it('verifies with the public key of the published vector, in both forms of the key', () => {
    const expected = `whpk_${vector.publicKey.toString('base64')}`;
    expect(publicKeyOf(keyOf(vector.seed))).toBe(expected);
    expect(publicKeyOf(keyOf(whole))).toBe(expected);
  });

  it('verifies with its public key, and with no other', () => {
    const key = keyOf(vector.seed);
    const headers = signedHeaders([key], 'msg_1', timestampSeconds, body);
    expect(headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    expect(headers).toEqual(signedHeaders([keyOf(whole)], 'msg_1', timestampSeconds, body));
    expect(isVerified(publicKeyOf(key), headers, body)).toBe(true);
    expect(isVerified(publicKeyOf(key), headers, `${body} `)).toBe(false);
    expect(isVerified(publicKeyOf(key), { ...headers, 'webhook-id': 'msg_2' }, body)).toBe(false);
    expect(isVerified(publicKeyOf(keyOf(Buffer.alloc(32, 1))), headers, body)).toBe(false);
  });

  it.each(verifiers)('can accompany the signature of a secret, which %s still verifies', (_, verify) => {
    vi.useFakeTimers({ toFake: ['Date'], now: timestampSeconds * 1_000 });
    const headers = signedHeaders([older, keyOf(vector.seed)], 'msg_1', timestampSeconds, body);
    expect(() => verify(older, body, headers)).not.toThrow();
    expect(isVerified(publicKeyOf(keyOf(vector.seed)), headers, body)).toBe(true);
    vi.useRealTimers();
  });
});

describe('parseSigningKey', () => {
  it('allows a seed, and a seed with its public key', () => {
    expect(parseSigningKey(keyOf(vector.seed))).toBe(keyOf(vector.seed));
    expect(parseSigningKey(keyOf(whole))).toBe(keyOf(whole));
  });

  it.each([
    ['another length', keyOf(Buffer.alloc(33, 1))],
    ['half of it', keyOf(Buffer.alloc(24, 1))],
    ['a seed with the public key of another', keyOf(Buffer.concat([Buffer.alloc(32, 1), vector.publicKey]))],
    ['a secret', older],
    ['no padding', keyOf(vector.seed).replace('=', '')],
    ['nothing', 'whsk_'],
  ])('refuses %s', (_, text) => expect(parseSigningKey(text)).toBeUndefined());
});

describe('parseSecretValue', () => {
  const key = keyOf(vector.seed);
  it('returns a secret, alone or with a key', () => {
    expect(parseSecretValue(older)).toEqual([older]);
    expect(parseSecretValue(`${older} ${key}`)).toEqual([older, key]);
  });

  it.each([
    '',
    key,
    `${key} ${older}`,
    `${older} ${newer}`,
    `${older} ${key} ${key}`,
    `${older}  ${key}`,
    `${older} `,
  ])('refuses %j', (text) => expect(parseSecretValue(text)).toBeUndefined());
});
