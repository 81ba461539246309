import { resource, type WrittenAssembly, writeAssembly } from './write-assembly.ts';

/**
 * rule -> intake -> record (writes a row) -> stream -> fan-out -> doorbell -> deliver, and a
 * schedule.
 */
export async function writeSampleAssembly(
  changes: Readonly<Record<string, unknown>> = {},
): Promise<WrittenAssembly> {
  return await writeAssembly({ ...resources, ...changes }, { record, fanOut, deliver, sweep, slow });
}

/** Writes one row per message. Only a message with `poison` in its detail fails. */
const record = `
  import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
  const client = new DynamoDBClient({});
  export async function handler({ Records }) {
    const outcomes = await Promise.allSettled(Records.map(async ({ body }) => {
      const { id, detail } = JSON.parse(body);
      if (detail.poison) throw new Error('poison');
      const Item = { pk: { S: id }, name: { S: 'plain' }, raw: { B: Buffer.from('raw') } };
      await client.send(new PutItemCommand({ TableName: process.env.TABLE_NAME, Item }));
    }));
    const failed = Records.filter((_, index) => outcomes[index].status === 'rejected');
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }
`;

/** Sends one doorbell message per row. A row named `flaky` fails once, `failing` always. */
const fanOut = `
  import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
  const client = new SQSClient({});
  const tried = new Set();
  export async function handler({ Records }) {
    const failedAt = Records.findIndex(({ dynamodb: { NewImage: { pk, name } } }) => {
      const isFirst = !tried.has(pk.S);
      tried.add(pk.S);
      return name.S === 'failing' || (name.S === 'flaky' && isFirst);
    });
    const good = failedAt === -1 ? Records : Records.slice(0, failedAt);
    await Promise.all(good.map(async ({ dynamodb: { NewImage: { pk, raw } } }) => {
      const MessageBody = JSON.stringify({ pk: pk.S, raw: raw.B });
      const MessageAttributes = { source: { DataType: 'String', StringValue: 'stream' } };
      await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody, MessageAttributes }));
    }));
    if (failedAt === -1) return;
    return { batchItemFailures: [{ itemIdentifier: Records[failedAt].dynamodb.SequenceNumber }] };
  }
`;

const deliver = `
  export async function handler({ Records }) {
    for (const { body, messageAttributes } of Records) {
      console.log('delivered', body, messageAttributes.source?.stringValue, process.env.EXTRA);
    }
  }
`;

const sweep = `
  import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
  const client = new SQSClient({});
  export async function handler({ reason }) {
    await client.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: JSON.stringify({ reason }) }));
  }
`;

/** Blocks for a minute at the first receive of a message. */
const slow = `
  if (process.env.NEEDED === undefined) throw new Error('NEEDED is missing');
  export async function handler({ Records }) {
    const isFirst = Records.some(({ attributes }) => attributes.ApproximateReceiveCount === '1');
    if (isFirst) await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
`;

const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** A function with the code of the source with this name. */
export function sampleFunction(
  name: string,
  path: string,
  Variables: Readonly<Record<string, unknown>>,
  Timeout = 10,
): unknown {
  return resource('AWS::Lambda::Function', path, {
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Architectures: ['arm64'],
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${name}.zip` },
    Role: arn('Role'),
    Timeout,
    MemorySize: 256,
    Environment: { Variables },
  });
}

const resources = {
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Topic: { Type: 'AWS::SNS::Topic' },
  CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: { Analytics: 'v2' } },
  Records1: resource('AWS::DynamoDB::GlobalTable', 'Records/Table', {
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    Replicas: [{ Region: 'us-east-1' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  }),
  Intake1: resource('AWS::SQS::Queue', 'Intake/Queue', {
    VisibilityTimeout: 6,
    DelaySeconds: 1,
    RedrivePolicy: { deadLetterTargetArn: arn('IntakeParked1'), maxReceiveCount: 3 },
    RedriveAllowPolicy: { redrivePermission: 'denyAll' },
    SqsManagedSseEnabled: true,
  }),
  IntakeParked1: resource('AWS::SQS::Queue', 'Intake/Parked', { MessageRetentionPeriod: 1_209_600 }),
  TargetFailures1: resource('AWS::SQS::Queue', 'Intake/TargetFailures', {}),
  Doorbell1: resource('AWS::SQS::Queue', 'Doorbell', { VisibilityTimeout: 6 }),
  Record1: sampleFunction('record', 'Record/Function', {
    TABLE_NAME: { Ref: 'Records1' },
    ALARM: { Ref: 'Topic' },
  }),
  FanOut1: sampleFunction('fanOut', 'FanOut/Function', { QUEUE_URL: { Ref: 'Doorbell1' } }),
  Deliver1: sampleFunction('deliver', 'Deliver/Function', {}),
  Sweep1: sampleFunction('sweep', 'Sweep/Function', { QUEUE_URL: { Ref: 'Doorbell1' } }),
  Slow1: sampleFunction('slow', 'Slow/Function', { NEEDED: 'yes' }, 1),
  Slows1: resource('AWS::SQS::Queue', 'Slow/Queue', { VisibilityTimeout: 6 }),
  FromSlows1: resource('AWS::Lambda::EventSourceMapping', 'Slow/FromQueue', {
    EventSourceArn: arn('Slows1'),
    FunctionName: { Ref: 'Slow1' },
    FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { wanted: [true] } }) }] },
  }),
  Rule1: resource('AWS::Events::Rule', 'Intake/Rule', {
    EventPattern: { source: ['sample'], 'detail-type': [{ prefix: 'Thing ' }] },
    State: 'ENABLED',
    Targets: [
      {
        Id: 'Target0',
        Arn: arn('Intake1'),
        DeadLetterConfig: { Arn: arn('TargetFailures1') },
        RetryPolicy: {},
      },
    ],
  }),
  FromIntake1: resource('AWS::Lambda::EventSourceMapping', 'Record/FromIntake', {
    EventSourceArn: arn('Intake1'),
    FunctionName: { Ref: 'Record1' },
    BatchSize: 50,
    MaximumBatchingWindowInSeconds: 2,
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 2 },
  }),
  FromStream1: resource('AWS::Lambda::EventSourceMapping', 'FanOut/FromStream', {
    EventSourceArn: { 'Fn::GetAtt': ['Records1', 'StreamArn'] },
    FunctionName: arn('FanOut1'),
    StartingPosition: 'LATEST',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    MaximumRetryAttempts: 2,
    BisectBatchOnFunctionError: true,
    FilterCriteria: {
      Filters: [
        {
          Pattern: JSON.stringify({
            eventName: ['INSERT'],
            dynamodb: { NewImage: { name: { S: [{ 'anything-but': 'hidden' }] } } },
          }),
        },
      ],
    },
  }),
  FromDoorbell1: resource('AWS::Lambda::EventSourceMapping', 'Deliver/FromDoorbell', {
    EventSourceArn: arn('Doorbell1'),
    FunctionName: { Ref: 'Deliver1' },
  }),
  Schedule1: resource('AWS::Scheduler::Schedule', 'Sweep/Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    Target: { Arn: arn('Sweep1'), RoleArn: arn('Role'), Input: '{"reason":"due"}' },
  }),
};
