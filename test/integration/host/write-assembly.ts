import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface WrittenAssembly {
  readonly folder: string;
  readonly remove: () => void;
}

/**
 * Writes a folder like cdk.out: a template of the stack `Sample`, its assets manifest, and a
 * bundled asset per entry of `sources` with the S3 key `<name>.zip`. Sources are JavaScript and may
 * import the packages of the project.
 */
export async function writeAssembly(
  resources: Readonly<Record<string, unknown>>,
  sources: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, unknown>> = {},
): Promise<WrittenAssembly> {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const files: Record<string, unknown> = {};
  for (const [name, contents] of Object.entries(sources)) {
    // The folder name differs from the key, so that only the manifest leads to the folder.
    const path = `asset.of-${name}`;
    mkdirSync(join(folder, path));
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      outfile: join(folder, path, 'index.mjs'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    files[name] = {
      source: { path, packaging: 'zip' },
      destinations: { here: { objectKey: `${name}.zip` } },
    };
  }
  const template = { Resources: resources, Outputs: outputs };
  writeFileSync(join(folder, 'Sample.template.json'), JSON.stringify(template));
  writeFileSync(join(folder, 'Sample.assets.json'), JSON.stringify({ version: '48.0.0', files }));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** A resource with the construct path `Sample/<path>/Resource`. */
export function resource(Type: string, path: string, Properties: unknown): unknown {
  return { Type, Properties, Metadata: { 'aws:cdk:path': `Sample/${path}/Resource` } };
}
