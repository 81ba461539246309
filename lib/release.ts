import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

const project = fileURLToPath(new URL('..', import.meta.url));

/** Everything that makes the template and the bundles, except the settings. */
const sources = ['lambdas', 'lib', 'bin/app.ts', 'package.json'];

/**
 * The release of this checkout: its version, and a digest of the sources that a deployment consists
 * of, such as `0.1.0+3f9a1c02`. It needs no Git, and changes only if they do.
 */
export function readRelease(): string {
  const digest = createHash('sha256');
  for (const path of sources.flatMap((source) => filesIn(join(project, source))).toSorted()) {
    // Git may check out other line ends.
    const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
    digest.update(`${relative(project, path).split(sep).join('/')}\n${text}\n`);
  }
  return `${packageJson.version}+${digest.digest('hex').slice(0, 8)}`;
}

function filesIn(path: string): readonly string[] {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
