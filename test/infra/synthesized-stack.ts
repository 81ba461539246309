import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  App,
  CfnElement,
  type Environment,
  type IPolicyValidationPlugin,
  Stage,
  Validations,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { afterAll } from 'vitest';
import { bundles } from '../../lambdas/build.ts';
import type { RelayConfig } from '../../lib/config.ts';
import { parseConfig } from '../../lib/parse-config.ts';
import { PartnerCentralRelay } from '../../lib/partner-central-relay.ts';

const templateSchema = v.object({
  Resources: v.record(
    v.string(),
    v.object({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) }),
  ),
});

/**
 * The context that the CDK CLI passes to the app. It contains feature flags that change the
 * template.
 */
export const { context } = v.parse(
  v.object({ context: v.record(v.string(), v.unknown()) }),
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
);

export interface Options {
  /** Keys of the context without their prefix. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  /**
   * Environment of a CDK `Stage` around the stack, which then has none itself.
   * @default no stage
   */
  readonly stage?: Environment;
  readonly plugins?: (app: App) => readonly IPolicyValidationPlugin[];
  /** Runs before the app is synthesized. */
  readonly change?: (stack: PartnerCentralRelay) => void;
}

/**
 * Builds the stack like `bin/app.ts`, with empty bundles in a folder that is deleted after the
 * tests.
 */
function build(options: Options): PartnerCentralRelay {
  const folder = temporaryFolder();
  const app = new App({ context, outdir: join(folder, 'cdk.out') });
  const scope = options.stage ? new Stage(app, 'Stage', { env: options.stage }) : app;
  const config = configOf(options.settings ?? {});
  const stack = new PartnerCentralRelay(scope, config.stackName, {
    ...(options.stage ? {} : { env: { region: 'us-east-1', ...options.env } }),
    config,
    bundles: emptyBundles(folder),
  });
  Validations.of(app).addPlugins(...(options.plugins?.(app) ?? []));
  options.change?.(stack);
  return stack;
}

export type Properties = Readonly<Record<string, unknown>>;

/** @throws Error if synth rejects the stack */
export function synthesize(options: Options = {}) {
  const stack = build(options);
  const template = Template.fromStack(stack);
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
  const { Resources } = v.parse(templateSchema, template.toJSON());
  const resources = Object.entries(Resources);
  return {
    template,
    resources,
    warnings: warnings.map(({ entry }) => JSON.stringify(entry.data)),
    ofType: (type: string): readonly (readonly [string, Properties])[] =>
      resources.flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties] as const] : [])),
    /** @param path of a construct below the stack, e.g. `Hydration/HydrateOpportunity/Role` */
    logicalId: (path: string): string => {
      const found = stack.node.findAll().find(({ node }) => node.path === `${stack.node.path}/${path}`);
      const element = found?.node.defaultChild;
      if (!element || !CfnElement.isCfnElement(element)) throw new Error(`There is no resource at ${path}`);
      return String(stack.resolve(element.logicalId));
    },
  };
}

export function configOf(settings: Readonly<Record<string, unknown>>): RelayConfig {
  const named = Object.entries(settings).map(([key, value]) => [`relay:${key}`, value]);
  const parsed = parseConfig(Object.fromEntries(named));
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

/** @returns a new folder, removed at the end of the test file. */
export function temporaryFolder(): string {
  return mkdtempSync(join(allFolders, 'folder-'));
}

const allFolders = mkdtempSync(join(tmpdir(), 'relay-infra-'));
afterAll(() => rmSync(allFolders, { recursive: true, force: true }));

export function emptyBundles(folder: string): string {
  for (const { contract } of bundles) {
    const bundle = join(folder, 'dist', contract.name);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'index.mjs'), `// ${contract.name}\n`);
  }
  return join(folder, 'dist');
}
