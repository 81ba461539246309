import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { keyPolicyStatements } from '../../lib/key-policy.ts';
import {
  commandFunctions,
  doorFunctions,
  exportFunctions,
  functions as usualFunctions,
} from './functions.ts';
import { synthesize } from './synthesized-stack.ts';

const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const functions = [...usualFunctions, ...commandFunctions, ...doorFunctions, ...exportFunctions];
const stack = synthesize({
  settings: { kmsKeyArn, commands: 'opportunity.update', signedCommands: true, exportHours: 24 },
});
const { template, ofType, logicalId } = stack;

const texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((value) => [value].flat()),
);
const documentSchema = v.object({
  Statement: v.array(
    v.object({
      Effect: v.string(),
      Action: texts,
      Resource: v.optional(v.unknown()),
      Principal: v.optional(v.unknown()),
      Condition: v.optional(v.unknown()),
    }),
  ),
});

/** Statements of all resources of a type that have a policy document. */
const statementsIn = (type: string) =>
  ofType(type).flatMap(([, properties]) =>
    v
      .parse(v.object({ PolicyDocument: documentSchema }), properties)
      .PolicyDocument.Statement.map((statement) => ({ ...statement, properties })),
  );

/** The KMS statements of a role that name a service. Those of event sources name none. */
const keyStatementsOf = (path: string) =>
  statementsIn('AWS::IAM::Policy')
    .filter(({ properties }) =>
      JSON.stringify(properties['Roles']).includes(`"${logicalId(`${path}/Role`)}"`),
    )
    .filter(({ Action, Condition }) => Condition && Action.some((action) => action.startsWith('kms:')))
    .map(({ Action, Resource, Condition }) => ({ Action, Resource, Condition }));

const through = (service: string, ...actions: readonly string[]) => ({
  Action: actions,
  Resource: kmsKeyArn,
  Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } },
});
const tables = through(
  'dynamodb',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
);
const secrets = through('secretsmanager', 'kms:Decrypt');
const files = through('s3', 'kms:Decrypt', 'kms:GenerateDataKey');
const queues = through('sqs', 'kms:Decrypt', 'kms:GenerateDataKey');

/** Service principals that policies of a type allow something. */
const servicesAllowedBy = (type: string): readonly unknown[] =>
  statementsIn(type)
    .filter(({ Effect }) => Effect === 'Allow')
    .map(({ Principal }) => Object(Principal).Service);

describe('a customer-managed key', () => {
  it('encrypts every table, queue, topic, log group and bucket', () => {
    template.allResourcesProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [{ SSESpecification: { KMSMasterKeyId: kmsKeyArn } }],
    });
    template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: kmsKeyArn });
    template.allResourcesProperties('AWS::SNS::Topic', { KmsMasterKeyId: kmsKeyArn });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: kmsKeyArn });
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { KMSMasterKeyID: kmsKeyArn } },
        ],
      },
    });
    template.hasOutput('KmsKeyArn', { Value: kmsKeyArn });
  });

  it.each(functions.map(({ path }) => path))(
    '%s may use it through the services that it calls, alone',
    (path) => {
      const signs = ['WebhookDelivery/Deliver', 'Commands/Door/Door'].includes(path);
      const others = path === 'RecordExport/Export' ? [files] : [...(signs ? [secrets] : []), queues];
      expect(keyStatementsOf(path)).toEqual([tables, ...others]);
    },
  );

  it.each(functions.filter(({ sourceActions }) => sourceActions.length > 0))(
    '$path may decrypt the messages of its event sources',
    ({ path }) => {
      const role = logicalId(`${path}/Role`);
      const ofSource = statementsIn('AWS::IAM::Policy').filter(
        ({ Action, Condition, properties }) =>
          !Condition &&
          Action.includes('kms:Decrypt') &&
          JSON.stringify(properties['Roles']).includes(`"${role}"`),
      );
      expect(ofSource.map(({ Resource }) => Resource)).toContain(kmsKeyArn);
    },
  );

  it('can be used by readers of records, through DynamoDB alone', () => {
    const [policy] = ofType('AWS::IAM::ManagedPolicy').filter(
      ([id]) => id === logicalId('ReadRecords/Policy'),
    );
    const { PolicyDocument } = v.parse(v.object({ PolicyDocument: documentSchema }), policy?.[1]);
    expect(PolicyDocument.Statement).toContainEqual({ Effect: 'Allow', ...tables });
  });

  it('needs a policy that names every service that writes to queues, topics and logs', () => {
    const writers = new Set([
      ...servicesAllowedBy('AWS::SQS::QueuePolicy'),
      ...servicesAllowedBy('AWS::SNS::TopicPolicy'),
      'logs.us-east-1.amazonaws.com',
    ]);
    const inPolicy = keyPolicyStatements('111122223333').flatMap(
      ({ Principal }) => Principal['Service'] ?? [],
    );
    expect(new Set(inPolicy)).toEqual(writers);
    expect(writers).toEqual(
      new Set(['events.amazonaws.com', 'cloudwatch.amazonaws.com', 'logs.us-east-1.amazonaws.com']),
    );
  });

  it('is not used unless it is set', () => {
    const names = synthesize().resources.filter(([, resource]) =>
      /kms:|KmsKeyId|KmsMaster/i.test(JSON.stringify(resource)),
    );
    expect(names.map(([id]) => id)).toEqual([]);
  });
});
