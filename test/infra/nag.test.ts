import type { App } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type Options, synthesize } from './synthesized-stack.ts';

const plugins = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

const everythingChanged = {
  settings: {
    catalogs: 'AWS,Sandbox',
    commands: 'invitation.accept,Sandbox:opportunity.update',
    signedCommands: true,
    tableRemoval: 'destroy',
    exportHours: 1,
    alarmEmail: 'oncall@example.com',
    logRetentionDays: 7,
    eventBuses: 'arn:aws:events:us-east-1:111122223333:event-bus/partners',
    allowedCidrs: '10.20.0.0/16',
    subnetIds: 'subnet-0a1b2c3d',
    securityGroupIds: 'sg-0a1b2c3d',
    kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
  env: { account: '111122223333' },
};

const addQueue: Options['change'] = (stack) => {
  expect(new Queue(stack, 'Unguarded')).toBeDefined();
};

/**
 * The first run of the rules takes ten seconds on a busy machine of two cores, and may take twice
 * that.
 */
const timeoutMs = 60_000;

describe('cdk-nag', { timeout: timeoutMs }, () => {
  it.each<[string, Options]>([
    ['with default settings', {}],
    ['with every setting changed', everythingChanged],
  ])('reports nothing about a stack %s', (_, options) => {
    const { resources } = synthesize({ ...options, plugins });
    expect(resources.length).toBeGreaterThan(50);
  });

  it.each(['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'Serverless-SQSRedrivePolicy'])(
    'makes synth fail for an unguarded queue by rule %s',
    (rule) => {
      expect(() => synthesize({ plugins, change: addQueue })).toThrow(rule);
    },
  );
});
