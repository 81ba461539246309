import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const folder = join(project, 'local', 'on-demand');
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const versions = v.optional(v.record(v.string(), v.string()), {});
const manifest = v.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
const lock = v.object({
  packages: v.record(v.string(), v.object({ integrity: v.optional(v.string()) })),
});
const read = <Output>(schema: v.GenericSchema<unknown, Output>, path: string) =>
  v.parse(schema, JSON.parse(readFileSync(path, 'utf8')));

describe('packages that are fetched when they are first needed', () => {
  it.each(names)('are pinned, and npm checks the digest of each: %s', (name) => {
    const { dependencies } = read(manifest, join(folder, name, 'package.json'));
    expect(Object.values(dependencies)).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    const { '': root, ...packages } = read(lock, join(folder, name, 'package-lock.json')).packages;
    expect(root).toBeDefined();
    expect(Object.keys(packages)).toContain(`node_modules/${Object.keys(dependencies)[0]}`);
    for (const [path, { integrity }] of Object.entries(packages)) expect(integrity, path).toMatch(/^sha512-/);
  });

  it('are not also installed by npm ci', () => {
    const root = read(manifest, join(project, 'package.json'));
    const installed = Object.keys({
      ...root.dependencies,
      ...root.devDependencies,
      ...root.optionalDependencies,
    });
    const fetched = names.flatMap((name) =>
      Object.keys(read(manifest, join(folder, name, 'package.json')).dependencies),
    );
    expect(fetched).toHaveLength(3);
    expect(installed.filter((name) => fetched.includes(name))).toEqual([]);
  });
});
