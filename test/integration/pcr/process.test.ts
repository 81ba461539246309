import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../../local/loopback-server.ts';

const script = fileURLToPath(new URL('../../../bin/pcr.ts', import.meta.url));

/** Runs `pcr` as a process, without any AWS credentials in its environment. */
function pcr(...args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  return pcrWith({}, ...args);
}

function pcrWith(
  variables: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: unknown; out: string; err: string }> {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere', ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, out, err) => {
      resolve({ code: error ? error.code : 0, out, err });
    });
  });
}

test('pcr prints help on standard output and exits with 0', async () => {
  expect(await pcr('endpoints', 'add', '--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Examples:'),
    err: '',
  });
});

test('pcr prints a usage error on standard error and exits with 2', async () => {
  expect(await pcr('endpoints', 'add', '--url', 'x')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('error: url: "x"; allowed: an https:// URL'),
  });
});

test('pcr exits with 1 without credentials and says how to get them', async () => {
  expect(await pcr('endpoints', 'list')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('There are no AWS credentials.'),
  });
});

test('pcr completes commands, options and their values in a shell', async () => {
  expect((await pcr('complete', 'bash')).out).toContain('complete -F __pcr_complete pcr');
  expect((await pcr('complete', '--', 'endpoints', 'ro')).out).toContain('rotate-secret');
  expect((await pcr('complete', '--', 'endpoints', 'add', '--pay')).out).toContain('--payload');
  expect((await pcr('complete', '--', 'endpoints', 'test', 'ep_a', '--type', '')).out).toContain(
    'engagement.created',
  );
});

const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;

test.each([
  [{}, 'error:', 'Options:'],
  [{ FORCE_COLOR: '1' }, red('error:'), bold('Options:')],
  [{ NO_COLOR: '1' }, 'error:', 'Options:'],
])(
  'pcr has colors outside of a terminal only if the environment wants them: %j',
  async (variables, error, title) => {
    expect((await pcrWith(variables, 'endpoints', '--bogus')).err).toContain(error);
    expect((await pcrWith(variables, 'endpoints', '--help')).out).toContain(title);
  },
);

describe('pcr without AWS', () => {
  const credentials = { AWS_ACCESS_KEY_ID: 'made-up', AWS_SECRET_ACCESS_KEY: 'made-up' };
  const signedFor: string[] = [];
  let isSlow = false;
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopbackServer((request, response) => {
      signedFor.push(request.headers.authorization ?? '');
      request.resume();
      if (!isSlow) response.writeHead(400).end();
    });
  });
  afterAll(() => server.stop());

  test('another region in the environment does not lead it away from us-east-1', async () => {
    const elsewhere = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
    const { code } = await pcrWith({ ...credentials, ...elsewhere, AWS_ENDPOINT_URL: server.url }, 'quota');
    expect(code).toBe(1);
    expect(signedFor[0]).toContain('/us-east-1/cloudformation/');
  });

  test.each([
    ['fails', false],
    ['never answers', true],
  ])('completion is silent and quick if the stack %s', async (_, slow) => {
    isSlow = slow;
    const startedAtMs = performance.now();
    const given = { ...credentials, AWS_ENDPOINT_URL: server.url };
    expect(await pcrWith(given, 'complete', '--', 'endpoints', 'show', '')).toEqual({
      code: 0,
      out: ':4\n',
      err: '',
    });
    // The process alone takes most of this on a busy machine; the SDK would wait for minutes.
    expect(performance.now() - startedAtMs).toBeLessThan(20_000);
  });

  test('completion calls the stack only for ids of endpoints', async () => {
    isSlow = false;
    signedFor.length = 0;
    const given = { ...credentials, AWS_ENDPOINT_URL: server.url };
    expect((await pcrWith(given, 'complete', '--', 'parked', 'list', '--queue', '')).out).toContain(
      'fan-out',
    );
    expect((await pcrWith(given, 'complete', '--', 'endpoints', 'show', '--')).out).toContain('--json');
    expect(signedFor).toEqual([]);
    await pcrWith(given, 'complete', '--', 'deliveries', 'list', '--endpoint', '');
    expect(signedFor).not.toEqual([]);
  });
});

describe('--profile', () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  beforeAll(() => {
    mkdirSync(join(home, '.aws'));
    const sections = ['[profile work]', '[profile partner]', '[sso-session example]', '[default]'];
    writeFileSync(
      join(home, '.aws', 'config'),
      sections.map((name) => `${name}\nregion = eu-west-1\n`).join(''),
    );
    writeFileSync(join(home, '.aws', 'credentials'), '[keys]\naws_access_key_id = made-up\n');
  });
  afterAll(() => rmSync(home, { recursive: true }));

  test('names the profiles that exist if it is unknown', async () => {
    expect(await pcrWith({ HOME: home }, '--profile', 'partners', 'quota')).toEqual({
      code: 2,
      out: '',
      err: `error: --profile partners: there is no such profile in ~/.aws/config or ~/.aws/credentials; allowed: default, keys, partner, work
(Did you mean partner?)
`,
    });
  });

  test('says how to add one if there is none', async () => {
    expect((await pcrWith({}, '--profile', 'work', 'quota')).err).toContain(
      'allowed: none yet, because neither file has a profile',
    );
  });
});
