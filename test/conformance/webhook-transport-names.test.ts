import type { LookupFunction } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { type Receiver, startHttpReceiver } from './receiver-under-test.ts';

/**
 * Listens on every address of this machine, so that it notices a connection to any of 127.0.0.0/8.
 */
let receiver: Receiver;
/** Addresses of this machine that received connections, in order. */
let connectedTo: (string | undefined)[];
beforeEach(async () => {
  connectedTo = [];
  receiver = await startHttpReceiver((request, response) => {
    connectedTo.push(request.socket.localAddress?.replace('::ffff:', ''));
    // Forces the next attempt to resolve the name again.
    response.writeHead(204, { connection: 'close' }).end();
  });
});
afterEach(() => receiver.stop());

/** A resolver that returns these answers one after the other, then always the last one. */
function answering(...answers: readonly (readonly string[])[]) {
  let asked = 0;
  const lookup: LookupFunction = (_hostname, options, callback) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    const all = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, all);
    else callback(null, all[0]?.address ?? '', all[0]?.family);
  };
  return { lookup, asked: () => asked };
}

function posting(lookup: LookupFunction, allowedCidrs: readonly string[] = []) {
  const transport = httpsWebhookTransport({ network: 'loopback', allowedCidrs, lookup });
  return async () =>
    (await transport.post(`http://receiver.example:${receiver.port}/hook`, {}, '{}', 2_000)).outcome;
}

describe('a name whose address changes between the check and the connection', () => {
  test('is resolved once: the checked address is the one connected to', async () => {
    const names = answering(['127.0.0.1'], ['127.0.0.2']);
    expect(await posting(names.lookup)()).toBe('delivered');
    expect(names.asked()).toBe(1);
    expect(connectedTo).toEqual(['127.0.0.1']);
  });

  test('is checked again by the next attempt', async () => {
    const post = posting(answering(['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1']).lookup);
    expect([await post(), await post(), await post()]).toEqual(['delivered', 'forbidden', 'delivered']);
    expect(connectedTo).toEqual(['127.0.0.1', '127.0.0.1']);
  });
});

describe('a name with several addresses', () => {
  test.each([
    [['127.0.0.1', '127.0.0.2']],
    [['127.0.0.2', '127.0.0.1']],
    [['127.0.0.1', '169.254.169.254']],
    [['127.0.0.1', '::ffff:127.0.0.2']],
    [['127.0.0.1', '::7f00:2']],
    [['127.0.0.1', '64:ff9b::7f00:2']],
  ])('is not connected to if one of them is forbidden: %j', async (addresses) => {
    expect(await posting(answering(addresses).lookup)()).toBe('forbidden');
    expect(receiver.connections()).toBe(0);
  });
});

describe('a name of a private receiver', () => {
  test('is connected to only if its network is allowed', async () => {
    const names = answering(['127.77.0.9'], ['127.78.0.9'], ['127.77.1.1'], ['127.77.0.10']);
    const post = posting(names.lookup, ['127.77.0.0/24']);
    expect([await post(), await post(), await post(), await post()]).toEqual([
      'delivered',
      'forbidden',
      'forbidden',
      'delivered',
    ]);
    expect(connectedTo).toEqual(['127.77.0.9', '127.77.0.10']);
  });

  test('can be a literal address in the URL', async () => {
    const transport = httpsWebhookTransport({ network: 'loopback', allowedCidrs: ['127.77.0.0/24'] });
    const outcomeAt = async (host: string) =>
      (await transport.post(`http://${host}:${receiver.port}/`, {}, '{}', 2_000)).outcome;
    expect(await outcomeAt('127.77.0.9')).toBe('delivered');
    expect(await outcomeAt('127.77.1.9')).toBe('forbidden');
    expect(connectedTo).toEqual(['127.77.0.9']);
  });

  test('is never the EC2 metadata service, although its address is private', async () => {
    const post = posting(answering(['fd00:ec2::254'], ['fd00:ec3::254']).lookup, ['fc00::/7']);
    expect(await post()).toBe('forbidden');
    expect(await post()).not.toBe('forbidden');
  });
});

test.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL'])(
  'a connection that this process cannot open (%s) is no fault of the receiver',
  async (code) => {
    const lookup: LookupFunction = (_hostname, _options, callback) =>
      callback(Object.assign(new Error('no resources'), { code }), '');
    const transport = httpsWebhookTransport({ network: 'loopback', lookup });
    const url = `http://receiver.example:${receiver.port}/`;
    expect(await transport.post(url, {}, '{}', 2_000)).toEqual({
      outcome: 'unreachable',
      kind: 'own-fault',
      reason: `no resources (${code})`,
    });
  },
);

test('the host name of a redirect is not resolved', async () => {
  const redirecting = await startHttpReceiver((_, response) => {
    response.writeHead(307, { location: `http://receiver.example:${receiver.port}/` }).end();
  });
  try {
    const names = answering(['127.0.0.1']);
    const transport = httpsWebhookTransport({ network: 'loopback', lookup: names.lookup });
    const answer = await transport.post(`http://127.0.0.1:${redirecting.port}/`, {}, '{}', 2_000);
    expect(answer).toMatchObject({ outcome: 'redirected', status: 307 });
    expect(names.asked()).toBe(0);
    expect(receiver.connections()).toBe(0);
  } finally {
    await redirecting.stop();
  }
});
