import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeRuleCommand,
  EventBridgeClient,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ResourceNotFoundException as RuleNotFound,
} from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientSettings } from '../../../../local/host/local-account.ts';
import { type Stage, startStage } from '../../../../local/host/stage.ts';
import { sampleFunction } from '../sample-assembly.ts';
import { resource, type WrittenAssembly, writeAssembly } from '../write-assembly.ts';

const echo = `
  export async function handler(event) {
    if (event.fail) throw new RangeError('requested failure');
    return { got: event };
  }
`;

function rule(path: string, State: string, source: string): unknown {
  const Targets = [{ Id: 'T', Arn: { 'Fn::GetAtt': ['Q1', 'Arn'] } }];
  return resource('AWS::Events::Rule', path, { EventPattern: { source: [source] }, State, Targets });
}

let assembly: WrittenAssembly;
let stage: Stage;

beforeAll(async () => {
  assembly = await writeAssembly(
    {
      Q1: resource('AWS::SQS::Queue', 'Q', {}),
      Echo1: sampleFunction('echo', 'Echo', { LIMIT: '10' }),
      On1: rule('On', 'ENABLED', 'seen'),
      Off1: rule('Off', 'DISABLED', 'seen'),
    },
    { echo },
    { EchoName: { Value: { Ref: 'Echo1' } }, Text: { Value: 'a < b & c' } },
  );
  stage = await startStage({
    template: assembly.folder,
    env: {},
    partnerCentralUrl: 'http://127.0.0.1:9',
    onLine: () => undefined,
  });
});
afterAll(async () => {
  await stage.stop();
  assembly.remove();
});

const settings = (service: keyof Stage['controlPlane']) => clientSettings(stage.controlPlane[service]);

it('CloudFormation returns the outputs with their values', async () => {
  const client = new CloudFormationClient(settings('AWS_ENDPOINT_URL_CLOUDFORMATION'));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'Sample' }));
  expect(Stacks).toMatchObject([
    {
      StackName: 'Sample',
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [
        { OutputKey: 'EchoName', OutputValue: 'Sample-Echo1' },
        { OutputKey: 'Text', OutputValue: 'a < b & c' },
      ],
    },
  ]);
});

it('CloudFormation refuses a stack of another name with the error of the service', async () => {
  const client = new CloudFormationClient(settings('AWS_ENDPOINT_URL_CLOUDFORMATION'));
  await expect(client.send(new DescribeStacksCommand({ StackName: 'Other' }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Other does not exist',
  });
});

it('STS returns the account of the stage', async () => {
  const client = new STSClient(settings('AWS_ENDPOINT_URL_STS'));
  expect(await client.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '000000000000' });
});

it('Lambda invokes a function and returns its failure like the service', async () => {
  const client = new LambdaClient(settings('AWS_ENDPOINT_URL_LAMBDA'));
  const invoke = (event: unknown) =>
    client.send(new InvokeCommand({ FunctionName: 'Sample-Echo1', Payload: JSON.stringify(event) }));
  const done = await invoke({ now: true });
  expect(done.FunctionError).toBeUndefined();
  expect(JSON.parse(done.Payload?.transformToString() ?? '')).toEqual({ got: { now: true } });
  const failed = await invoke({ fail: true });
  expect(failed.FunctionError).toBe('Unhandled');
  expect(JSON.parse(failed.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'RangeError' });
});

it('Lambda accepts an asynchronous event without waiting, and refuses an unknown function', async () => {
  const client = new LambdaClient(settings('AWS_ENDPOINT_URL_LAMBDA'));
  const event = { FunctionName: 'Sample-Echo1', InvocationType: 'Event', Payload: '{"fail":true}' } as const;
  expect(await client.send(new InvokeCommand(event))).toMatchObject({ StatusCode: 202 });
  await expect(client.send(new InvokeCommand({ FunctionName: 'Missing' }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
});

it('Lambda returns the environment of a function', async () => {
  const client = new LambdaClient(settings('AWS_ENDPOINT_URL_LAMBDA'));
  const configuration = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: 'Sample-Echo1' }),
  );
  expect(configuration.Environment?.Variables).toMatchObject({ LIMIT: '10' });
});

it('EventBridge finds the rules of a queue with their state', async () => {
  const client = new EventBridgeClient(settings('AWS_ENDPOINT_URL_EVENTBRIDGE'));
  const TargetArn = stage.queues.get('Q').arn;
  const { RuleNames } = await client.send(new ListRuleNamesByTargetCommand({ TargetArn }));
  expect(RuleNames).toEqual(['Sample-On1', 'Sample-Off1']);
  const stateOf = async (Name: string) => (await client.send(new DescribeRuleCommand({ Name }))).State;
  expect([await stateOf('Sample-On1'), await stateOf('Sample-Off1')]).toEqual(['ENABLED', 'DISABLED']);
  await expect(stateOf('Sample-Missing')).rejects.toBeInstanceOf(RuleNotFound);
  await expect(client.send(new ListRulesCommand({}))).rejects.toThrow('does not support AWSEvents.ListRules');
});

it('CloudWatch returns the number of events that a rule matched', async () => {
  const client = new CloudWatchClient(settings('AWS_ENDPOINT_URL_CLOUDWATCH'));
  const before = await sumOf(client, 'Sample-On1');
  await stage.bus.put({ id: 'e1', source: 'seen' });
  await stage.bus.put({ id: 'e2', source: 'other' });
  expect(await sumOf(client, 'Sample-On1')).toBe(before + 1);
  expect(await sumOf(client, 'Sample-Off1')).toBe(0);
});

async function sumOf(client: CloudWatchClient, RuleName: string): Promise<number> {
  const Metric = {
    Namespace: 'AWS/Events',
    MetricName: 'MatchedEvents',
    Dimensions: [{ Name: 'RuleName', Value: RuleName }],
  };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date('2026-01-01T00:00:00Z'),
      EndTime: new Date('2099-01-01T00:00:00Z'),
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 86_400, Stat: 'Sum' } }],
    }),
  );
  return (MetricDataResults?.[0]?.Values ?? []).reduce((sum, value) => sum + value, 0);
}
