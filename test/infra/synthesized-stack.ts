import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Environment, type IPolicyValidationPlugin, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as v from 'valibot';
import { afterAll } from 'vitest';
import { bundles } from '../../lambdas/build.ts';
import { parseConfig, type RelayConfig } from '../../lib/config.ts';
import { PartnerCentralRelay } from '../../lib/partner-central-relay.ts';

const templateSchema = v.object({
  Resources: v.record(
    v.string(),
    v.object({ Type: v.string(), Properties: v.optional(v.record(v.string(), v.unknown()), {}) }),
  ),
});

/** The context that the CDK CLI gives the app: feature flags change what is synthesized. */
const { context } = v.parse(
  v.object({ context: v.record(v.string(), v.unknown()) }),
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
);

export interface Options {
  /** Keys of the context without their prefix. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Environment;
  readonly plugins?: (app: App) => readonly IPolicyValidationPlugin[];
  /** Runs before the app is synthesized. */
  readonly change?: (stack: PartnerCentralRelay) => void;
}

/** The stack as `bin/app.ts` makes it, on bundles that hold nothing, in a folder that goes with the test file. */
export function build(options: Options = {}) {
  const folder = temporaryFolder();
  const app = new App({ context, outdir: join(folder, 'cdk.out') });
  const stack = new PartnerCentralRelay(app, 'PartnerCentralRelay', {
    env: { region: 'us-east-1', ...options.env },
    config: configOf(options.settings ?? {}),
    bundles: emptyBundles(folder),
  });
  Validations.of(app).addPlugins(...(options.plugins?.(app) ?? []));
  options.change?.(stack);
  return { app, stack };
}

export function synthesize(options: Options = {}) {
  const { app, stack } = build(options);
  const template = Template.fromStack(stack);
  const { Resources } = v.parse(templateSchema, template.toJSON());
  const { directory } = app.synth();
  return { directory, template, stack, resources: Object.entries(Resources) };
}

export function configOf(settings: Readonly<Record<string, unknown>>): RelayConfig {
  const named = Object.entries(settings).map(([key, value]) => [`relay:${key}`, value]);
  const parsed = parseConfig(Object.fromEntries(named));
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  return parsed.config;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'relay-infra-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function emptyBundles(folder: string): string {
  for (const { contract } of bundles) {
    const bundle = join(folder, 'dist', contract.name);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, 'index.mjs'), `// ${contract.name}\n`);
  }
  return join(folder, 'dist');
}
