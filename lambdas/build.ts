import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { deliverContract } from './deliver/contract.ts';
import { fanOutContract } from './fan-out/contract.ts';
import {
  hydrateEngagementContract,
  hydrateInvitationContract,
  hydrateOpportunityContract,
} from './hydrate/contract.ts';
import { quarantineContract } from './quarantine/contract.ts';
import { reconcileContract } from './reconcile/contract.ts';
import { sweepContract } from './sweep/contract.ts';

const lambdas = fileURLToPath(new URL('.', import.meta.url));

/** Every function: the contract that names its bundle, and its handler below this folder. */
export const bundles = [
  { contract: hydrateOpportunityContract, entry: 'hydrate/opportunity-handler.ts' },
  { contract: hydrateInvitationContract, entry: 'hydrate/invitation-handler.ts' },
  { contract: hydrateEngagementContract, entry: 'hydrate/engagement-handler.ts' },
  { contract: quarantineContract, entry: 'quarantine/handler.ts' },
  { contract: fanOutContract, entry: 'fan-out/handler.ts' },
  { contract: deliverContract, entry: 'deliver/handler.ts' },
  { contract: reconcileContract, entry: 'reconcile/handler.ts' },
  { contract: sweepContract, entry: 'sweep/handler.ts' },
] as const;

/**
 * Imported by the SDK only where the environment variables hold no credentials, or in a browser. Lambda always sets
 * them, so these would be 150 KB in each bundle that nothing ever reads; where they are asked for, the import fails by name.
 */
const neverOnLambda = [
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-web-identity',
  '@aws-sdk/credential-provider-http',
  '@smithy/credential-provider-imds',
  'bowser',
];

/**
 * An ES import of one of Node's own modules reads every export of it, those too that load something when they are read:
 * `node:http` loads the whole of undici for its WebSocket, `node:process` opens the standard streams. Taken as objects
 * they cost 4 ms of a cold start, not 40.
 */
const takenAsObjects: Plugin = {
  name: 'taken-as-objects',
  setup(builder) {
    builder.onResolve({ filter: /^(node:)?(http|process)$/ }, ({ path }) => ({
      path: path.replace(/^(node:)?/, 'node:'),
      namespace: 'node-module',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'node-module' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};

export interface Bundle {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Bundles every function into `<output>/<contract name>/index.mjs` and the chunks that it loads when it needs them.
 * @param options `plugins`: run beside our own; the chaos run takes safeguards out with one. @default none
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

/** Each function on its own: what several share is in each of their folders, so that an asset holds all that it needs. */
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
    // What an SDK client imports lazily stays a file that nobody reads at cold start.
    splitting: true,
    // esbuild prefers CommonJS for node, which cannot be shaken: half as large again and slower to import.
    mainFields: ['module', 'main'],
    external: neverOnLambda,
    plugins: [takenAsObjects, ...plugins],
    legalComments: 'none',
    // CommonJS packages inside still ask for Node's own modules by `require`, which ES modules do not have.
    banner: {
      js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
    },
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
