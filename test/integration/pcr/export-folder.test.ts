import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { dataFilesIn } from './exported-files.ts';
import { exported } from './exported-history.ts';
import { pcrTest } from './pcr-test.ts';
import { storeOpportunities } from './pcr-under-test.ts';

const test = pcrTest();
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the folder of an export', () => {
  test('only the user can read the files', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 1, 1);
    const folder = await exported(pcr, 'deals');
    expect(modeOf(folder)).toBe(0o700);
    for (const name of [...dataFilesIn(folder), 'export.json'])
      expect(modeOf(join(folder, name))).toBe(0o600);
  });

  test('prints what it has written as JSON with --json', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 3, 1);
    const folder = join(temporaryFolder(), 'out');
    const { out } = await pcr.run('export', 'deals', '--out', folder, '--rows-per-file', '2', '--json');
    expect(JSON.parse(out)).toMatchObject({
      folder,
      rows: 3,
      files: [
        { name: 'deals-00001.parquet', rows: 2 },
        { name: 'deals-00002.parquet', rows: 1 },
      ],
      finishedAt: expect.stringMatching(/Z$/),
      unreadable: 0,
    });
    expect(JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8'))).toMatchObject({ export: 'deals' });
  });

  test.for([
    ['a file', (path: string) => writeFileSync(path, ''), 'it is not a folder'],
    ['below a file', undefined, 'it cannot be created (ENOTDIR)'],
  ] as const)('a folder that is %s is refused', async ([, make, reason], { pcr }) => {
    const file = join(temporaryFolder(), 'out');
    writeFileSync(file, '');
    make?.(file);
    const out = make ? file : join(file, 'below');
    const { code, err } = await pcr.run('export', 'deals', '--out', out);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`--out ${out}: ${reason}; allowed: `),
    });
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  test('a folder with other files, or with an export, is refused and stays unchanged', async ({ pcr }) => {
    const other = temporaryFolder();
    writeFileSync(join(other, 'letter.txt'), 'mine');
    const refused = await pcr.run('export', 'deals', '--out', other);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('it is not empty; allowed: ') });
    expect(dataFilesIn(other)).toEqual(['letter.txt']);
    const folder = await exported(pcr, 'deals');
    const state = readFileSync(join(folder, 'export.json'), 'utf8');
    expect(await pcr.run('export', 'stages', '--out', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('it holds a finished export: remove it, or choose another folder'),
    });
    expect(readFileSync(join(folder, 'export.json'), 'utf8')).toBe(state);
    expect(dataFilesIn(folder)).toEqual(['deals-00001.parquet']);
  });

  test('a folder with an unfinished export is refused with the command that continues it', async ({
    pcr,
  }) => {
    await storeOpportunities(pcr.relay, 2, 1);
    const folder = join(temporaryFolder(), "my partner's deals");
    const running = pcr.run('export', 'deals', '--out', folder);
    pcr.interrupt();
    expect(await running).toMatchObject({ code: 1 });
    const quoted = `'${folder.replace("'", String.raw`'\''`)}'`;
    expect(await pcr.run('export', 'stages', '--out', folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`it holds an export, which \`pcr export resume ${quoted}\` continues`),
    });
  });

  test('a folder with an export.json that pcr has not written is refused as any folder with files', async ({
    pcr,
  }) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'export.json'), '{"mine":true}');
    const { code, err } = await pcr.run('export', 'deals', '--out', folder);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining(`--out ${folder}: it is not empty; allowed: `),
    });
    expect(readFileSync(join(folder, 'export.json'), 'utf8')).toBe('{"mine":true}');
  });
});
