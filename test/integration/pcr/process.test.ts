import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

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
