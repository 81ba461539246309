import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { actContract } from './act/contract.ts';
import { commandsContract } from './commands/contract.ts';
import { deliverContract } from './deliver/contract.ts';
import { doorContract } from './door/contract.ts';
import { exportContract } from './export/contract.ts';
import { fanOutContract } from './fan-out/contract.ts';
import {
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from './hydrate/contract.ts';
import { leaveOutOfTheSdk } from './leave-out-of-the-sdk.ts';
import { nodeModulesAsObjects } from './node-modules-as-objects.ts';
import { quarantineContract } from './quarantine/contract.ts';
import { reconcileContract } from './reconcile/contract.ts';
import { sweepContract } from './sweep/contract.ts';

const lambdas = fileURLToPath(new URL('.', import.meta.url));

/**
 * Every function: its contract, which names the bundle, and the path of its handler in this folder.
 */
export const bundles = [
  { contract: hydrateOpportunityContract, entry: 'hydrate/opportunity-handler.ts' },
  { contract: hydrateInvitationContract, entry: 'hydrate/invitation-handler.ts' },
  { contract: hydrateEngagementContract, entry: 'hydrate/engagement-handler.ts' },
  { contract: quarantineContract, entry: 'quarantine/handler.ts' },
  { contract: fanOutContract, entry: 'fan-out/handler.ts' },
  { contract: deliverContract, entry: 'deliver/handler.ts' },
  { contract: commandsContract, entry: 'commands/handler.ts' },
  { contract: doorContract, entry: 'door/handler.ts' },
  { contract: actContract, entry: 'act/handler.ts' },
  { contract: reconcileContract, entry: 'reconcile/handler.ts' },
  { contract: sweepContract, entry: 'sweep/handler.ts' },
  { contract: exportContract, entry: 'export/handler.ts' },
] as const;

/**
 * The SDK clients and the User-Agent of webhooks need only this of a package.json: the rest stays
 * out of the bundle.
 */
const onlyTheVersion: Plugin = {
  name: 'only-the-version',
  setup(builder) {
    builder.onLoad({ filter: /\/package\.json$/ }, async ({ path }) => {
      const { name, version, homepage }: Manifest = JSON.parse(await readFile(path, 'utf8'));
      return { loader: 'json', contents: JSON.stringify({ name, version, homepage }) };
    });
  },
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly homepage?: string;
}

export interface Bundle {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Bundles every function into `<output>/<contract name>/index.mjs` and chunks for its lazy imports.
 * @param options `plugins`: additional esbuild plugins. The chaos run removes safeguards with one.
 * @default none
 * @throws Error naming every handler that does not exist
 */
export async function buildBundles(
  output: string,
  { plugins = [] }: { readonly plugins?: readonly Plugin[] } = {},
): Promise<readonly Bundle[]> {
  const missing = bundles.filter(({ entry }) => !existsSync(join(lambdas, entry)));
  if (missing.length > 0) {
    throw new Error(
      missing.map(({ contract, entry }) => `${contract.name} has no handler: lambdas/${entry}`).join('\n'),
    );
  }
  return Promise.all(
    bundles.map(async ({ contract: { name }, entry }) => {
      const folder = join(output, name);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await bundle(join(lambdas, entry), folder, plugins);
      return { name, folder, bytes: await folderBytes(folder) };
    }),
  );
}

/**
 * Bundles one function. Shared code is copied into each bundle, so that each folder is a complete
 * asset.
 */
export async function bundle(entry: string, folder: string, plugins: readonly Plugin[]): Promise<void> {
  await build({
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Lazy imports of the SDK stay in files of their own, which a cold start does not read.
    splitting: true,
    // For Node.js esbuild prefers CommonJS, from which unused code cannot be removed: 50 % larger
    // and slower to load.
    mainFields: ['module', 'main'],
    plugins: [nodeModulesAsObjects, leaveOutOfTheSdk, onlyTheVersion, ...plugins],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((total, size) => total + size, 0);
}

if (import.meta.main) {
  const output = resolve(lambdas, '../dist');
  try {
    for (const { name, bytes } of await buildBundles(output)) {
      process.stdout.write(`${name.padEnd(20)} ${(bytes / 1024).toFixed(0).padStart(4)} KB\n`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
