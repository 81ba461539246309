import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../../bin/pcr.js', import.meta.url));

/** The command that `npm link` installs and that shell completion runs. */
function pcr(flags: readonly string[], ...args: readonly string[]) {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' };
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, launcher, ...args], { env }, (error, out, err) => {
      resolve({ code: error ? error.code : 0, out, err });
    });
  });
}

test.each([
  ['that runs TypeScript', []],
  ['that does not', ['--no-experimental-strip-types']],
])('pcr runs on a Node %s', async (_, flags) => {
  expect(await pcr(flags, 'complete', '--', 'endpoints', 'ro')).toMatchObject({
    code: 0,
    out: expect.stringContaining('rotate-secret'),
    err: '',
  });
  expect(await pcr(flags, 'endpoints', 'list', '--bogus')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining("unknown option '--bogus'"),
  });
});
