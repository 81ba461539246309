import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import type { AttemptOutcome } from '../../lambdas/core/delivery.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { certificate } from './loopback-certificate.ts';
import {
  type Answering,
  type Receiver,
  startHttpReceiver,
  startHttpsReceiver,
  startTcpReceiver,
} from './receiver-under-test.ts';

const timeoutMs = 400;
const transport = httpsWebhookTransport({ network: 'loopback' });
const post = (url: string, headers: Readonly<Record<string, string>>, body: string) =>
  transport.post(url, headers, body, timeoutMs);

const receivers: Receiver[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

async function started(starting: Promise<Receiver>): Promise<Receiver> {
  const receiver = await starting;
  receivers.push(receiver);
  return receiver;
}

async function postTo(answer: Answering, path = '/hook') {
  const receiver = await started(startHttpReceiver(answer));
  return post(`http://127.0.0.1:${receiver.port}${path}`, {}, '{}');
}

describe('a request', () => {
  test('arrives byte for byte with the given headers', async () => {
    const receiver = await started(startHttpReceiver((_, response) => response.end()));
    const body = '{"name":"é 👩‍👩‍👧 \\u0000","spaces":  [ 1 ]}\n';
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'partner-central-relay/0.1.0',
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1772359200',
      'webhook-signature': 'v1,abc= v1,def=',
    };
    await post(`http://127.0.0.1:${receiver.port}/hooks/a%20b?c=d&e=%2F`, headers, body);
    const [received] = receiver.received;
    expect(received).toMatchObject({ method: 'POST', path: '/hooks/a%20b?c=d&e=%2F', headers });
    expect(received?.headers['content-length']).toBe(String(Buffer.byteLength(body)));
    expect(received?.body.equals(Buffer.from(body))).toBe(true);
  });

  test('can have a body of a megabyte', async () => {
    const receiver = await started(startHttpReceiver((_, response) => response.end()));
    const body = JSON.stringify({ text: 'é'.repeat(500_000) });
    expect(await post(`http://127.0.0.1:${receiver.port}/`, {}, body)).toMatchObject({
      outcome: 'delivered',
    });
    expect(receiver.received[0]?.body.equals(Buffer.from(body))).toBe(true);
  });

  test('reuses a connection', async () => {
    const receiver = await started(startHttpReceiver((_, response) => response.end('ok')));
    for (let times = 0; times < 3; times += 1) await post(`http://127.0.0.1:${receiver.port}/`, {}, '{}');
    expect(receiver.received).toHaveLength(3);
    expect(receiver.connections()).toBe(1);
  });
});

describe('an answer', () => {
  const outcomes: readonly (readonly [number, AttemptOutcome])[] = [
    [200, 'delivered'],
    [201, 'delivered'],
    [202, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [300, 'redirected'],
    [301, 'redirected'],
    [302, 'redirected'],
    [304, 'redirected'],
    [307, 'redirected'],
    [308, 'redirected'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [409, 'refused'],
    [410, 'gone'],
    [429, 'refused'],
    [500, 'refused'],
    [502, 'refused'],
    [503, 'refused'],
    [599, 'refused'],
  ];
  test.each(outcomes)('an answer with HTTP status %i is %s', async (status, outcome) => {
    expect(await postTo((_, response) => response.writeHead(status).end())).toEqual({
      outcome,
      status,
      answer: '',
    });
  });

  test('a redirect is not followed', async () => {
    const target = await started(startHttpReceiver((_, response) => response.end()));
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `http://127.0.0.1:${target.port}/`;
      expect(await postTo((_, response) => response.writeHead(status, { location }).end())).toMatchObject({
        outcome: 'redirected',
        status,
      });
    }
    expect(target.connections()).toBe(0);
  });

  test.each(['120', 'Wed, 01 Apr 2026 10:00:00 GMT', 'soon'])(
    'Retry-After %s is passed on as it came',
    async (retryAfter) => {
      const answer = await postTo((_, response) =>
        response.writeHead(503, { 'retry-after': retryAfter }).end('busy'),
      );
      expect(answer).toEqual({ outcome: 'refused', status: 503, answer: 'busy', retryAfter });
    },
  );

  test('an informational answer is ignored', async () => {
    const answer = await postTo((_, response) => {
      response.writeProcessing();
      response.writeHead(202).end();
    });
    expect(answer).toMatchObject({ outcome: 'delivered', status: 202 });
  });
});

describe('a request that HTTP does not allow', () => {
  test.each([
    ['a line feed in a value', { 'x-team': 'crm\r\nx-admin: 1' }],
    ['a lone line feed', { 'x-team': 'crm\nx-admin: 1' }],
    ['a NUL', { 'x-team': 'crm\u0000' }],
    ['what is not Latin-1', { 'x-team': '✓' }],
    ['a line feed in a name', { 'x-team\r\nx-admin': '1' }],
    ['a space in a name', { 'x team': '1' }],
    ['a colon in a name', { 'x:team': '1' }],
    ['no name', { '': '1' }],
  ])('is not sent: %s', async (_what, headers) => {
    const receiver = await started(startHttpReceiver((_, response) => response.end()));
    expect(await post(`http://127.0.0.1:${receiver.port}/`, headers, '{}')).toMatchObject({
      outcome: 'forbidden',
      reason: expect.any(String),
    });
    expect(receiver.connections()).toBe(0);
  });

  test('cannot replace the true content length', async () => {
    const receiver = await started(startHttpReceiver((_, response) => response.end()));
    await post(`http://127.0.0.1:${receiver.port}/`, { 'Content-Length': '1' }, '{"a":1}');
    expect(receiver.received).toMatchObject([
      { headers: { 'content-length': '7' }, body: Buffer.from('{"a":1}') },
    ]);
  });
});

describe('the body of an answer', () => {
  test('is kept up to 512 characters', async () => {
    const text = `${'é'.repeat(511)}!?`;
    expect(await postTo((_, response) => response.end(text))).toMatchObject({
      answer: `${'é'.repeat(511)}!`,
    });
  });

  test('is well-formed text even if the cut splits a character', async () => {
    const { answer } = await postTo((_, response) => response.end(`${'x'.repeat(511)}😀`));
    expect(answer).toBe(`${'x'.repeat(511)}\uFFFD`);
  });

  test('is read up to 64 KiB, then the connection is closed', async () => {
    let sentBytes = 0;
    const receiver = await started(
      startHttpReceiver((_, response) => {
        const chunk = Buffer.alloc(16_384, 'x');
        const send = () => {
          while (sentBytes < 64 * 1_048_576 && !response.destroyed) {
            sentBytes += chunk.length;
            if (!response.write(chunk)) return response.once('drain', send);
          }
          return response.end();
        };
        send();
      }),
    );
    const answer = await post(`http://127.0.0.1:${receiver.port}/`, {}, '{}');
    expect(answer).toEqual({ outcome: 'delivered', status: 200, answer: 'x'.repeat(512) });
    // The buffers of both sides hold some data that was sent but not read.
    expect(sentBytes).toBeLessThan(16 * 1_048_576);
  });

  test('is kept as far as it arrived in time if it never ends, with its status', async () => {
    const receiver = await started(
      startHttpReceiver((_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(timer));
      }),
    );
    const answer = await transport.post(`http://127.0.0.1:${receiver.port}/`, {}, '{}', 1_500);
    expect(answer).toEqual({ outcome: 'delivered', status: 200, answer: expect.stringMatching(/^\.+$/) });
  });

  test('is kept as far as it arrived if the connection is cut, with its status', async () => {
    const answer = await postTo((request, response) => {
      response.writeHead(500, { 'content-length': 100 });
      response.write('half of');
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(answer).toEqual({ outcome: 'refused', status: 500, answer: 'half of' });
  });

  test('can consist of bytes that are not text', async () => {
    const answer = await postTo((_, response) => response.end(Buffer.from([0xff, 0xfe, 0x00, 0xc3])));
    expect(answer).toMatchObject({ outcome: 'delivered', answer: expect.any(String) });
  });
});

describe('without an answer', () => {
  test('a receiver that hangs is timed out', async () => {
    expect(await postTo(() => undefined)).toMatchObject({
      outcome: 'timed-out',
      reason: expect.stringContaining('no answer within'),
    });
  });

  test('an attempt has its own timeout', async () => {
    const receiver = await started(
      startHttpReceiver((_, response) => void setTimeout(() => response.end(), 200)),
    );
    const url = `http://127.0.0.1:${receiver.port}/`;
    const answers = await Promise.all([5_000, 50].map((ms) => transport.post(url, {}, '{}', ms)));
    expect(answers.map(({ outcome }) => outcome)).toEqual(['delivered', 'timed-out']);
  });

  test('headers that never end are timed out', async () => {
    const receiver = await started(
      startTcpReceiver((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const timer = setInterval(() => socket.write('x-more: 1\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const answer = await post(`http://127.0.0.1:${receiver.port}/`, {}, '{}');
    // Node itself refuses too many headers, possibly before the timeout.
    expect(['timed-out', 'unreachable']).toContain(answer.outcome);
  });

  test.each(['', 'upgrade: websocket\r\nconnection: Upgrade\r\n'])(
    'a receiver that switches to another protocol has refused the message: %j',
    async (headers) => {
      const receiver = await started(
        startTcpReceiver((socket) =>
          socket.once('data', () => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers}\r\nmore`)),
        ),
      );
      expect(await post(`http://127.0.0.1:${receiver.port}/`, {}, '{}')).toMatchObject({
        outcome: 'refused',
        status: 101,
      });
    },
  );

  test('a receiver that stops reading a large body is timed out', async () => {
    const receiver = await started(startTcpReceiver((socket) => socket.pause()));
    const body = 'x'.repeat(32 * 1_048_576);
    const answer = await post(`http://127.0.0.1:${receiver.port}/`, {}, body);
    expect(answer).toMatchObject({
      outcome: 'timed-out',
      reason: expect.stringContaining('within 0.4 s'),
    });
  });

  test('a refused connection is unreachable', async () => {
    const url = `http://127.0.0.1:${await freePort()}/`;
    expect(await post(url, {}, '{}')).toMatchObject({ outcome: 'unreachable', reason: expect.any(String) });
  });

  test('an unknown host name is unreachable', async () => {
    const answer = await post('http://receiver.invalid/', {}, '{}');
    expect(['unreachable', 'timed-out']).toContain(answer.outcome);
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['nothing', ''],
    ['half a status line', 'HTTP/1.1 20'],
  ])('%s instead of HTTP is unreachable', async (_name, reply) => {
    const receiver = await started(
      startTcpReceiver((socket) => socket.once('data', () => socket.end(reply))),
    );
    expect(await post(`http://127.0.0.1:${receiver.port}/`, {}, '{}')).toMatchObject({
      outcome: 'unreachable',
      reason: expect.any(String),
    });
  });

  test('plain HTTP where TLS is expected is unreachable', async () => {
    const receiver = await started(startHttpReceiver((_, response) => response.end()));
    expect(await post(`https://127.0.0.1:${receiver.port}/`, {}, '{}')).toMatchObject({
      outcome: 'unreachable',
      reason: expect.any(String),
    });
    expect(receiver.received).toEqual([]);
  });
});

describe('TLS', () => {
  test('an untrusted certificate is unreachable, and nothing is sent', async () => {
    const receiver = await started(startHttpsReceiver((_, response) => response.end()));
    expect(await post(`https://localhost:${receiver.port}/`, {}, '{}')).toMatchObject({
      outcome: 'unreachable',
      reason: expect.any(String),
    });
    expect(receiver.received).toEqual([]);
  });

  test('a trusted certificate for the host name is accepted', async () => {
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, certificate]);
    try {
      const receiver = await started(startHttpsReceiver((_, response) => response.end('ok')));
      // A new transport, because a transport caches its trust settings.
      const fresh = httpsWebhookTransport({ network: 'loopback' });
      for (const host of ['localhost', '127.0.0.1'])
        expect(await fresh.post(`https://${host}:${receiver.port}/`, {}, '{}', 2_000)).toEqual({
          outcome: 'delivered',
          status: 200,
          answer: 'ok',
        });
      expect(await fresh.post(`https://[::1]:${receiver.port}/`, {}, '{}', 2_000)).toMatchObject({
        outcome: 'unreachable',
        reason: expect.any(String),
      });
    } finally {
      setDefaultCACertificates(trusted);
    }
  });
});

test('nothing is written to the console for any address', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const receiver = await started(startHttpReceiver((_, response) => response.end()));
  for (const host of ['127.0.0.1', '[::1]', 'localhost'])
    expect(await post(`http://${host}:${receiver.port}/`, {}, '{}')).toMatchObject({
      outcome: 'delivered',
    });
  expect(warn).not.toHaveBeenCalled();
});
