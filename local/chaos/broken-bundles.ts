import { join } from 'node:path';
import { buildBundles } from '../../lambdas/build.ts';
import { type Break, breakPlugin } from './breaks.ts';

/** Builds every function without one safeguard, each in a folder named as in its contract. */
export async function buildBrokenBundles(folder: string, broken: Break): Promise<void> {
  await buildBundles(folder, { plugins: [breakPlugin(broken)] });
}

/** The only function whose construct is not named like its bundle. */
const otherNames: ReadonlyMap<string, string> = new Map([['keep', 'quarantine']]);

/**
 * `Hydration/HydrateOpportunity/Function` -> `<folder>/hydrate-opportunity`, the name in its
 * contract.
 */
export function bundleFolder(folder: string, functionId: string): string {
  const name = functionId.split('/').at(-2) ?? functionId;
  const kebab = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
  return join(folder, otherNames.get(kebab) ?? kebab);
}
