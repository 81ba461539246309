import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { fileDays, fullExportDays } from '../../lambdas/export/contract.ts';
import { synthesize } from './synthesized-stack.ts';

const { template, ofType, logicalId } = synthesize({ settings: { exportHours: 6, tableRemoval: 'destroy' } });

it('a stack without the setting has no bucket, no function and no output for exports', () => {
  const { resources, template: without } = synthesize();
  expect(resources.filter(([id]) => /Export/.test(id))).toEqual([]);
  expect(Object.keys(without.findOutputs('*')).filter((name) => name.startsWith('Export'))).toEqual([]);
});

it('the bucket of exports is private, encrypted, deletes its files, and is kept with the stack', () => {
  expect(ofType('AWS::S3::Bucket')).toHaveLength(1);
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: [
          {
            ExpirationInDays: 42,
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            Status: 'Enabled',
          },
        ],
      },
      // An older version of a deleted file would keep its personal data.
      VersioningConfiguration: Match.absent(),
    },
  });
});

it('the bucket of exports refuses requests without TLS', () => {
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: { Ref: logicalId('RecordExport/Bucket') },
    PolicyDocument: {
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  });
});

it('the files of a chain outlive the full export that follows it by two weeks', () => {
  expect(fileDays - fullExportDays).toBe(14);
});

it('the function of exports knows how often, and the stack says so and names its bucket', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        EXPORT_HOURS: '6',
        EXPORT_BUCKET_NAME: { Ref: logicalId('RecordExport/Bucket') },
        EXPORT_KEY_ARN: 'none',
      },
    },
  });
  template.hasOutput('ExportHours', { Value: '6' });
  template.hasOutput('ExportBucketName', { Value: { Ref: logicalId('RecordExport/Bucket') } });
  template.hasOutput('ExportFunctionName', { Value: { Ref: logicalId('RecordExport/Export/Function') } });
});
