import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { type Receiver, startTcpReceiver } from './receiver-under-test.ts';

const timeoutMs = 3_000;
const forPublic = httpsWebhookTransport({ network: 'public' });
const forLoopback = httpsWebhookTransport({ network: 'loopback' });
/** Some private networks are allowed. All other private addresses stay forbidden. */
const forSome = httpsWebhookTransport({
  network: 'public',
  allowedCidrs: ['10.250.0.0/16', '192.168.255.0/30', 'fd12:3456::/32', 'fd00:ec2::/64'],
});

/** Listens on every address of this machine, so that it notices a connection to any of them. */
let listener: Receiver;
beforeAll(async () => {
  listener = await startTcpReceiver((socket) => socket.end());
});
afterAll(() => listener.stop());

const privateHosts: ReadonlyMap<string, readonly string[]> = new Map([
  ['loopback', ['127.0.0.1', '127.0.0.2', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]']],
  [
    'loopback in other notations',
    [
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '017700000001',
      '127.1',
      '127.0.1',
      '0x7f.1',
      '%31%32%37.0.0.1',
      '127。0。0。1',
      '①②⑦.⓪.⓪.①',
    ],
  ],
  ['loopback with a trailing dot', ['127.0.0.1.', '2130706433.', '0x7f.1.']],
  ['this host', ['0.0.0.0', '0', '0x0', '0.0.0.1', '[::]', '[::0.0.0.0]']],
  [
    'private ranges',
    [
      '10.0.0.1',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      '192.168.255.255',
      '167772161',
      '0xc0a80001',
    ],
  ],
  ['shared address space of carriers', ['100.64.0.1', '100.127.255.255']],
  [
    'link-local, the metadata of EC2, ECS and Lambda',
    [
      '169.254.169.254',
      '169.254.170.2',
      '169.254.0.1',
      '2852039166',
      '0xa9fea9fe',
      '0251.0376.0251.0376',
      '169.254.43518',
      '[fd00:ec2::254]',
    ],
  ],
  [
    'ranges of no host',
    [
      '192.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.1',
      '203.0.113.1',
      '192.88.99.1',
      '224.0.0.1',
      '239.255.255.255',
      '240.0.0.1',
      '255.255.255.255',
    ],
  ],
  [
    'IPv6 unique local, link-local, site-local, multicast',
    ['[fc00::1]', '[fdff:ffff::1]', '[fe80::1]', '[febf::1]', '[fec0::1]', '[ff02::1]', '[ff05::1:3]'],
  ],
  ['IPv6 of documentation and discard', ['[2001:db8::1]', '[3fff::1]', '[100::1]']],
  [
    'IPv4-mapped',
    [
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[0:0:0:0:0:ffff:127.0.0.1]',
      '[::ffff:169.254.169.254]',
      '[::ffff:10.0.0.1]',
      '[::ffff:0:127.0.0.1]',
    ],
  ],
  [
    'IPv4-compatible',
    ['[::127.0.0.1]', '[::7f00:1]', '[::a9fe:a9fe]', '[::169.254.169.254]', '[::10.0.0.1]', '[::808:808]'],
  ],
  ['NAT64', ['[64:ff9b::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::a9fe:a9fe]']],
  ['6to4 and Teredo', ['[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:7f00:1::]']],
  [
    'user information before it',
    [
      'user@127.0.0.1',
      'user:secret@127.0.0.1',
      'example.com@127.0.0.1',
      'example.com:443@127.0.0.1',
      'example.com%40@127.0.0.1',
    ],
  ],
  [
    'names of this machine',
    ['localhost', 'LOCALHOST', 'LocalHost', 'user@localhost', 'loc%61lhost', hostname()],
  ],
]);

/** Names that the resolver of this machine may not know. If it does, they are forbidden. */
const namesWithoutAddress = [
  'localhost.',
  'receiver.localhost',
  'a.b.localhost',
  'localhost.localdomain',
  '127.0.0.1.nip.invalid',
  'metadata.google.internal.invalid',
];

/** URLs that are not HTTPS, and texts that are not URLs. */
const otherUrls = (port: number): readonly string[] => [
  `http://127.0.0.1:${port}/`,
  `http://localhost:${port}/`,
  `http://[::1]:${port}/`,
  'http://example.com/',
  `HTTP://127.0.0.1:${port}/`,
  `ftp://127.0.0.1:${port}/`,
  `ws://127.0.0.1:${port}/`,
  `wss://127.0.0.1:${port}/`,
  `gopher://127.0.0.1:${port}/_x`,
  'file:///etc/passwd',
  'file://127.0.0.1/etc/passwd',
  'unix:/var/run/docker.sock',
  'data:text/plain,x',
  'javascript:alert(1)',
  'about:blank',
  '',
  ' ',
  'https://',
  'https://:443/',
  '//127.0.0.1/',
  '127.0.0.1',
  'example.com/hook',
  'https://exa mple.com/',
  'https://256.256.256.256/',
  'https://1.2.3.4.5/',
  'https://[::1/',
  'https://[fe80::1%25lo]/',
  'https://[::ffff:127.0.0.1.1]/',
  'https://127.0.0.1:99999/',
  '\u0000',
  `https://127.0.0.1:${port}/\u0000`,
  `https://127.0.0.1:${port}/a\r\nx-admin: 1`,
  `http://127.0.0.1:${port}/a\nb`,
  `http://127.0\n.0.1:${port}/`,
  `ht\ttp://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}/?a=\u0085`,
];

/** Returns the outcome after it is certain that nothing reached this machine. */
async function outcomeOf(transport: typeof forPublic, url: string): Promise<string> {
  const before = listener.connections();
  const answer = await transport.post(
    url,
    { 'content-type': 'application/json' },
    '{"secret":true}',
    timeoutMs,
  );
  expect(listener.connections(), `${url} was connected to`).toBe(before);
  expect(answer.status).toBeUndefined();
  return answer.outcome;
}

describe('a deployed stack', () => {
  const all = [...privateHosts].flatMap(([range, hosts]) => hosts.map((host) => [range, host] as const));

  test('is tested with at least forty forms of addresses', () => {
    expect(all.length).toBeGreaterThan(40);
  });

  test.each(all)('does not connect to %s: %s', async (_range, host) => {
    expect(await outcomeOf(forPublic, `https://${host}:${listener.port}/hook`)).toBe('forbidden');
  });

  test.each(namesWithoutAddress)('does not connect to %s', async (name) => {
    expect(await outcomeOf(forPublic, `https://${name}:${listener.port}/hook`)).toMatch(
      /^(unreachable|forbidden)$/,
    );
  });

  test('does not connect to anything but HTTPS', async () => {
    for (const url of otherUrls(listener.port))
      expect(await outcomeOf(forPublic, url), url).toBe('forbidden');
  });
});

describe('a stack with private receivers', () => {
  const all = [...privateHosts].flatMap(([range, hosts]) => hosts.map((host) => [range, host] as const));
  const others = ['10.249.255.255', '10.251.0.1', '192.168.255.4', '[fd12:3457::1]', '[::ffff:10.251.0.1]'];

  test.each([...all, ...others.map((host) => ['beside an allowed network', host] as const)])(
    '%s: %s',
    async (_range, host) => {
      expect(await outcomeOf(forSome, `https://${host}:${listener.port}/hook`)).toBe('forbidden');
    },
  );
});

describe('the local stage', () => {
  const loopback = new Set(['127.0.0.1', '127.0.0.2', '127.255.255.254', '[::1]', '[0:0:0:0:0:0:0:1]']);
  const others = [...privateHosts].flatMap(([range, hosts]) =>
    /^loopback|user information|names of/.test(range)
      ? []
      : hosts.filter((host) => !loopback.has(host)).map((host) => [range, host] as const),
  );

  test.each(others)('does not connect to %s: %s, with HTTP or HTTPS', async (_range, host) => {
    for (const scheme of ['http', 'https'])
      expect(await outcomeOf(forLoopback, `${scheme}://${host}:${listener.port}/hook`)).toBe('forbidden');
  });

  test('does not connect to anything but HTTP and HTTPS', async () => {
    const urls = otherUrls(listener.port).filter((url) => !/^http:\P{Cc}*$/iu.test(url));
    for (const url of urls) expect(await outcomeOf(forLoopback, url), url).toBe('forbidden');
  });
});
