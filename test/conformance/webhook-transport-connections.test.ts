import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type LookupFunction, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { certificate } from './loopback-certificate.ts';
import { type Receiver, startHttpsReceiver, startTcpReceiver } from './receiver-under-test.ts';

const receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/**
 * Answers the first request of each connection. What it does with the second is the fault. The
 * bodies of all requests are kept.
 */
async function startForgetful(fault: (socket: Socket) => void) {
  const requests: string[] = [];
  const receiver = await startTcpReceiver((socket) => {
    let seen = 0;
    socket.on('data', (data) => {
      seen += 1;
      requests.push(data.toString());
      if (seen === 1) socket.write(ok);
      else fault(socket);
    });
  });
  receivers.push(receiver);
  const transport = httpsWebhookTransport({ network: 'loopback' });
  const post = (body: string) => transport.post(`http://127.0.0.1:${receiver.port}/`, {}, body, 5_000);
  return { receiver, post, requests };
}

describe('an idle connection that the receiver has given up', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.destroy()],
    ['ended', (socket) => socket.end()],
  ])('is replaced by a new one if it is %s before a byte of an answer', async (_name, fault) => {
    const { receiver, post, requests } = await startForgetful(fault);
    expect(await post('"first"')).toMatchObject({ outcome: 'delivered' });
    expect(await post('"second"')).toEqual({ outcome: 'delivered', status: 200, answer: 'ok' });
    expect(receiver.connections()).toBe(2);
    expect(requests.filter((request) => request.endsWith('"second"'))).toHaveLength(2);
  });

  it('is not replaced after the first byte of an answer', async () => {
    const { receiver, post } = await startForgetful((socket) => {
      socket.write('HTTP/1.1 2');
      setImmediate(() => socket.resetAndDestroy());
    });
    await post('1');
    expect(await post('2')).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('connection closed before an answer (ECONNRESET)'),
    });
    expect(receiver.connections()).toBe(1);
  });

  it('is replaced only once: a new connection that is reset is a failure', async () => {
    const receiver = await startTcpReceiver((socket) =>
      socket.once('data', () => {
        if (receiver.connections() > 1) return socket.resetAndDestroy();
        socket.write(ok);
        return socket.once('data', () => socket.resetAndDestroy());
      }),
    );
    receivers.push(receiver);
    const transport = httpsWebhookTransport({ network: 'loopback' });
    const post = () => transport.post(`http://127.0.0.1:${receiver.port}/`, {}, '{}', 5_000);
    expect(await post()).toMatchObject({ outcome: 'delivered' });
    expect(await post()).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('ECONNRESET'),
    });
    expect(receiver.connections()).toBe(2);
    expect(await post()).toMatchObject({ outcome: 'unreachable' });
    expect(receiver.connections()).toBe(3);
  });

  it('takes no answer that arrived before the request', async () => {
    const sockets: Socket[] = [];
    const receiver = await startTcpReceiver((socket) => {
      sockets.push(socket);
      socket.once('data', () => socket.write(ok));
    });
    receivers.push(receiver);
    const transport = httpsWebhookTransport({ network: 'loopback' });
    const post = () => transport.post(`http://127.0.0.1:${receiver.port}/`, {}, '{}', 5_000);
    expect(await post()).toMatchObject({ answer: 'ok' });
    sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nunasked');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await post()).toMatchObject({ outcome: 'delivered', answer: 'ok' });
  });
});

function answering(...addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, { all: isAll }, callback) =>
    isAll ? callback(null, all) : callback(null, all[0]?.address ?? '', all[0]?.family);
}

/** A receiver that accepts no connection before the kernel sends its first packet again. */
async function startSlowToConnect() {
  const program = `require('node:http').createServer((_, r) => r.end('slow'))
    .listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(fillers.slice(0, 2).map((filler) => once(filler, 'connect')));
  const resume = () => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGCONT');
  };
  const stop = async () => {
    resume();
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { port, resume, stop };
}

describe('a name with an IPv6 address that has no route', () => {
  const allowedCidrs = ['fd12:3456::/32'];
  it.each([[['fd12:3456::1', '127.0.0.1']], [['127.0.0.1', 'fd12:3456::1']]])(
    'is delivered to by IPv4 that takes a second to connect: %j',
    async (addresses) => {
      const slow = await startSlowToConnect();
      try {
        const lookup = answering(...addresses);
        const transport = httpsWebhookTransport({ network: 'loopback', allowedCidrs, lookup });
        const posted = transport.post(`http://receiver.example:${slow.port}/`, {}, '{}', 15_000);
        setTimeout(slow.resume, 600);
        expect(await posted).toEqual({ outcome: 'delivered', status: 200, answer: 'slow' });
      } finally {
        await slow.stop();
      }
    },
  );

  it('names every address that was tried if none of them accepts', async () => {
    const port = await freePort();
    const lookup = answering('127.0.0.1', '127.77.0.9');
    const transport = httpsWebhookTransport({ network: 'loopback', allowedCidrs: ['127.77.0.0/24'], lookup });
    const answer = await transport.post(`http://receiver.example:${port}/`, {}, '{}', 5_000);
    expect(answer).toEqual({
      outcome: 'unreachable',
      reason: `127.0.0.1:${port}: connection refused (ECONNREFUSED); 127.77.0.9:${port}: connection refused (ECONNREFUSED)`,
    });
  });
});

describe('TLS verification', () => {
  it('cannot be switched off by the environment', async () => {
    const receiver = await startHttpsReceiver((_, response) => response.end());
    receivers.push(receiver);
    const program = `
      const { httpsWebhookTransport } = await import(process.argv[1]);
      const transport = httpsWebhookTransport({ network: 'loopback' });
      console.log(JSON.stringify(await transport.post(process.argv[2], {}, '{}', 5000)));`;
    const module = new URL('../../lambdas/adapters/https-webhook-transport.ts', import.meta.url).href;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', program, module, `https://localhost:${receiver.port}/`],
      { env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const [line] = await once(child.stdout, 'data');
    expect(JSON.parse(String(line))).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringMatching(/certificate is self-signed .*DEPTH_ZERO_SELF_SIGNED_CERT/),
    });
    expect(receiver.received).toEqual([]);
  });
});

type AuthorityOf = 'endpoint' | 'stack';

async function postWithAuthority(
  of: AuthorityOf,
  network: 'loopback' | 'public',
  addresses: readonly string[],
  cidrs: readonly string[],
  pem = certificate,
) {
  const receiver = await startHttpsReceiver((_, response) => response.end('ok'));
  receivers.push(receiver);
  const options = { network, allowedCidrs: cidrs, lookup: answering(...addresses) };
  const transport = httpsWebhookTransport({ ...options, ...(of === 'stack' && { caCertificate: pem }) });
  const url = `https://localhost:${receiver.port}/`;
  return transport.post(url, {}, '{}', 5_000, [], of === 'endpoint' ? pem : undefined);
}

describe.each<AuthorityOf>(['endpoint', 'stack'])('a certificate of a private authority of the %s', (of) => {
  it('is trusted for a receiver in an allowed private network', async () => {
    const answer = await postWithAuthority(of, 'loopback', ['127.77.0.9'], ['127.77.0.0/24']);
    expect(answer).toMatchObject({ outcome: 'delivered' });
  });

  it('is not trusted for a name that has also an address outside of these networks', async () => {
    const addresses = ['127.77.0.9', '192.88.98.1'];
    expect(await postWithAuthority(of, 'public', addresses, ['127.77.0.0/24'])).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
  });

  it('is no fault of the receiver if it is not a valid certificate', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
    expect(await postWithAuthority(of, 'loopback', ['127.77.0.9'], ['127.77.0.0/24'], pem)).toEqual({
      outcome: 'forbidden',
      kind: 'own-fault',
      reason: 'caCertificate is not a valid certificate',
    });
  });
});

describe('a certificate of a private authority', () => {
  it('is trusted for this request only, not for a later one without it', async () => {
    const receiver = await startHttpsReceiver((_, response) => response.end('ok'));
    receivers.push(receiver);
    const transport = httpsWebhookTransport({ network: 'loopback' });
    const url = `https://localhost:${receiver.port}/`;
    const outcomes = [
      await transport.post(url, {}, '{}', 5_000, [], certificate),
      await transport.post(url, {}, '{}', 5_000),
    ].map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['delivered', 'unreachable']);
  });
});
