import { afterEach, describe, expect, it } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { retryAfterMs } from '../../lambdas/core/delivery.ts';
import {
  answerWith,
  isAcceptance,
  messageRefusals,
  type Outcome,
  oddAnswers,
  waitRequests,
} from '../../local/chaos/receiver-answers.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

const nowMs = Date.parse('2026-03-01T10:00:00.000Z');
let server: LoopbackServer;

/** Posts to a receiver that answers so. */
async function answerTo(outcome: Outcome) {
  server = await startLoopbackServer((request, response) => {
    request.resume().on('end', () => {
      answerWith(outcome, response, { nowMs: () => nowMs, waitSeconds: () => 7, endSender: () => undefined });
    });
  });
  return httpsWebhookTransport({ network: 'loopback' }).post(server.url, {}, '{}', 5_000);
}
afterEach(() => server.stop());

describe('answerWith', () => {
  it.each(oddAnswers)('gives the answer %s, which the sender takes for an acceptance', async (outcome) => {
    expect(await answerTo(outcome)).toMatchObject({ outcome: 'delivered', status: 200 });
    expect(isAcceptance(outcome)).toBe(true);
  });

  it.each(waitRequests)('asks with %s for a wait of seven seconds', async (outcome) => {
    const { status, retryAfter } = await answerTo(outcome);
    expect([429, 503]).toContain(status);
    expect(retryAfterMs(retryAfter, nowMs)).toBe(7_000);
  });

  it.each(messageRefusals)('answers %s with that status', async (outcome) => {
    expect(await answerTo(outcome)).toMatchObject({
      outcome: 'refused',
      status: Number(outcome.replace('refused-', '')),
    });
    expect(isAcceptance(outcome)).toBe(false);
  });
});
