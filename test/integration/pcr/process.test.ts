import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../../bin/pcr.ts', import.meta.url));

/** Runs `pcr` as people do, with nothing in its environment by which it could reach AWS. */
function pcr(...args: readonly string[]): Promise<{ code: unknown; out: string; err: string }> {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, out, err) => {
      resolve({ code: error ? error.code : 0, out, err });
    });
  });
}

test('help goes to standard output and ends with 0', async () => {
  expect(await pcr('endpoints', 'add', '--help')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Examples:'),
    err: '',
  });
});

test('a mistake goes to standard error and ends with 2', async () => {
  expect(await pcr('endpoints', 'add', '--url', 'x')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('error: url: "x"; allowed: an https:// URL'),
  });
});

test('ends with 1 without credentials, and says how to get some', async () => {
  expect(await pcr('endpoints', 'list')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('There are no AWS credentials.'),
  });
});

test('a shell completes commands, options and their values', async () => {
  expect((await pcr('complete', 'bash')).out).toContain('complete -F __pcr_complete pcr');
  expect((await pcr('complete', '--', 'endpoints', 'ro')).out).toContain('rotate-secret');
  expect((await pcr('complete', '--', 'endpoints', 'add', '--pay')).out).toContain('--payload');
  expect((await pcr('complete', '--', 'endpoints', 'test', 'ep_a', '--type', '')).out).toContain(
    'engagement.created',
  );
});
