import { timingSafeEqual } from 'node:crypto';
import { type SignedHeaders, type SigningSecret, signatureOf, signedBytes } from './signature.ts';

/** A header has one signature for each secret of its sender, and a sender has few. */
const mostSignatures = 10;

/**
 * Whether one of the signatures in the headers is of one of these secrets. Takes the same time
 * wherever a signature differs. The caller judges the age of the timestamp.
 * @param body the bytes as they came
 */
export function isSigned(secrets: readonly SigningSecret[], headers: SignedHeaders, body: Buffer): boolean {
  const signed = signedBytes(headers['webhook-id'], headers['webhook-timestamp'], body);
  const given = headers['webhook-signature'].split(' ').slice(0, mostSignatures);
  const valid = secrets.map((secret) => Buffer.from(signatureOf(secret, signed)));
  const matches = given.flatMap((each) => valid.filter((one) => isEqual(one, Buffer.from(each))));
  return matches.length > 0;
}

/** The length of a signature is no secret. */
function isEqual(valid: Buffer, given: Buffer): boolean {
  return valid.length === given.length && timingSafeEqual(valid, given);
}
