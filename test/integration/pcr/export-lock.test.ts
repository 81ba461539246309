import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { readExport } from './exported-files.ts';
import { exported } from './exported-history.ts';
import { pcrTest } from './pcr-test.ts';
import { type PcrUnderTest, type Ran, storeOpportunities } from './pcr-under-test.ts';

const test = pcrTest();

/** A process that runs while tests do, and is not this one. */
const runningProcess = '1';
const endedProcess = String(spawnSync(process.execPath, ['--version']).pid);

/** Runs this once, before a call of DynamoDB while an export has an unfinished file. */
function actAmidFile({ relay }: PcrUnderTest, folder: string, act: () => Promise<void>): void {
  let hasActed = false;
  relay.clients.dynamodb.middlewareStack.add(
    (next) => async (args) => {
      if (!hasActed && existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.part'))) {
        hasActed = true;
        await act();
      }
      return next(args);
    },
    { step: 'initialize', name: 'amid' },
  );
}

describe('the lock of an export', () => {
  test('an export that another process continues while it runs loses no row', async ({ pcr }) => {
    const stored = await storeOpportunities(pcr.relay, 40, 1);
    const folder = join(temporaryFolder(), 'out');
    let resumed: Ran | undefined;
    let mode: number | undefined;
    actAmidFile(pcr, folder, async () => {
      resumed = await pcr.run('export', 'resume', folder);
      mode = statSync(join(folder, 'export.lock')).mode & 0o777;
    });
    const args = ['--out', folder, '--format', 'csv', '--rows-per-file', '7'];
    expect(await pcr.run('export', 'deals', ...args)).toMatchObject({ code: 0 });
    const refusal = `<folder> ${folder}: process ${process.pid} is writing it; allowed: when it has ended`;
    expect(resumed).toMatchObject({ code: 2, out: '', err: expect.stringContaining(refusal) });
    expect(mode).toBe(0o600);
    const ids = (await readExport(folder, 'csv')).map((row) => row['id']);
    expect(ids).toEqual(stored.map(({ id }) => id).toSorted());
    expect(readdirSync(folder)).not.toContain('export.lock');
  });

  test('one of two exports that begin in one folder at once is refused', async ({ pcr }) => {
    const stored = await storeOpportunities(pcr.relay, 3, 1);
    const folder = join(temporaryFolder(), 'out');
    const both = await Promise.all(
      [1, 2].map(() => pcr.run('export', 'deals', '--out', folder, '--rows-per-file', '1')),
    );
    expect(new Set(both.map(({ code }) => code))).toEqual(new Set([0, 2]));
    expect(both.find(({ code }) => code === 2)?.err).toContain(
      `--out ${folder}: process ${process.pid} is writing it; allowed: `,
    );
    expect(await readExport(folder)).toHaveLength(stored.length);
  });

  test('a folder that is filled before the export locks it is refused and stays unchanged', async ({
    pcr,
  }) => {
    const folder = join(temporaryFolder(), 'out');
    // The export reads the clock between its first look at the folder and the lock.
    pcr.clock = {
      ...systemClock,
      nowMs() {
        writeFileSync(join(folder, 'deals-00001.parquet'), 'of another export');
        return systemClock.nowMs();
      },
    };
    const { code, err } = await pcr.run('export', 'deals', '--out', folder);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('it is not empty; allowed: ') });
    expect(readFileSync(join(folder, 'deals-00001.parquet'), 'utf8')).toBe('of another export');
    expect(readdirSync(folder)).toEqual(['deals-00001.parquet']);
  });

  test('a folder that a running process has locked is refused and stays unchanged', async ({ pcr }) => {
    const folder = join(temporaryFolder(), 'out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'export.lock'), runningProcess);
    const { code, err } = await pcr.run('export', 'deals', '--out', folder);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`--out ${folder}: process ${runningProcess} is writing it; allowed: `),
    });
    expect(readdirSync(folder)).toEqual(['export.lock']);
    expect(readFileSync(join(folder, 'export.lock'), 'utf8')).toBe(runningProcess);
  });

  test.for([
    ['a process that has ended', endedProcess],
    ['no process', 'mine'],
    ['a process that was killed before it wrote its id', ''],
    ['a number that no process has', '99999999999'],
  ] as const)('the lock of %s is replaced, and removed at the end', async ([, content], { pcr }) => {
    await storeOpportunities(pcr.relay, 1, 1);
    const folder = await exported(pcr, 'deals');
    writeFileSync(join(folder, 'export.lock'), content);
    expect(await pcr.run('export', 'resume', folder)).toMatchObject({ code: 0 });
    expect(readdirSync(folder).toSorted()).toEqual(['deals-00001.parquet', 'export.json']);
  });
});
