import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { type Break, breakPlugin } from '../chaos/breaks.ts';

/**
 * Bundles the worker program, without one safeguard if `broken` is given.
 * @returns the program
 */
export async function buildProgram(name: string, broken: Break | undefined): Promise<URL> {
  const outfile = fileURLToPath(new URL(`../../cdk.out/simulation/${name}.mjs`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL('./worker-main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'error',
    plugins: broken ? [breakPlugin(broken)] : [],
  });
  return pathToFileURL(outfile);
}
