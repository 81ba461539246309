import { globSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Removes the C headers of Node.js, for which the package `node` has no option. No package here is
 * compiled, and they are a third of its size and most of its files.
 */
const cwd = fileURLToPath(new URL('../node_modules/node/node_modules', import.meta.url));
for (const folder of globSync(`${cwd}/*/include`)) rmSync(folder, { recursive: true });
