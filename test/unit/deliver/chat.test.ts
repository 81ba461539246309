import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpsWebhookTransport } from '../../../lambdas/adapters/https-webhook-transport.ts';
import { type ChatFormat, chatFormats } from '../../../lambdas/core/endpoint.ts';
import { chat, endpoint, secretIdFor } from '../../builders/endpoints.ts';
import { type Receiver, startHttpReceiver } from '../../conformance/receiver-under-test.ts';
import {
  addDelivery,
  type DeliverWorld,
  deliverWorld,
  dueInMs,
  ring,
  ringBatch,
  rowOf,
  secret,
  version,
} from './deliver-world.ts';

/* Messages for people, sent by the real transport to a server on this machine. */

/** In the form of Slack's, and made up. */
const path = '/services/T0EXAMPLE/B0EXAMPLE/ExampleTokenOfAChannel00';
const token = 'ExampleTokenOfAChannel00';

const receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

let world: DeliverWorld;
beforeEach(async () => {
  world = await deliverWorld();
});

interface Answering {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the endpoint a channel of a server that answers so. */
async function joinChannel(
  { status, body, headers }: Answering,
  format: ChatFormat = 'slack',
): Promise<Receiver> {
  const receiver = await startHttpReceiver((_, response) => response.writeHead(status, headers).end(body));
  receivers.push(receiver);
  world.endpoints.put(endpoint({ destination: chat({ format }), redact: ['/Project/Title'] }));
  world.secrets.set(secretIdFor('ep_orders'), `http://127.0.0.1:${receiver.port}${path}`);
  return receiver;
}

const transport = httpsWebhookTransport({ network: 'loopback' });

describe.each(chatFormats)('a message in the format %s', (format) => {
  it('is posted to the URL in the secret, unsigned, and ends as delivered', async () => {
    const { received } = await joinChannel({ status: 200, body: 'ok' }, format);
    await ring(world, { transport });
    expect(rowOf(world)).toMatchObject({
      status: 'delivered',
      attempts: [{ outcome: 'delivered', status: 200 }],
    });
    const [{ method, path: posted, headers, body } = {}] = received;
    expect({ method, posted }).toEqual({ method: 'POST', posted: path });
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(Object.keys(headers ?? {}).filter((name) => /webhook|trace|signature/.test(name))).toEqual([]);
    expect(JSON.parse(String(body))).toHaveProperty(format === 'slack' ? 'blocks' : 'attachments');
    expect(String(body)).toContain(version.id);
  });
});

describe('what Slack answers', () => {
  it.each([
    [400, 'invalid_payload', 'refused', false],
    [403, 'action_prohibited', 'refused', true],
    [404, 'no_service', 'refused', true],
    [500, 'rollup_error', 'refused', true],
  ])(
    '%i %s is tried again on the schedule, and its text stays with the attempt',
    async (status, body, outcome, countsAgainst) => {
      await joinChannel({ status, body });
      await ringBatch(world, [rowOf(world).id], { transport });
      expect(rowOf(world)).toMatchObject({
        status: 'pending',
        attempts: [{ outcome, status, answer: body }],
      });
      expect((await world.gates.read('ep_orders')).gate?.breaker.failuresInARow ?? 0).toBe(
        countsAgainst ? 1 : 0,
      );
    },
  );

  it('410 channel_is_archived disables the endpoint and holds its messages', async () => {
    await joinChannel({ status: 410, body: 'channel_is_archived' });
    await ring(world, { transport });
    expect(rowOf(world).status).toBe('held');
    expect((await world.endpoints.find('ep_orders'))?.disabled).toMatchObject({
      reason: 'answered 410 Gone',
    });
  });

  it('429 with Retry-After makes all messages to the channel wait', async () => {
    await joinChannel({ status: 429, body: 'rate_limited', headers: { 'retry-after': '30' } });
    await ring(world, { transport });
    expect(rowOf(world)).toMatchObject({ status: 'pending', attempts: [{ status: 429 }] });
    expect(dueInMs(world)).toBeGreaterThanOrEqual(30_000);
  });
});

function everythingKept(): string {
  const { deliveries, log, metrics, parked, endpoints } = world;
  return JSON.stringify([rowOf(world), log.lines, metrics, parked.parked, deliveries, endpoints]);
}

describe('the URL of a channel', () => {
  it('is nowhere in what is stored or logged, also if the answer repeats it and what is redacted', async () => {
    const { title = '' } = version.attributes;
    expect(title).not.toBe('');
    await joinChannel({ status: 404, body: `no route ${path}, token=${token}, ${title}` });
    await ring(world, { transport });
    expect(rowOf(world).attempts[0]?.answer).toBe('no route ***, token=***, ***');
    expect(everythingKept()).not.toContain(token);
  });

  it('is nowhere in the reason of a redirect, which is not followed', async () => {
    await joinChannel({ status: 302, body: '', headers: { location: `https://example.com${path}` } });
    await ring(world, { transport });
    expect(rowOf(world)).toMatchObject({ attempts: [{ outcome: 'redirected' }] });
    expect(everythingKept()).not.toContain(token);
  });

  it('is nowhere in the reason of a failed connection', async () => {
    const { port, stop } = await joinChannel({ status: 200, body: '' });
    await stop();
    await ring(world, { transport });
    expect(rowOf(world).attempts[0]?.reason).toContain(`127.0.0.1:${port}: connection refused`);
    expect(everythingKept()).not.toContain(token);
  });

  it('must not lead to this machine, except on the local stage', async () => {
    const { received } = await joinChannel({ status: 200, body: 'ok' });
    await ring(world, { transport: httpsWebhookTransport({ network: 'public' }) });
    expect(rowOf(world)).toMatchObject({ attempts: [{ outcome: 'forbidden' }] });
    expect(received).toEqual([]);
  });

  it('keeps all messages waiting, without an attempt, if its secret has another value', async () => {
    const { received } = await joinChannel({ status: 200, body: 'ok' });
    world.secrets.set(secretIdFor('ep_orders'), secret);
    await ringBatch(world, [rowOf(world).id], { transport });
    expect(rowOf(world)).toMatchObject({ status: 'pending', attemptNumber: 0, attempts: [] });
    expect(world.log.of('delivery.blocked')).toHaveLength(1);
    expect(everythingKept()).not.toContain(secret);
    expect(received).toEqual([]);
  });

  it('is not read from the secret of another endpoint', async () => {
    const { port, received } = await joinChannel({ status: 200, body: 'ok' });
    world.secrets.set(secretIdFor('ep_other'), `http://127.0.0.1:${port}${path}`);
    world.endpoints.put(endpoint({ destination: chat({ secretId: secretIdFor('ep_other') }) }));
    await ringBatch(world, [rowOf(world).id], { transport });
    expect(rowOf(world)).toMatchObject({ status: 'pending', attempts: [] });
    expect(received).toEqual([]);
  });
});

describe('a channel', () => {
  it('gets nothing that its endpoint does not want', async () => {
    const { received } = await joinChannel({ status: 200, body: 'ok' });
    world.endpoints.put(endpoint({ id: 'ep_crm', destination: chat({ secretId: secretIdFor('ep_crm') }) }));
    const unwanted = await addDelivery(world, 'ep_crm', version, false);
    await ring(world, { transport }, unwanted);
    expect(rowOf(world, unwanted).status).toBe('skipped');
    expect(received).toEqual([]);
  });
});
