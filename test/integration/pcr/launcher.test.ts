import { execFile } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPcr } from '../../../bin/build.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));

interface Exited {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Runs the file that `npm link` installs and that shell completion runs. */
function launch(folder: string, flags: readonly string[], ...args: readonly string[]): Promise<Exited> {
  const env = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' };
  const script = join(folder, 'bin', 'pcr.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [...flags, script, ...args], { env }, (error, out, err) => {
      resolve({ code: error ? error.code : 0, out, err });
    });
  });
}

/** Prints the path of each module that a process loads. */
const printLoaded = `data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ load(url, context, next) { console.error('loaded ' + url); return next(url, context); } });",
)}`;

describe('the bundle of pcr', () => {
  let files: Awaited<ReturnType<typeof buildPcr>>;
  beforeAll(async () => {
    files = await buildPcr();
  });

  /** Paths of the sources and packages that a command line loads. */
  async function loadedBy(...args: readonly string[]): Promise<readonly string[]> {
    const { err } = await launch(project, ['--import', printLoaded], ...args);
    const loaded = [...err.matchAll(/^loaded file:.*\/dist\/pcr\/(.*)$/gm)].map(([, name]) => name);
    const inputs = loaded.map((name) => files[`dist/pcr/${name}`]?.inputs ?? { unknown: {} });
    return inputs.flatMap((each) => Object.keys(each));
  }

  it.each([
    ['that runs TypeScript', []],
    ['that does not', ['--no-experimental-strip-types']],
  ])('runs on a Node %s', async (_, flags) => {
    expect(await launch(project, flags, 'complete', '--', 'endpoints', 'ro')).toMatchObject({
      code: 0,
      out: expect.stringContaining('rotate-secret'),
      err: '',
    });
    expect(await launch(project, flags, 'endpoints', 'list', '--bogus')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining("unknown option '--bogus'"),
    });
  });

  it('runs on the installed Node if the one that starts it lacks what commands use', async () => {
    const withoutGroupBy = `data:text/javascript,${encodeURIComponent('delete Map.groupBy')}`;
    const flags = ['--import', withoutGroupBy, '--import', printLoaded];
    const { code, out, err } = await launch(project, flags, 'replay', '--help');
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('--endpoint') });
    expect(err).not.toContain('/dist/pcr/');
  });

  it('prints its help without a file of the SDK, of YAML or of another command', async () => {
    const loaded = await loadedBy('--help');
    expect(loaded).toContain('bin/pcr/program.ts');
    expect(loaded.filter((path) => /@aws-sdk|@smithy|\/yaml\/|bin\/pcr\/commands\//.test(path))).toEqual([]);
    expect(loaded.length).toBeLessThan(70);
  });

  it('loads the SDK when a command calls AWS', async () => {
    expect((await loadedBy('endpoints', 'list')).some((path) => path.includes('@aws-sdk/'))).toBe(true);
  });

  it('keeps the files of the last build for a pcr that is running, and removes those of older ones', async () => {
    const folder = join(project, 'dist', `pcr-${process.pid}`);
    try {
      await buildPcr(folder);
      const built = join(folder, 'built.json');
      writeFileSync(built, JSON.stringify({ entry: '', files: ['last.mjs'], sources: {} }));
      for (const name of ['last.mjs', 'older.mjs']) writeFileSync(join(folder, name), '');
      await buildPcr(folder);
      const names = readdirSync(folder);
      expect([names.includes('last.mjs'), names.includes('older.mjs')]).toEqual([true, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('pcr.js', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  const source = join(folder, 'bin', 'pcr.ts');

  beforeAll(() => {
    for (const each of ['bin', 'dist/pcr']) mkdirSync(join(folder, each), { recursive: true });
    copyFileSync(join(project, 'bin', 'pcr.js'), join(folder, 'bin', 'pcr.js'));
    write('package.json', '{ "type": "module" }');
    write('bin/pcr.ts', "console.log('source');");
    write('dist/pcr/bundled.mjs', "console.log('bundle');");
  });

  it('runs the sources if there is no bundle', async () => {
    expect(await launch(folder, [])).toEqual({ code: 0, out: 'source\n', err: '' });
  });

  it('says what to do if there is neither a bundle nor a Node that runs the sources', async () => {
    expect(await launch(folder, ['--no-experimental-strip-types'])).toEqual({
      code: 1,
      out: '',
      err: 'pcr is not built: run `npm ci` in its folder.\n',
    });
  });

  it('runs the bundle while its sources are unchanged, and the sources after a change', async () => {
    const sources = { 'bin/pcr.ts': statSync(source).mtimeMs };
    write('dist/pcr/built.json', JSON.stringify({ entry: 'bundled.mjs', files: [], sources }));
    expect(await launch(folder, [])).toMatchObject({ code: 0, out: 'bundle\n' });
    utimesSync(source, 1, 1);
    expect(await launch(folder, [])).toMatchObject({ code: 0, out: 'source\n' });
  });

  it('prints no warnings of packages', async () => {
    write('dist/pcr/warning.mjs', "process.emitWarning('old Node'); console.log('bundle');");
    write('dist/pcr/built.json', JSON.stringify({ entry: 'warning.mjs', files: [], sources: {} }));
    expect(await launch(folder, [])).toEqual({ code: 0, out: 'bundle\n', err: '' });
  });

  it.each([
    ['is not JSON', '{'],
    ['names a source that was deleted', '{"entry":"bundled.mjs","sources":{"bin/gone.ts":1}}'],
    ['names an entry that was deleted', '{"entry":"gone.mjs","sources":{}}'],
  ])('runs the sources if the description of the bundle %s', async (_, built) => {
    write('dist/pcr/built.json', built);
    expect(await launch(folder, [])).toEqual({ code: 0, out: 'source\n', err: '' });
  });
});
