import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundles } from '../../lambdas/build.ts';
import { currentBundles } from '../../local/bundles.ts';

const builtSchema = v.object({ folder: v.string(), sources: v.record(v.string(), v.string()) });

let folder: string;
let built: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relay-bundles-'));
  built = await currentBundles(folder);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const record = () => v.parse(builtSchema, JSON.parse(readFileSync(join(folder, 'built.json'), 'utf8')));

/** Changes what the last build wrote down about a file, as if the file had another content then. */
function forget(path: string): void {
  const { sources, ...rest } = record();
  writeFileSync(join(folder, 'built.json'), JSON.stringify({ ...rest, sources: { ...sources, [path]: '' } }));
}

describe('the bundles of the local stage', { timeout: 180_000 }, () => {
  it('contain every function', () => {
    const missing = bundles.filter(({ contract }) => !existsSync(join(built, contract.name, 'index.mjs')));
    expect(missing).toEqual([]);
  });

  it('are not built again while no source changes', async () => {
    const writtenAs = readFileSync(join(folder, 'built.json'), 'utf8');
    writeFileSync(join(folder, 'built.json'), `${writtenAs}\n`);
    expect(await currentBundles(folder)).toBe(built);
    expect(readFileSync(join(folder, 'built.json'), 'utf8')).toBe(`${writtenAs}\n`);
  });

  it('depend on the content of sources, packages, the build, and the versions of packages', async () => {
    const before = record();
    const { sources } = before;
    const some = [
      'lambdas/deliver/batch.ts',
      'lambdas/build.ts',
      'lambdas/leave-out-of-the-sdk.ts',
      'lambdas/node-modules-as-objects.ts',
      'node_modules/.package-lock.json',
      'node_modules/dataloader/index.js',
    ];
    for (const path of some) expect(sources[path], path).toMatch(/^[0-9a-f]{32}$/);
    forget('lambdas/deliver/batch.ts');
    expect(await currentBundles(folder)).toBe(built);
    expect(record()).toEqual(before);
  });

  it('are built again if a source no longer exists or their folder is gone', async () => {
    const before = record();
    forget('lambdas/gone.ts');
    rmSync(built, { recursive: true });
    expect(await currentBundles(folder)).toBe(built);
    expect(record()).toEqual(before);
    expect(existsSync(join(built, 'deliver', 'index.mjs'))).toBe(true);
  });
});
