import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as v from 'valibot';
import { bundles } from '../../lambdas/build.ts';
import { partnerCentralRegion } from '../../lib/config.ts';
import { parseConfig } from '../../lib/parse-config.ts';
import { PartnerCentralRelay } from '../../lib/partner-central-relay.ts';
import { readTemplate, type Template } from '../../local/host/template/template.ts';

const cdkJson = v.object({ context: v.record(v.string(), v.unknown()) });

/**
 * Synthesizes the template of a deployment.
 * @param settings by context key. @default the default settings
 */
export function synthesizedTemplate(settings: Readonly<Record<string, string>> = {}): Template {
  const folder = mkdtempSync(join(tmpdir(), 'relay-docs-'));
  try {
    return readTemplate(synthesizeInto(folder, settings));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Synthesizes the stack with empty bundles, so nothing has to be built.
 * @param settings by context key
 * @returns the file of the template
 */
export function synthesizeInto(folder: string, settings: Readonly<Record<string, string>>): string {
  const parsed = parseConfig(settings);
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { context } = v.parse(cdkJson, JSON.parse(readFileSync('cdk.json', 'utf8')));
  for (const { contract } of bundles) {
    mkdirSync(join(folder, 'dist', contract.name), { recursive: true });
    writeFileSync(join(folder, 'dist', contract.name, 'index.mjs'), `// ${contract.name}\n`);
  }
  const outdir = join(folder, 'cdk.out');
  // Like the CDK CLI, which adds to each resource the path of its construct.
  const app = new App({ context: { ...context, 'aws:cdk:enable-path-metadata': true }, outdir });
  const stack = new PartnerCentralRelay(app, parsed.config.stackName, {
    env: { region: partnerCentralRegion },
    config: parsed.config,
    bundles: join(folder, 'dist'),
  });
  app.synth();
  return join(outdir, stack.templateFile);
}
