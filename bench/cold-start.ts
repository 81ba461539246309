import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildBundles, bundles } from '../lambdas/build.ts';
import { functionEnvironment } from './function-environment.ts';
import { alternate, type Measurement, median, ratioOf, type Sides, spread } from './measurement.ts';

const run = promisify(execFile);
const lambdas = fileURLToPath(new URL('../lambdas', import.meta.url));

/** More rounds than in other measurements, because each round takes less than a second. */
const rounds = 11;

/**
 * Loads a bundle as Lambda does, ES modules by `import` and CommonJS by `require`, and prints the
 * milliseconds of processor time that this took. Other load on the machine changes them little.
 */
const loadBundle = `
import { createRequire } from 'node:module';
const path = process.argv[1];
const require = createRequire(path);
const before = process.cpuUsage();
const { handler } = path.endsWith('.mjs') ? await import(path) : require(path);
const { user, system } = process.cpuUsage(before);
if (typeof handler !== 'function') throw new TypeError('no handler in ' + path);
console.log((user + system) / 1000);
process.exit();`;

async function importMs(path: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', loadBundle, path], {
    env: functionEnvironment,
  });
  return Number(stdout);
}

/**
 * Bundles a handler as `NodejsFunction` does with `bundleAwsSDK`: one CommonJS file, not minified.
 */
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

/**
 * Processor time to import the bundle of each function in a fresh process, divided by that for the
 * same handler with default bundling. The worst function counts.
 */
export const coldStart: Measurement = {
  name: 'coldStart',
  title: 'Import of a function, the worst one',
  bound: { atMost: 0.5 },
  async run(report) {
    const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
    try {
      await buildBundles(join(folder, 'ours'));
      const measured: (Sides & { readonly name: string })[] = [];
      const lines: string[] = [];
      for (const { entry, contract } of bundles) {
        const { name } = contract;
        const baselinePath = join(folder, 'default', name, 'index.js');
        await bundleByDefault(entry, baselinePath);
        const productPath = join(folder, 'ours', name, 'index.mjs');
        const sides = await alternate(
          { baseline: () => importMs(baselinePath), product: () => importMs(productPath) },
          rounds,
        );
        const ratio = ratioOf(sides);
        const line = `${name}: ${spread(sides.product, 'ms')} over ${spread(sides.baseline, 'ms')}: ${ratio.toFixed(2)}`;
        report(line);
        measured.push({ name, ...sides });
        lines.push(line);
      }
      const [worst = { name: '', baseline: [], product: [] }] = measured.toSorted(
        (one, other) => ratioOf(other) - ratioOf(one),
      );
      return {
        ratio: ratioOf(worst),
        ours: `${median(worst.product).toFixed(0)} ms, ${worst.name}`,
        floor: `${median(worst.baseline).toFixed(0)} ms, default bundle`,
        details: [
          'import in a fresh process: our bundle, divided by the default bundle; the worst function counts',
          ...lines,
        ],
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
