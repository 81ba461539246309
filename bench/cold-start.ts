import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildBundles, bundles } from '../lambdas/build.ts';
import { functionEnvironment } from './function-environment.ts';
import { alternate, type Measurement, ratioOf, spread } from './measurement.ts';

const run = promisify(execFile);
const lambdas = fileURLToPath(new URL('../lambdas', import.meta.url));

/** Processes are short: more turns than elsewhere cost little, and one that was disturbed says less. */
const turns = 11;

/** As Lambda's runtime loads it: ES modules by `import`, what is CommonJS by `require`. Prints milliseconds. */
const script = `
import { createRequire } from 'node:module';
const path = process.argv[1];
const require = createRequire(path);
const startedAtMs = performance.now();
const { handler } = path.endsWith('.mjs') ? await import(path) : require(path);
const tookMs = performance.now() - startedAtMs;
if (typeof handler !== 'function') throw new TypeError('no handler in ' + path);
console.log(tookMs);
process.exit();`;

async function importMs(path: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script, path], {
    env: functionEnvironment,
  });
  return Number(stdout);
}

/** What `NodejsFunction` of aws-cdk-lib does by itself, with `bundleAwsSDK`: one CommonJS file, not minified. */
async function bundleByDefault(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(lambdas, entry)],
    outfile,
    bundle: true,
    target: 'node24',
    platform: 'node',
    logLevel: 'error',
  });
}

/** The import of each function's bundle in fresh processes, over the same handler bundled by default: the worst of them counts. */
export const coldStart: Measurement = {
  name: 'coldStart',
  bound: { atMost: 0.75 },
  async run(told) {
    const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
    try {
      const built = await buildBundles(join(folder, 'ours'));
      const functions: { readonly ratio: number; readonly shown: string }[] = [];
      for (const {
        entry,
        contract: { name },
      } of bundles) {
        const floorPath = join(folder, 'default', name, 'index.js');
        await bundleByDefault(entry, floorPath);
        const realPath = join(built.find((each) => each.name === name)?.folder ?? '', 'index.mjs');
        const sides = await alternate(
          { floor: () => importMs(floorPath), real: () => importMs(realPath) },
          turns,
        );
        const ratio = ratioOf(sides);
        const shown = `${name}: ${spread(sides.real, 'ms')} over ${spread(sides.floor, 'ms')}: ${ratio.toFixed(2)}`;
        told(shown);
        functions.push({ ratio, shown });
      }
      return {
        ratio: Math.max(...functions.map(({ ratio }) => ratio)),
        details: [
          'import in fresh processes, over the default bundle; the worst counts',
          ...functions.map(({ shown }) => shown),
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
