import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSigned, type Signing, sigv4Signer } from '../../lambdas/adapters/sigv4.ts';

/** What the signer of the SDK makes of the same request. */
async function signedBySdk(request: HttpRequest, signing: Signing): Promise<Record<string, string>> {
  const { credentials, region, service, nowMs } = signing;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const unsignableHeaders = new Set(Object.keys(request.headers).filter((name) => !isSigned(name)));
  const signed = await signer.sign(request, { signingDate: new Date(nowMs), unsignableHeaders });
  return signed.headers;
}

const word = fc.stringMatching(/^[A-Za-z0-9+/=]{1,40}$/);
const signings = fc.record({
  credentials: fc.record(
    { accessKeyId: word, secretAccessKey: word, sessionToken: word },
    { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
  ),
  region: fc.constantFrom('us-east-1', 'cn-north-1', 'us-gov-west-1'),
  service: fc.constantFrom('dynamodb', 'partnercentral-selling'),
  nowMs: fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
});
const headerNames = fc.constantFrom(
  'content-type',
  'x-amz-target',
  'x-amz-user-agent',
  'user-agent',
  'amz-sdk-request',
);
const value = fc.stringMatching(/^[ -~]{0,30}$/);
const requests = fc
  .record({
    method: fc.constantFrom('POST', 'GET'),
    path: fc
      .array(fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9 _.~:*-]{0,8}$/))
      .map((parts) => `/${parts.join('/')}`),
    query: fc.dictionary(word, fc.oneof(value, fc.array(value, { minLength: 1 })), { maxKeys: 3 }),
    headers: fc.dictionary(headerNames, value, { noNullPrototype: true }),
    body: fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array(), fc.constant(undefined)),
  })
  .map(
    ({ headers, ...parts }) => new HttpRequest({ ...parts, headers: { ...headers, host: 'example.com' } }),
  );

const requestOf = () =>
  new HttpRequest({ method: 'POST', path: '/', headers: { host: 'example.com' }, body: '{}' });

describe('the signer', () => {
  it('makes the signature of the SDK, for any headers, query, body, credentials and time', async () => {
    // One for all requests: it must not keep the key of another day, region, service or secret.
    const sign = sigv4Signer();
    await fc.assert(
      fc.asyncProperty(requests, signings, async (request, signing) => {
        const expected = await signedBySdk(HttpRequest.clone(request), signing);
        sign(request, signing);
        expect(request.headers).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('signs each attempt anew: on another day, for another region or service, by new credentials', async () => {
    const sign = sigv4Signer();
    const credentials = { accessKeyId: 'first', secretAccessKey: 'one', sessionToken: 'token of the first' };
    const nowMs = Date.UTC(2026, 0, 1, 23, 59, 59);
    const first: Signing = { credentials, region: 'us-east-1', service: 'dynamodb', nowMs };
    const renewed = { accessKeyId: 'second', secretAccessKey: 'two', sessionToken: 'token of the second' };
    const request = requestOf();
    for (const changes of [
      {},
      { nowMs: nowMs + 2_000 },
      { region: 'cn-north-1' },
      { service: 'partnercentral-selling' },
      { credentials: renewed },
    ]) {
      const signing = { ...first, ...changes };
      sign(request, signing);
      expect(request.headers).toEqual(await signedBySdk(requestOf(), signing));
    }
  });
});
