import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { type Receiver, startHttpReceiver, startTcpReceiver } from './receiver-under-test.ts';

const receivers: Receiver[] = [];
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
});

const transport = httpsWebhookTransport({ network: 'loopback' });

/** Posts to a receiver that answers with these bytes and then ends the connection. */
async function postToRaw(bytes: string) {
  const receiver = await startTcpReceiver((socket) =>
    socket.once('data', () => socket.end(Buffer.from(bytes, 'latin1'))),
  );
  receivers.push(receiver);
  return transport.post(`http://127.0.0.1:${receiver.port}/`, {}, '{}', 5_000);
}

async function postTo(
  answer: (response: ServerResponse) => unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const receiver = await startHttpReceiver((_, response) => void answer(response));
  receivers.push(receiver);
  const posted = await transport.post(`http://127.0.0.1:${receiver.port}/`, headers, '{}', 5_000);
  return { posted, received: receiver.received[0] };
}

const manyHeaders = (count: number) =>
  Array.from({ length: count }, (_, index) => `x-${index}: ${'a'.repeat(1_000)}\r\n`).join('');

describe('an answer is judged by its status line', () => {
  it.each([
    ['20 KB of headers', `HTTP/1.1 200 OK\r\n${manyHeaders(20)}content-length: 2\r\n\r\nok`],
    ['a folded header', 'HTTP/1.1 200 OK\r\nx-a: one\r\n two\r\ncontent-length: 2\r\n\r\nok'],
    ['a header folded with a tab', 'HTTP/1.1 200 OK\r\nx-a: one\r\n\ttwo\r\ncontent-length: 2\r\n\r\nok'],
    ['line ends without CR', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok'],
    ['one line end without CR', 'HTTP/1.1 200 OK\r\nx: a\ncontent-length: 2\r\n\r\nok'],
    ['equal lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nContent-Length: 2\r\n\r\nok'],
    ['equal lengths in one header', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nok'],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok'],
    ['an interim answer', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
    ['text after its end', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokGARBAGE\r\n\r\n'],
    ['another answer after its end', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n'],
    ['a body that is cut', 'HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok'],
    ['a chunked body that is cut', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nok'],
    ['nothing after folded headers', 'HTTP/1.1 200 OK\r\nx-a: one\r\n two\r\n'],
  ])('is delivered with %s', async (_name, bytes) => {
    expect(await postToRaw(bytes)).toMatchObject({ outcome: 'delivered', status: 200 });
  });

  it('keeps status, body and Retry-After of an answer that is refused in an odd form', async () => {
    const bytes = 'HTTP/1.1 503 Busy\nretry-after: 120\nx: a\n b\ncontent-length: 4\n\nlater';
    expect(await postToRaw(bytes)).toEqual({
      outcome: 'refused',
      status: 503,
      answer: 'late',
      retryAfter: '120',
    });
  });

  it.each([
    ['lengths that differ', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok'],
    ['lengths that differ in one header', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 3\r\n\r\nok'],
    ['a length that is not a number', 'HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\nok'],
    [
      'a length beside chunks',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ],
    ['a NUL in a header', 'HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\nok'],
    ['a CR in a header', 'HTTP/1.1 200 OK\r\nx: a\rb\r\ncontent-length: 2\r\n\r\nok'],
    ['a line that is no header', 'HTTP/1.1 200 OK\r\nfoo bar\r\ncontent-length: 2\r\n\r\nok'],
    ['a space before a colon', 'HTTP/1.1 200 OK\r\nx-a : b\r\ncontent-length: 2\r\n\r\nok'],
    ['more than 64 KiB of headers', `HTTP/1.1 200 OK\r\n${manyHeaders(100)}content-length: 2\r\n\r\nok`],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\nok'],
  ])('is refused with %s, and says why', async (_name, bytes) => {
    expect(await postToRaw(bytes)).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringMatching(/^127\.0\.0\.1:\d+: the answer is not valid HTTP: .* \(HPE_\w+\)$/),
    });
  });
});

describe('a request', () => {
  it('names its sender, version and documentation, and accepts any answer', async () => {
    const { received } = await postTo((response) => response.end());
    expect(received?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^partner-central-relay\/\d+\.\d+\.\d+ \(\+https:\/\/\S+\)$/),
      accept: '*/*',
    });
  });

  it('has the headers of its endpoint instead, in any case', async () => {
    const { received } = await postTo((response) => response.end(), {
      'User-Agent': 'acme/1',
      ACCEPT: 'application/json',
    });
    expect(received?.headers).toMatchObject({ 'user-agent': 'acme/1', accept: 'application/json' });
  });
});

describe('a compressed answer', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is kept as text: %s', async (encoding, compress) => {
    const { posted } = await postTo((response) =>
      response.writeHead(400, { 'content-encoding': encoding }).end(compress('no such customer: é')),
    );
    expect(posted).toEqual({ outcome: 'refused', status: 400, answer: 'no such customer: é' });
  });

  it('is read up to 64 KiB of text, however much it holds', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1_048_576, 'x'));
    const before = process.memoryUsage().arrayBuffers;
    const { posted } = await postTo((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(posted).toEqual({ outcome: 'delivered', status: 200, answer: 'x'.repeat(512) });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1_048_576);
  });

  it('does not change the outcome if it is not what its header says', async () => {
    const { posted } = await postTo((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
    );
    expect(posted).toEqual({ outcome: 'delivered', status: 200, answer: '' });
  });
});

describe('a redirect', () => {
  it.each([
    ['https://new.example/hook', 'https://new.example/hook'],
    ['/login?token=abc&next=%2F#top', '/login?token=***&next=***'],
    ['https://user:secret@new.example/a', 'https://***@new.example/a'],
    [`/${'a'.repeat(600)}`, `/${'a'.repeat(511)}`],
  ])('is recorded with its Location: %s', async (location, recorded) => {
    const { posted } = await postTo((response) => response.writeHead(301, { location }).end());
    expect(posted).toEqual({
      outcome: 'redirected',
      status: 301,
      answer: '',
      reason: `redirects to ${recorded}; redirects are not followed`,
    });
  });
});

describe('an answer that repeats what it was sent', () => {
  const headers = {
    'webhook-id': 'msg_0123456789',
    'webhook-signature': `v1,${'abcd1234'.repeat(5)}= v1a,${'a+b/5678'.repeat(10)}==`,
    authorization: 'Bearer s3cr3t-"token"',
    'X-Api-Key': 'key-0123456789',
  };

  it('is kept without signatures and without the values of headers', async () => {
    const { posted } = await postTo(
      (response) => response.writeHead(400).end(JSON.stringify({ ...headers, only: 's3cr3t-"token"' })),
      headers,
    );
    expect(JSON.parse(posted.answer ?? '')).toEqual({
      'webhook-id': 'msg_0123456789',
      'webhook-signature': '***',
      authorization: '***',
      'X-Api-Key': '***',
      only: '***',
    });
  });

  it('is masked before it is cut, so that no part of a secret is kept', async () => {
    const { posted } = await postTo(
      (response) => response.writeHead(400).end(`${'.'.repeat(505)}key-0123456789`),
      headers,
    );
    expect(posted.answer).toBe(`${'.'.repeat(505)}***`);
  });

  it('is kept without the values that the endpoint redacts, however they are written', async () => {
    const receiver = await startHttpReceiver((_, response) =>
      response.writeHead(422).end('{"name":"Café \\"Bar\\"","url":"/Caf%C3%A9%20%22Bar%22","id":"O1"}'),
    );
    receivers.push(receiver);
    const url = `http://127.0.0.1:${receiver.port}/`;
    const { answer } = await transport.post(url, {}, '{}', 5_000, ['Café "Bar"', 'O1']);
    expect(answer).toBe('{"name":"***","url":"/***","id":"O1"}');
  });

  it('is not kept if there are more texts to mask than can be looked for, but its status is', async () => {
    const receiver = await startHttpReceiver((_, response) =>
      response.writeHead(422).end(`member-7 ${'.'.repeat(64 * 1024)}`),
    );
    receivers.push(receiver);
    const texts = Array.from({ length: 1_100 }, (_, index) => `member-${index}`);
    const url = `http://127.0.0.1:${receiver.port}/`;
    expect(await transport.post(url, {}, '{}', 5_000, texts)).toMatchObject({
      status: 422,
      answer: '*** (left out: 1100 texts to mask are too many)',
    });
  });

  it('is masked in a Location', async () => {
    const { posted } = await postTo(
      (response) => response.writeHead(302, { location: '/keys/key-0123456789' }).end(),
      headers,
    );
    expect(posted.reason).toBe('redirects to /keys/***; redirects are not followed');
  });
});

it('an answer that is slow in the middle of its headers says that nothing was answered in time', async () => {
  const receiver = await startTcpReceiver((socket) => socket.write('HTTP/1.1 200 OK\r\n'));
  receivers.push(receiver);
  const answer = await transport.post(`http://127.0.0.1:${receiver.port}/`, {}, '{}', 300);
  expect(answer).toEqual({
    outcome: 'timed-out',
    reason: `127.0.0.1:${receiver.port}: connected, but no answer within 0.3 s`,
  });
});
