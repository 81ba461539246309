import { execFile } from 'node:child_process';
import { describe, expect, it } from 'vitest';

interface Ended {
  readonly code: string | number | null | undefined;
  readonly out: string;
  readonly errors: string;
}

/** Runs the program of `npm run simulate`. */
function simulate(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['local/simulation/main.ts', ...args],
      // A run that hangs is ended before the test times out, so that it does not outlive the test.
      { timeout: 100_000 },
      (error, out, errors) => resolve({ code: error ? error.code : 0, out, errors }),
    );
  });
}

const oneSeed = ['--seeds', '1', '--seed', '1', '--rounds', '3'];

describe('npm run simulate', () => {
  it('ends with 0 if every promise held, and prints the hash of a single seed', async () => {
    const { code, out } = await simulate(...oneSeed);
    expect(out).toContain('Every promise held.');
    const [, hash = ''] = /^Trace ([0-9a-f]{16})$/m.exec(out) ?? [];
    expect([code, hash.length]).toEqual([0, 16]);
    const again = await simulate(...oneSeed, '--expect', hash);
    expect([again.code, again.out.includes('has changed')]).toEqual([0, false]);
  });

  it('ends with 1 and says that the code has changed if the hash is another one', async () => {
    const { code, out } = await simulate(...oneSeed, '--expect', '0123456789abcdef');
    expect(out).toMatch(
      /^The trace [0-9a-f]{16} is not 0123456789abcdef: the code, a fault or a dependency has changed since/m,
    );
    expect(code).toBe(1);
  });

  it.each([
    [
      'a seed that is not a number',
      ['--seed', 'first'],
      '--seed first: a whole number from 0 to 2147483648 is allowed',
    ],
    ['an unknown break', ['--break', 'everything'], '--break everything: one of write-condition, '],
    [
      'a trace of several seeds',
      ['--seeds', '2', '--trace'],
      '--trace is about one seed: --seeds 1 is needed, not --seeds 2',
    ],
    [
      'malformed ids',
      ['--seeds', '1', '--only', 'change three'],
      "--only change three: a list such as 'change 3,event-lost 1' is allowed",
    ],
    ['an unknown option', ['--fast'], "Unknown option '--fast'"],
  ])('ends with 2 and one clear line for %s', async (_, args, line) => {
    const { code, out, errors } = await simulate(...args);
    expect([code, out]).toEqual([2, '']);
    expect(errors.split('\n')[0]).toContain(line);
    expect(errors).toContain('npm run simulate -- [options]');
  });

  it('ends with 0 and prints the usage text for --help', async () => {
    const { code, out } = await simulate('--help');
    expect([code, out.split('\n')[0]]).toEqual([0, 'npm run simulate -- [options]']);
  });

  it('prints every step with --trace, with the faults that --only lets happen', async () => {
    const { code, out } = await simulate(...oneSeed, '--trace', '--only', 'change 1,change 2');
    expect(out).toMatch(/^ {2}0:00:00\.000 {3}Partner Central: has state 1 of /m);
    expect([code, / ! /.test(out), out.includes('sweep 1: is invoked')]).toEqual([0, false, true]);
  });

  it('prints one JSON object and nothing else on standard output with --json', async () => {
    const { code, out, errors } = await simulate(...oneSeed, '--json');
    expect(JSON.parse(out)).toMatchObject({ seeds: 1, violations: [], neverMet: expect.any(Array) });
    expect([code, errors.includes('Every promise held.')]).toEqual([0, true]);
  });

  it('ends with 0 if the violation of a break is found, with the command that repeats it', async () => {
    const broken = ['--break', 'webhook-id', '--rounds', '3', '--seed', '1'];
    const { code, out } = await simulate(...broken, '--seeds', '20');
    expect(out).toMatch(
      /--break webhook-id: detected by seed \d+: promise 3, versions are contiguous and messages stable/,
    );
    expect(code).toBe(0);
    const [, seed = '', only = '', hash = ''] =
      /^ {2}Repeat it: npm run simulate -- --break webhook-id --rounds 3 --seeds 1 --seed (\d+) --only '(.*)' --expect ([0-9a-f]{16}) --trace$/m.exec(
        out,
      ) ?? [];
    const one = ['--break', 'webhook-id', '--rounds', '3', '--seeds', '1', '--seed', seed, '--only', only];
    const again = await simulate(...one, '--expect', hash, '--trace');
    expect([again.code, again.out.includes('has changed')]).toEqual([0, false]);
  });

  it('ends with 1 if the violation of a break is not found', async () => {
    const { code, out } = await simulate(...oneSeed, '--break', 'parking', '--only', '');
    expect(out).toContain('--break parking: NOT detected within 1 seed');
    expect(code).toBe(1);
  });
});
