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
 * Synthesizes the template of a deployment with default settings. It uses empty bundles, so nothing
 * has to be built.
 */
export function synthesizedTemplate(): Template {
  const parsed = parseConfig({});
  if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
  const { context } = v.parse(cdkJson, JSON.parse(readFileSync('cdk.json', 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'relay-docs-'));
  try {
    for (const { contract } of bundles) {
      mkdirSync(join(folder, 'dist', contract.name), { recursive: true });
      writeFileSync(join(folder, 'dist', contract.name, 'index.mjs'), `// ${contract.name}\n`);
    }
    // Like the CDK CLI, which adds to each resource the path of its construct.
    const app = new App({
      context: { ...context, 'aws:cdk:enable-path-metadata': true },
      outdir: join(folder, 'cdk.out'),
    });
    new PartnerCentralRelay(app, 'PartnerCentralRelay', {
      env: { region: partnerCentralRegion },
      config: parsed.config,
      bundles: join(folder, 'dist'),
    });
    app.synth();
    return readTemplate(join(folder, 'cdk.out'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
