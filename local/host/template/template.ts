import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';

/** One resource of a synthesized template. Its properties are not resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /**
   * Construct path below the stack without `/Resource`, e.g. `Hydration/Queue`, or the logical id.
   */
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly stackName: string;
  readonly resources: ReadonlyMap<string, Resource>;
  /** Parameters that have a default value. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Values of the outputs by name. They are not resolved. */
  readonly outputs: ReadonlyMap<string, unknown>;
  /** Returns the folder of the asset that CDK uploads with this S3 key. */
  readonly assetFolder: (s3Key: string) => string;
}

const templateSchema = v.object({
  Parameters: v.optional(
    v.record(v.string(), v.object({ Default: v.optional(v.union([v.string(), v.number(), v.boolean()])) })),
    {},
  ),
  Outputs: v.optional(v.record(v.string(), v.object({ Value: v.unknown() })), {}),
  Resources: v.record(
    v.string(),
    v.object({
      Type: v.string(),
      Properties: v.optional(v.record(v.string(), v.unknown()), {}),
      Metadata: v.optional(v.object({ 'aws:cdk:path': v.optional(v.string()) }), {}),
    }),
  ),
});

const assetsSchema = v.object({
  files: v.record(
    v.string(),
    v.object({
      source: v.object({ path: v.optional(v.string()) }),
      destinations: v.record(v.string(), v.object({ objectKey: v.string() })),
    }),
  ),
});

const suffix = '.template.json';

/**
 * Reads a synthesized template.
 * @param location a `*.template.json` file, or a `cdk.out` folder that contains exactly one
 * @throws Error if there is not exactly one file, or it is not a template
 */
export function readTemplate(location: string): Template {
  const file = templateFile(location);
  const parsed = v.safeParse(templateSchema, JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a template: ${v.summarize(parsed.issues)}`);
  const resources = Object.entries(parsed.output.Resources).map(
    ([logicalId, resource]): [string, Resource] => [
      logicalId,
      {
        logicalId,
        type: resource.Type,
        id: shortId(resource.Metadata['aws:cdk:path']) ?? logicalId,
        properties: resource.Properties,
      },
    ],
  );
  const parameters = Object.entries(parsed.output.Parameters).flatMap(
    ([name, { Default }]): [string, string][] => (Default === undefined ? [] : [[name, String(Default)]]),
  );
  return {
    stackName: basename(file, suffix),
    resources: new Map(resources),
    parameters: new Map(parameters),
    outputs: new Map(Object.entries(parsed.output.Outputs).map(([name, { Value }]) => [name, Value])),
    assetFolder: assetFolders(file),
  };
}

function templateFile(location: string): string {
  if (!existsSync(location))
    throw new Error(`There is no template at ${location}: synthesize first (cdk synth).`);
  if (!statSync(location).isDirectory()) return location;
  const found = readdirSync(location).filter((name) => name.endsWith(suffix));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${location} must hold exactly one ${suffix} file, found: ${found.join(', ') || 'none'}`);
  }
  return join(location, only);
}

/**
 * `Stack/Hydration/Queue/Resource` -> `Hydration/Queue`. CDK names the main resource `Resource`.
 */
function shortId(path: string | undefined): string | undefined {
  return path?.replace(/^[^/]+\//, '').replace(/\/Resource$/, '');
}

function assetFolders(file: string): (s3Key: string) => string {
  const folder = dirname(file);
  const manifest = join(folder, `${basename(file, suffix)}.assets.json`);
  const pathOfKey = new Map<string, string>();
  if (existsSync(manifest)) {
    const { files } = v.parse(assetsSchema, JSON.parse(readFileSync(manifest, 'utf8')));
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations)) {
        if (source.path !== undefined) pathOfKey.set(objectKey, source.path);
      }
    }
  }
  // Without a manifest the folder has the asset hash as its name, like the key.
  return (s3Key) => join(folder, pathOfKey.get(s3Key) ?? `asset.${s3Key.replace(/\.zip$/, '')}`);
}
