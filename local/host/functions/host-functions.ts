import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { localArn } from '../local-account.ts';
import {
  type Identity,
  parseProperties,
  physicalName,
  type Resolve,
  titleOf,
} from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';
import { FunctionHost, lambdaEnvironment } from './function-host.ts';
import type { WorkerClock } from './worker-protocol.ts';

const schema = v.object({
  Runtime: v.optional(v.string()),
  Handler: v.optional(v.pipe(v.string(), v.regex(/^[^.]+\.[^.]+$/, 'Handler must be <file>.<export>'))),
  Code: v.object({ S3Key: v.optional(v.string()) }),
  // Defaults of Lambda.
  Timeout: v.optional(v.number(), 3),
  MemorySize: v.optional(v.number(), 128),
  ReservedConcurrentExecutions: v.optional(v.number(), Number.POSITIVE_INFINITY),
  Environment: v.optional(v.object({ Variables: v.optional(v.record(v.string(), v.string()), {}) }), {}),
});

export type Environment = Readonly<Record<string, string>>;

export interface HostFunctionsOptions {
  /** Maximum number of workers per function. */
  readonly concurrency: number;
  /** Returns the variables of a function, given the variables of the template. */
  readonly environment: (functionId: string, ofTemplate: Environment) => Environment;
  /** Returns the folder of the bundle of a function, given the folder of its asset. */
  readonly folder: (functionId: string, ofAsset: string) => string;
  /** @default the clock of the machine */
  readonly clock?: ((functionId: string) => WorkerClock) | undefined;
  /** Addresses of DNS servers. @default those of the machine */
  readonly nameServers?: readonly string[] | undefined;
  readonly onLine: (functionId: string, line: string) => void;
}

/**
 * Adds the name and ARN of every function. Must run before properties that refer to them resolve.
 */
export function registerFunctionIdentities(template: Template, identities: Map<string, Identity>): void {
  for (const { logicalId, type } of template.resources.values()) {
    if (type !== 'AWS::Lambda::Function') continue;
    const name = physicalName(template, logicalId);
    identities.set(logicalId, { ref: name, attributes: { Arn: localArn('lambda', `function:${name}`) } });
  }
}

/**
 * Prepares the Node.js functions of the template. The first invocation starts a function. Functions
 * with other runtimes, such as CDK custom resources, are left out.
 * @throws Error naming the logical id of a function whose bundle is missing
 */
export function hostFunctions(
  template: Template,
  resolve: Resolve,
  options: HostFunctionsOptions,
): readonly FunctionHost[] {
  const resources = [...template.resources.values()].filter(({ type }) => type === 'AWS::Lambda::Function');
  return resources.flatMap((resource) => {
    const { Runtime, Handler, Code, ...settings } = parseProperties(schema, resource, resolve);
    if (Runtime?.startsWith('nodejs') !== true || Handler === undefined || Code.S3Key === undefined)
      return [];
    const functionName = physicalName(template, resource.logicalId);
    const folder = options.folder(resource.id, template.assetFolder(Code.S3Key));
    const [file = '', exportName = ''] = Handler.split('.');
    const host = new FunctionHost({
      resource,
      functionName,
      start: {
        bundleUrl: bundleUrl(resource, folder, file),
        exportName,
        nameServers: options.nameServers,
      },
      timeoutMs: settings.Timeout * 1_000,
      memoryMb: settings.MemorySize,
      environment: {
        ...lambdaEnvironment(functionName, Handler, settings.MemorySize, folder),
        ...options.environment(resource.id, settings.Environment.Variables),
      },
      concurrency: Math.max(1, Math.min(options.concurrency, settings.ReservedConcurrentExecutions)),
      clock: options.clock,
      onLine: options.onLine,
    });
    return [host];
  });
}

function bundleUrl(resource: Resource, folder: string, file: string): string {
  const candidates = ['mjs', 'js', 'cjs'].map((extension) => join(folder, `${file}.${extension}`));
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(`${titleOf(resource)}: there is no bundle ${candidates.join(' or ')}`);
  return pathToFileURL(found).href;
}
