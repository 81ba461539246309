import { App, Aspects, CfnResource, type IAspect } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { partnerCentralRegion } from '../../lib/config.ts';
import { parseConfig } from '../../lib/parse-config.ts';
import { PartnerCentralRelay } from '../../lib/partner-central-relay.ts';

/**
 * Points the functions to a simulated Partner Central and lets them send webhooks to this machine.
 */
class LocalServices implements IAspect {
  readonly #partnerCentralUrl: string;

  constructor(partnerCentralUrl: string | undefined) {
    if (partnerCentralUrl === undefined)
      throw new Error('Set PARTNER_CENTRAL_URL to the URL of the simulator.');
    this.#partnerCentralUrl = partnerCentralUrl;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof LambdaFunction)) return;
    node.addEnvironment('AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING', this.#partnerCentralUrl);
    node.addEnvironment('WEBHOOK_NETWORK', 'loopback');
  }
}

// The app of bin/app.ts for an emulator. Only these two variables of the functions differ.
const app = new App();
const parsed = parseConfig(app.node.getAllContext());
if ('problems' in parsed) throw new Error(parsed.problems.join('\n'));
const { config } = parsed;
const env = { region: partnerCentralRegion };
const stack = new PartnerCentralRelay(app, 'PartnerCentralRelay', { env, config });
Aspects.of(stack).add(new LocalServices(process.env['PARTNER_CENTRAL_URL']));
// For a deployment that fails at its last resource.
if (app.node.tryGetContext('test:fail') !== undefined) {
  const others = stack.node.children;
  new CfnResource(stack, 'Unknown', { type: 'Test::Unknown::Type' }).node.addDependency(...others);
}
