import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App } from 'aws-cdk-lib';
import * as v from 'valibot';
import { partnerCentralRegion, prefix } from '../lib/config.ts';
import { parseConfig } from '../lib/parse-config.ts';
import { PartnerCentralRelay } from '../lib/partner-central-relay.ts';
import { currentBundles } from './bundles.ts';
import { localQuota, stageFolder, stagePrefix } from './deployment.ts';
import { removeOrphanedFolders } from './host/process-folder.ts';

const cdkJson = v.object({ context: v.record(v.string(), v.unknown()) });

/**
 * Synthesizes the stack of `bin/app.ts` in this process, with the bundles of a deployment. Three
 * settings differ: both catalogs are used; the settling time is 0, because the simulator returns
 * every change at once; and the read quota is larger.
 * @param settings more settings that differ, by key without prefix
 * @returns the file of the template
 * @throws Error that names every invalid setting
 */
export async function synthesize({
  folder = stageFolder,
  settings = {},
}: {
  readonly folder?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
} = {}): Promise<string> {
  const differing = {
    catalogs: 'AWS,Sandbox',
    settleSeconds: 0,
    readsPerSecond: localQuota.perSecond,
    readsPerDay: localQuota.perDay,
    ...settings,
  };
  const bundles = await currentBundles();
  if (folder === stageFolder) {
    process.once('exit', () => rmSync(stageFolder, { recursive: true, force: true }));
    removeOrphanedFolders(dirname(stageFolder), stagePrefix);
  }
  const app = createApp(folder);
  // As texts, like those of a command line.
  const context = Object.entries(differing).map(([key, value]) => [`${prefix}${key}`, String(value)]);
  const parsed = parseConfig(Object.fromEntries(context));
  if ('problems' in parsed) throw new Error(['The settings are invalid:', ...parsed.problems].join('\n- '));
  const { config } = parsed;
  const env = { region: partnerCentralRegion };
  const { templateFile } = new PartnerCentralRelay(app, config.stackName, { env, config, bundles });
  app.synth();
  return join(folder, templateFile);
}

/**
 * Like the app of the CDK CLI, without what a deployment and the tests of the template check: the
 * rules of CloudFormation and of cdk-nag take longer than everything else here.
 */
function createApp(outdir: string): App {
  const { context } = v.parse(
    cdkJson,
    JSON.parse(readFileSync(new URL('../cdk.json', import.meta.url), 'utf8')),
  );
  return new App({
    outdir,
    context: {
      ...context,
      // The CLI sets it: it adds to each resource the path of its construct.
      'aws:cdk:enable-path-metadata': true,
      // Warnings stay in the metadata, where the CLI finds them.
      '@aws-cdk/core:annotationsInValidationReport': false,
    },
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
  });
}
