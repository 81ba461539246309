import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { synthesizeInto } from '../../docs/generate/synthesized-template.ts';
import { commandActions } from '../../lambdas/core/command.ts';
import { runCommand } from './commands.ts';

/** Without it, synth prints a warning. */
const runbook = { 'relay:runbookUrl': 'https://example.com/runbook' };
const network = {
  'relay:allowedCidrs': '10.20.0.0/16,fd12:3456::/32',
  'relay:subnetIds': 'subnet-0a1b2c3d4e5f60718,subnet-0a1b2c3d4e5f60719',
  'relay:securityGroupIds': 'sg-0a1b2c3d4e5f60718',
};
const key = {
  'relay:kmsKeyArn': 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
};
const commands = { 'relay:commands': commandActions.join(), 'relay:signedCommands': 'yes' };
const everything = {
  ...network,
  ...key,
  ...commands,
  'relay:stackName': 'SandboxRelay',
  'relay:catalogs': 'AWS,Sandbox',
  'relay:concurrency': '400',
  'relay:alarmEmail': 'on-call@example.com',
  'relay:eventBuses': 'arn:aws:events:us-east-1:111122223333:event-bus/partners',
  'relay:rejectedInvitations': 'keep',
  'relay:logRetentionDays': '7',
  'relay:tableRemoval': 'destroy',
};

/** Deployments that differ in their resources, by name. */
const deployments = {
  default: {},
  key,
  network,
  commands,
  small: { 'relay:concurrency': '10' },
  destroyed: { 'relay:tableRemoval': 'destroy' },
  everything,
};

/**
 * CDK adds to each function a dependency on its role that `Fn::GetAtt` implies. That does no harm.
 */
const ignored = ['W3005'];

/**
 * Checks the templates of several deployments against AWS's resource specifications.
 * @param python in whose environment cfn-lint is
 * @returns the names of the deployments
 * @throws Error with what cfn-lint reports
 */
export async function lintTemplates(python: string, folder: string): Promise<readonly string[]> {
  const scratch = join(folder, 'lint');
  await rm(scratch, { recursive: true, force: true });
  const templates = Object.entries(deployments).map(([name, settings]) =>
    synthesizeInto(join(scratch, name), { ...runbook, ...settings }),
  );
  const options = ['--regions', 'us-east-1', '--ignore-checks', ...ignored, '--template', ...templates];
  const cfnLint = join(dirname(python), 'cfn-lint');
  const { code, output } = await runCommand(cfnLint, options, { env: process.env });
  if (code !== 0) throw new Error(`cfn-lint reports:\n${output}`);
  return Object.keys(deployments);
}
