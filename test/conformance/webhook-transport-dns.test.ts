import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { certificate } from './loopback-certificate.ts';
import { type Receiver, startHttpReceiver } from './receiver-under-test.ts';

const type = { a: 1, aaaa: 28 } as const;
/** Addresses of a name by type, a response code such as 3 (no such name), or no answer at all. */
type Records = Readonly<Partial<Record<keyof typeof type, readonly string[] | number | 'silent'>>>;

/** A DNS server on loopback. It is the one of this process while the test runs. */
async function startDns(names: Readonly<Record<string, Records>>, others: Records['a'] = 3) {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const { name, end } = nameIn(query);
    const kind = query.readUInt16BE(end) === type.a ? 'a' : 'aaaa';
    asked.push(name);
    const found = names[name] ? (names[name][kind] ?? 3) : others;
    if (found !== 'silent') socket.send(answerTo(query, end + 4, kind, found), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const before = dns.getServers();
  const server = `127.0.0.1:${socket.address().port}`;
  dns.setServers([server]);
  const stop = () => {
    dns.setServers(before);
    socket.close();
  };
  return { asked, server, stop };
}

/** A port of this machine at which no DNS server listens. */
async function closedPort(): Promise<string> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return `127.0.0.1:${port}`;
}

function nameIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function answerTo(
  query: Buffer,
  questionEnd: number,
  kind: keyof typeof type,
  found: readonly string[] | number,
): Buffer {
  const addresses = typeof found === 'number' ? [] : found;
  const head = Buffer.from(query.subarray(0, questionEnd));
  head.writeUInt16BE(0x8180 + (typeof found === 'number' ? found : 0), 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const answers = addresses.map((address) => {
    const data =
      kind === 'a'
        ? Buffer.from(address.split('.').map(Number))
        : Buffer.from(
            address
              .split(':')
              .map((group) => group.padStart(4, '0'))
              .join(''),
            'hex',
          );
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(type[kind], 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...answers]);
}

const stops: (() => unknown)[] = [];
let receiver: Receiver;
beforeEach(async () => {
  receiver = await startHttpReceiver((_, response) => response.end('ok'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await receiver.stop();
});

async function posting(
  names: Readonly<Record<string, Records>>,
  network: 'loopback' | 'public' = 'loopback',
  others: Records['a'] = 3,
) {
  const server = await startDns(names, others);
  stops.push(server.stop);
  const transport = httpsWebhookTransport({ network });
  const scheme = network === 'public' ? 'https' : 'http';
  const post = (name: string, timeoutMs = 5_000) =>
    transport.post(`${scheme}://${name}:${receiver.port}/`, {}, '{}', timeoutMs);
  return { post, asked: server.asked, server: server.server };
}

describe('a name whose DNS is silent', () => {
  it('takes no thread from other work: healthy deliveries and files end before it does', async () => {
    const { post, asked } = await posting({
      'silent.example': { a: 'silent', aaaa: 'silent' },
      'healthy.example': { a: ['127.0.0.1'] },
    });
    const ended: string[] = [];
    const note = async (name: string, work: Promise<unknown>) => {
      const result = await work;
      ended.push(name);
      return result;
    };
    const silent = Array.from({ length: 10 }, () => note('silent', post('silent.example', 2_500)));
    const healthy = Array.from({ length: 4 }, () => note('healthy', post('healthy.example')));
    // Files need the same threads as the SDK's look-up of DynamoDB.
    const files = Array.from({ length: 4 }, () => note('file', readFile(import.meta.filename)));
    expect(await Promise.all(healthy)).toEqual(
      Array.from({ length: 4 }, () => ({ outcome: 'delivered', status: 200, answer: 'ok' })),
    );
    await Promise.all(files);
    expect(ended).not.toContain('silent');
    for (const answer of await Promise.all(silent))
      expect(answer).toEqual({
        outcome: 'timed-out',
        reason: 'DNS did not answer for silent.example within 2.5 s',
      });
    expect(asked).toContain('silent.example');
  });

  it('is delivered to by IPv4 if only the question about IPv6 is not answered', async () => {
    const { post } = await posting({ 'half.example': { a: ['127.0.0.1'], aaaa: 'silent' } });
    expect(await post('half.example')).toMatchObject({ outcome: 'delivered' });
  });
});

describe('a name that DNS answers for', () => {
  it('is delivered to by IPv6 if it has no IPv4 address', async () => {
    const { post } = await posting({ 'six.example': { a: [], aaaa: ['0:0:0:0:0:0:0:1'] } });
    expect(await post('six.example')).toMatchObject({ outcome: 'delivered' });
  });

  it.each<[string, Records, string]>([
    ['does not exist', { a: 3, aaaa: 3 }, 'DNS has no address for name.example (ENOTFOUND)'],
    ['has no address', { a: [], aaaa: [] }, 'DNS has no address for name.example (ENOTFOUND)'],
    ['cannot be resolved by the server', { a: 2, aaaa: 2 }, 'DNS failed for name.example (ESERVFAIL)'],
    ['is refused by the server', { a: 5, aaaa: 5 }, 'DNS failed for name.example (EREFUSED)'],
  ])('says why it is unreachable if it %s', async (_name, records, reason) => {
    const { post } = await posting({ 'name.example': records });
    expect(await post('name.example', 20_000)).toEqual({ outcome: 'unreachable', reason });
  });

  it.each<[string, Records]>([
    ['loopback', { a: ['127.0.0.1'] }],
    ['the metadata service', { a: ['169.254.169.254'] }],
    ['a private network', { a: ['10.0.0.1'] }],
    ['a private network beside a public address', { a: ['192.0.0.9', '10.0.0.1'] }],
    ['IPv6 loopback', { aaaa: ['0:0:0:0:0:0:0:1'] }],
    ['an IPv4-mapped address', { aaaa: ['0:0:0:0:0:ffff:7f00:1'] }],
  ])('is not connected to by a deployed stack if it is in %s', async (_name, records) => {
    const { post } = await posting({ 'name.example': records }, 'public');
    expect(await post('name.example')).toMatchObject({ outcome: 'forbidden' });
    expect(receiver.connections()).toBe(0);
  });

  it('is not needed for names of this machine', async () => {
    const { post, asked } = await posting({});
    for (const name of ['localhost', 'hooks.localhost', 'LOCALHOST.'])
      expect(await post(name), name).toMatchObject({ outcome: 'delivered' });
    expect(asked).toEqual([]);
  });
});

describe('DNS of the stack itself', () => {
  it('is at fault, not the receiver, if every server refuses the connection', async () => {
    const { post } = await posting({});
    const closed = await closedPort();
    dns.setServers([closed]);
    expect(await post('name.example')).toEqual({
      outcome: 'unreachable',
      kind: 'own-fault',
      reason: `no DNS server of this stack answers for any name: ${closed} (ECONNREFUSED)`,
    });
  });

  it('is at fault if no server answers for any name until the attempt ends', async () => {
    const { post, server } = await posting({}, 'loopback', 'silent');
    const reason = `no DNS server of this stack answers for any name: ${server} (ETIMEOUT)`;
    for (const timeoutMs of [750, 2_500])
      expect(await post('name.example', timeoutMs)).toEqual({
        outcome: 'timed-out',
        kind: 'own-fault',
        reason,
      });
  });

  it.each([
    ['fails for', 2, 'ESERVFAIL'],
    ['refuses', 5, 'EREFUSED'],
  ])('is at fault if its server %s every name', async (_name, others, code) => {
    const { post, server } = await posting({}, 'loopback', others);
    expect(await post('name.example', 20_000)).toEqual({
      outcome: 'unreachable',
      kind: 'own-fault',
      reason: `no DNS server of this stack answers for any name: ${server} (${code})`,
    });
  });

  it('is at fault for an endpoint with a private authority too', async () => {
    await posting({}, 'loopback', 'silent');
    const transport = httpsWebhookTransport({ network: 'public', allowedCidrs: ['10.0.0.0/8'] });
    const url = 'https://private.example/';
    expect(await transport.post(url, {}, '{}', 1_000, [], certificate)).toMatchObject({
      outcome: 'timed-out',
      kind: 'own-fault',
    });
  });

  it('is not at fault if it answers for another name while one name is silent', async () => {
    const { post } = await posting({ 'healthy.example': { a: ['127.0.0.1'] } }, 'loopback', 'silent');
    const silent = post('silent.example', 1_500);
    expect(await post('healthy.example')).toMatchObject({ outcome: 'delivered' });
    expect(await silent).toEqual({
      outcome: 'timed-out',
      reason: 'DNS did not answer for silent.example within 1.5 s',
    });
  });

  it('gets a query for the root of all names only if a name gets no answer', async () => {
    const { post, asked } = await posting({ 'healthy.example': { a: ['127.0.0.1'] } });
    await post('healthy.example');
    await post('missing.example');
    expect(asked).not.toContain('');
  });
});
