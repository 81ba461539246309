import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageOf } from '../../lambdas/core/message.ts';
import { type MessageType, messageTypes } from '../../lambdas/core/message-type.ts';
import { makeSample } from '../../lambdas/core/sample-version.ts';
import { type SigningSecret, signedHeaders } from '../../lambdas/core/signature.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { endpoint } from '../builders/endpoints.ts';
import { engagementPayload } from '../builders/engagement-payloads.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../builders/payloads.ts';
import { engagementKey, invitationKey, observation, summaryKey, versionOf } from '../builders/versions.ts';
import { describeUnless } from '../describe-unless.ts';
import {
  nodeReceiver,
  pythonMissing,
  pythonReceiver,
  type RunningReceiver,
  startReceiver,
} from './readme-receivers.ts';

function secretOf(filledWith: number): SigningSecret {
  return `whsec_${Buffer.alloc(32, filledWith).toString('base64')}`;
}
const [secret, newSecret, otherSecret] = [secretOf(7), secretOf(8), secretOf(9)];
const key: SigningSecret = `whsk_${Buffer.alloc(32, 7).toString('base64')}`;

const records: Readonly<Record<string, Version>> = {
  opportunity: versionOf(observation({ payload: { ...opportunityPayload(), Note: '東京 😀 "\\\u2028' } })),
  aws_opportunity_summary: versionOf(observation({ key: summaryKey, payload: awsSummaryPayload() })),
  engagement_invitation: versionOf(observation({ key: invitationKey, payload: invitationPayload() })),
  engagement: versionOf(observation({ key: engagementKey, payload: engagementPayload() })),
  command: makeSample('command.succeeded', '2026-03-01T10:00:00.000Z'),
};

/** The message bodies of a type in every form that an endpoint can choose. */
function bodiesOf(type: MessageType): readonly string[] {
  const version = records[type.slice(0, type.indexOf('.'))];
  if (!version) throw new Error(`no record for ${type}`);
  return [{}, { payload: 'thin' as const }, { redact: ['personal-data'] }].map(
    (form) => messageOf({ ...version, type }, endpoint(form)).body,
  );
}

const id = 'msg_0123456789abcdef0123456789abcdef';
const nowSeconds = () => Math.floor(Date.now() / 1_000);
const signed = (body: string, secrets = [secret], atSeconds = nowSeconds()) => ({
  ...signedHeaders(secrets, id, atSeconds, body),
});

for (const documented of [nodeReceiver, pythonReceiver]) {
  const missing = documented === pythonReceiver ? pythonMissing() : undefined;
  describeUnless(missing, `the receiver of docs/webhooks.md in ${documented.language}`, () => {
    let receiver: RunningReceiver;
    beforeAll(async () => {
      receiver = await startReceiver(documented, secret);
    });
    afterAll(() => receiver?.stop());

    it('is short enough to copy', () => {
      const lines = documented.code.trim().split('\n').length;
      expect(lines).toBeGreaterThan(5);
      expect(lines).toBeLessThanOrEqual(documented.maximumLines);
    });

    it.each(messageTypes)('accepts %s in every form of the payload', async (type) => {
      for (const body of bodiesOf(type)) expect(await receiver.post(signed(body), body)).toBe(204);
    });

    it('accepts messages with several signatures during a rotation, also beside a public key signature', async () => {
      const [body = ''] = bodiesOf('opportunity.updated');
      expect(await receiver.post(signed(body, [newSecret, secret]), body)).toBe(204);
      expect(await receiver.post(signed(body, [secret, newSecret]), body)).toBe(204);
      expect(await receiver.post(signed(body, [newSecret, key, secret, key]), body)).toBe(204);
    });

    it('refuses a message that is changed, old, unsigned, or signed with another secret', async () => {
      const [body = ''] = bodiesOf('opportunity.updated');
      expect(await receiver.post(signed(body), `${body} `)).toBe(400);
      expect(await receiver.post({ ...signed(body), 'webhook-id': 'msg_other' }, body)).toBe(400);
      expect(await receiver.post(signed(body, [secret], nowSeconds() - 3_600), body)).toBe(400);
      expect(await receiver.post(signed(body, [secret], nowSeconds() + 3_600), body)).toBe(400);
      expect(await receiver.post(signed(body, [otherSecret]), body)).toBe(400);
      expect(await receiver.post(signed(body, [key]), body)).toBe(400);
      expect(await receiver.post({}, body)).toBe(400);
    });

    it('goes on after a client that disconnects in the middle of a message', async () => {
      const [body = ''] = bodiesOf('opportunity.updated');
      await receiver.breakOff();
      expect(await receiver.post(signed(body), body)).toBe(204);
    });
  });
}

it('receiver.mjs, which README.md starts, is the receiver of docs/webhooks.md in Node', () => {
  expect(readFileSync('docs/webhooks/receiver.mjs', 'utf8')).toBe(nodeReceiver.code);
});
