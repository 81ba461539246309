import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import * as v from 'valibot';
import { buildBundles } from '../lambdas/build.ts';

const checkout = fileURLToPath(new URL('..', import.meta.url));
/** The bundles that all stages of this checkout share. They are never changed in place. */
const cache = join(checkout, 'cdk.out', 'bundles');

/** What the bundles in a folder were built from: the digest of each file, by path. */
const builtSchema = v.object({ folder: v.string(), sources: v.record(v.string(), v.string()) });
type Built = v.InferOutput<typeof builtSchema>;

/** Is in no bundle, but decides what is in it, like the build: the versions of all packages. */
const packageVersions = 'node_modules/.package-lock.json';

/**
 * Returns the folder of bundles of all functions. They are built only if the content of a file that
 * they consist of has changed since the last build.
 */
export async function currentBundles(folder: string = cache): Promise<string> {
  const last = await readBuilt(folder);
  if (last !== undefined && existsSync(join(folder, last.folder)) && (await isCurrent(last.sources)))
    return join(folder, last.folder);
  return await buildInto(folder);
}

async function buildInto(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const building = join(folder, `building-${process.pid}-${performance.now()}`);
  const inputs = new Set([packageVersions]);
  await collectBuild(inputs);
  await buildBundles(building, { plugins: [collectInputs(inputs)] });
  const sources = await digestsOf([...inputs].toSorted());
  const name = digest(JSON.stringify(sources));
  const built: Built = { folder: name, sources };
  // Another process may have built the same.
  await rename(building, join(folder, name)).catch((error: unknown) => {
    if (!existsSync(join(folder, name))) throw error;
  });
  await rm(building, { recursive: true, force: true });
  await writeFile(`${building}.json`, JSON.stringify(built));
  await rename(`${building}.json`, join(folder, 'built.json'));
  await removeOld(folder, name);
  return join(folder, name);
}

/** @returns undefined if nothing was built, or by another release of this file */
async function readBuilt(folder: string): Promise<Built | undefined> {
  const text = await readFile(join(folder, 'built.json'), 'utf8').catch(() => '{}');
  const parsed = v.safeParse(builtSchema, JSON.parse(text));
  return parsed.success ? parsed.output : undefined;
}

async function isCurrent(sources: Built['sources']): Promise<boolean> {
  const paths = Object.keys(sources);
  if (paths.some((path) => !existsSync(join(checkout, path)))) return false;
  const now = await digestsOf(paths);
  return paths.every((path) => now[path] === sources[path]);
}

async function digestsOf(paths: readonly string[]): Promise<Record<string, string>> {
  const digests = paths.map(async (path) => [path, digest(await readFile(join(checkout, path)))] as const);
  return Object.fromEntries(await Promise.all(digests));
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** Adds the paths of the build and of each file that it imports. */
async function collectBuild(inputs: Set<string>): Promise<void> {
  await build({
    entryPoints: [join(checkout, 'lambdas/build.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    plugins: [collectInputs(inputs)],
  });
}

/** Adds the path of each file that a bundle consists of. */
function collectInputs(inputs: Set<string>): Plugin {
  return {
    name: 'collect-inputs',
    setup(builder) {
      builder.initialOptions.metafile = true;
      builder.initialOptions.absWorkingDir = checkout;
      builder.onEnd(({ metafile }) => {
        // Others are generated, such as `node-module:node:http`.
        const files = Object.keys(metafile?.inputs ?? {}).filter((path) => existsSync(join(checkout, path)));
        for (const path of files) inputs.add(path);
      });
    },
  };
}

/** Another process may still copy bundles that were built a while ago. */
const keptMs = 3_600_000;

async function removeOld(folder: string, current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === current || name === 'built.json') continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > keptMs) await rm(path, { recursive: true, force: true });
  }
}

if (import.meta.main) console.log(relative(checkout, await currentBundles()));
