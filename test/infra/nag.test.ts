import type { App } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { type Options, synthesize } from './synthesized-stack.ts';

const plugins = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

const everythingElse = {
  settings: { catalogs: 'AWS,Sandbox', tableRemoval: 'destroy', logRetentionDays: 7 },
  env: { account: '111122223333' },
};

const addQueue: Options['change'] = (stack) => {
  expect(new Queue(stack, 'Unguarded')).toBeDefined();
};

describe('cdk-nag', () => {
  it.each<[string, Options]>([
    ['as it is deployed by default', {}],
    ['with everything chosen differently', everythingElse],
  ])('finds nothing %s', (_, options) => {
    const { resources } = synthesize({ ...options, plugins });
    expect(resources.length).toBeGreaterThan(50);
  });

  it.each(['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'Serverless-SQSRedrivePolicy'])(
    'fails synth for a queue that nobody guards: %s',
    (rule) => {
      expect(() => synthesize({ plugins, change: addQueue })).toThrow(rule);
    },
  );
});
