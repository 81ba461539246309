import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { partnerCentralRegion } from '../lib/config.ts';
import { parseConfig } from '../lib/parse-config.ts';
import { PartnerCentralRelay } from '../lib/partner-central-relay.ts';

const app = new App();
const parsed = parseConfig(app.node.getAllContext());
if ('problems' in parsed) {
  process.stderr.write(`${['The settings are invalid:', ...parsed.problems].join('\n- ')}\n`);
  process.exit(1);
}
const { config } = parsed;
new PartnerCentralRelay(app, config.stackName, { env: { region: partnerCentralRegion }, config });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
