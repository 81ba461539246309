import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { makeSample } from '../../../lambdas/core/sample-version.ts';
import { type SigningSecret, signedHeaders } from '../../../lambdas/core/signature.ts';
import { Receiver } from '../../../local/receiver.ts';
import { endpoint } from '../../builders/endpoints.ts';

const secret: SigningSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const madeAt: Instant = '2026-03-01T10:00:00.000Z';
const { id, body } = messageOf(makeSample('opportunity.updated', madeAt), endpoint());

let receiver: Receiver;
let url: string;
beforeAll(async () => {
  receiver = new Receiver(secret);
  url = await receiver.start();
});
afterAll(() => receiver.stop());

/** Signs a body as the relay does, and posts it. @returns the HTTP status */
async function post(text: string): Promise<number> {
  const headers = { ...signedHeaders([secret], id, Math.floor(Date.now() / 1_000), text) };
  const { status } = await fetch(url, { method: 'POST', headers, body: text });
  return status;
}

it('the receiver of the local stage takes a signed message that its schema allows', async () => {
  expect(await post(body)).toBe(204);
  expect(receiver.receipts.map(({ webhookId }) => webhookId)).toEqual([id]);
});

it.each([
  ['a version that is no whole number', '"version":2', '"version":2.5', '/data/version must be integer'],
  [
    'a type without a schema',
    '"type":"opportunity.updated"',
    '"type":"deal.updated"',
    'no schema of the type',
  ],
  ['no list of changes', '"changes":', '"differences":', "must have required property 'changes'"],
])('the receiver of the local stage refuses a signed message with %s', async (_what, is, instead, why) => {
  const broken = body.replace(is, instead);
  expect(broken).not.toBe(body);
  expect(await post(broken)).toBe(400);
  expect(receiver.refused.at(-1)).toContain(why);
});
