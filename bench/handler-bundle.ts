import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { bundle } from '../lambdas/build.ts';

/** Bundles a handler with the build settings of the functions. @returns the path of the bundle */
export async function bundleHandler(
  entry: string,
  folder: string,
  plugins: readonly Plugin[] = [],
): Promise<string> {
  await bundle(fileURLToPath(new URL(entry, import.meta.url)), folder, plugins);
  return join(folder, 'index.mjs');
}
