import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { leaks } from '../../local/soak/options.ts';

const resultSchema = v.object({
  changes: v.number(),
  versions: v.number(),
  faults: v.number(),
  rows: v.array(v.object({ what: v.string(), end: v.string(), holds: v.boolean() })),
});

/** A run waits twice until no work is left. On a busy machine that takes minutes. */
const timeoutMs = 600_000;

/** Runs `npm run soak` with these arguments. */
async function runSoak(...args: readonly string[]) {
  const child = spawn(process.execPath, ['local/soak/main.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('close', resolve);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  return { stdout, stderr, code };
}

it(
  'a short soak with each fault ends where it began, and loses and repeats nothing',
  async () => {
    const { stdout, stderr, code } = await runSoak('--minutes', '0.2', '--json');
    const { rows, ...counted } = v.parse(resultSchema, JSON.parse(stdout));
    expect(rows.filter(({ holds }) => !holds)).toEqual([]);
    expect(code, stderr).toBe(0);
    expect(counted.changes).toBeGreaterThan(30);
    expect(counted.versions).toBeGreaterThan(20);
    expect(counted.faults).toBeGreaterThanOrEqual(8);
    expect(stderr).toContain('now DynamoDB refuses calls');
  },
  timeoutMs,
);

it.each(Object.entries(leaks))(
  'a soak with --break %s finds what it leaves behind',
  async (leak, { row }) => {
    const { stdout, stderr, code } = await runSoak('--minutes', '0.2', '--break', leak);
    expect(stdout, stderr).toContain(`--break ${leak}: found by the row "${row}"`);
    expect(code).toBe(0);
  },
  timeoutMs,
);

it('a soak with an invalid option ends with 2, and names the option, its value and what is allowed', async () => {
  const { stdout, stderr, code } = await runSoak('--minutes', '0');
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('--minutes 0: a number of minutes from 0.2 to 1440 is allowed');
  expect(stderr).not.toMatch(/^\s+at /m);
});
