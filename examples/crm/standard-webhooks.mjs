// Signatures of Standard Webhooks: of messages that arrive, and of commands that are sent.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A message that is older, or from further ahead, may be a recording. Seconds. */
const tolerance = 300;

/** @returns the headers that sign these bytes now */
export function sign(secret, id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatureOf(secret, id, timestamp, body),
  };
}

/** While a secret is rotated, a message has several signatures. One must be right. */
export function isSigned(secret, headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given = '' } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  // Not a number if the header is missing or malformed.
  if (!(age <= tolerance)) return false;
  const expected = Buffer.from(signatureOf(secret, id, timestamp, body));
  return given.split(' ').some((each) => {
    const bytes = Buffer.from(each);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  });
}

function signatureOf(secret, id, timestamp, body) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${content.digest('base64')}`;
}
