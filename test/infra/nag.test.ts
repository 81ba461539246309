import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import * as v from 'valibot';
import { afterEach, describe, expect, it } from 'vitest';
import { type Options, synthesize } from './synthesized-stack.ts';

const plugins = (app: App) => [new AwsSolutionsChecks(app), new ServerlessChecks(app)];

describe('cdk-nag', () => {
  // A violation is reported in a file and by the exit code of the process, which here would be that of the tests.
  const before = process.exitCode;
  afterEach(() => {
    process.exitCode = before;
  });

  it.each<[string, Options]>([
    ['as it is deployed by default', {}],
    ['with everything chosen differently', {
      settings: { catalogs: 'AWS,Sandbox', tableRemoval: 'destroy', logRetentionDays: 7 },
      env: { account: '111122223333' },
    }],
  ])('finds nothing %s', (_, options) => {
    expect(violationsOf(options)).toEqual([]);
  });

  it('would find a queue without encryption, TLS and redrive', () => {
    const change: Options['change'] = (stack) => {
      expect(new Queue(stack, 'Unguarded')).toBeDefined();
    };
    expect(violationsOf({ change })).toEqual(
      expect.arrayContaining(['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'Serverless-SQSRedrivePolicy']),
    );
  });
});

const report = v.object({
  pluginReports: v.array(v.object({ violations: v.array(v.object({ ruleName: v.string() })) })),
});

function violationsOf(options: Options): string[] {
  const { directory } = synthesize({ ...options, plugins });
  const { pluginReports } = v.parse(
    report,
    JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')),
  );
  return pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
}
