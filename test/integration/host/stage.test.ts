import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InvocationResult } from '../../../local/host/functions/invocation.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type Stage, type StageOptions, startStage } from '../../../local/host/stage.ts';
import { sampleFunction, writeSampleAssembly } from './sample-assembly.ts';
import { resource, type WrittenAssembly, writeAssembly } from './write-assembly.ts';

interface RecordedInvocation {
  readonly functionId: string;
  readonly event: unknown;
  readonly result: InvocationResult;
}

// 20 ms of delay, 40 ms of window, 120 ms to redelivery, 1.2 s between schedules.
const timeScale = 0.02;

let assembly: WrittenAssembly;
let stage: Stage;
let sqs: SQSClient;
let lines: string[] = [];
let invocations: RecordedInvocation[] = [];

beforeAll(async () => {
  assembly = await writeSampleAssembly();
  stage = await startStage({
    ...optionsOf(assembly.folder),
    timeScale,
    functionEnvironment: (functionId) => ({ EXTRA: functionId === 'Deliver/Function' ? 'given' : 'else' }),
    onLine: (functionId, line) => lines.push(`${functionId}> ${line}`),
    onInvoke: (functionId, event, result) => invocations.push({ functionId, event, result }),
  });
  sqs = new SQSClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SQS));
  // Starts the workers, so that no test waits for a cold start.
  await stage.bus.put(eventOf('warm-up'));
  await stage.idle();
});
afterAll(async () => {
  await stage.stop();
  assembly.remove();
});
beforeEach(() => {
  lines = [];
  invocations = [];
});

function eventOf(id: string, detail: Readonly<Record<string, unknown>> = {}) {
  return { version: '0', id, source: 'sample', 'detail-type': 'Thing Made', detail };
}

function deliveredIds(): readonly string[] {
  return lines
    .flatMap((line) => /^Deliver\/Function> delivered .*"pk":"([^"]+)"/.exec(line)?.[1] ?? [])
    .toSorted();
}

async function messagesIn(queueId: string): Promise<readonly Message[]> {
  const QueueUrl = stage.queues.get(queueId).url;
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  return (await sqs.send(command)).Messages ?? [];
}

/** `ok`, or the message of the error, of each invocation. */
function outcomesOf(functionId: string): readonly string[] {
  return invocations
    .filter((invocation) => invocation.functionId === functionId)
    .map(({ result }) => (result.ok ? 'ok' : result.error.message.replace(`${functionId}: `, '')));
}

describe('the stage', () => {
  it('delivers an event from the rule through queue, table, stream and queue to the last function', async () => {
    expect(await stage.bus.put(eventOf('e1'))).toEqual(['Intake/Rule']);
    expect(await stage.bus.put({ ...eventOf('e2'), source: 'other' })).toEqual([]);
    await stage.idle();
    await expect
      .poll(() => lines)
      .toContain('Deliver/Function> delivered {"pk":"e1","raw":"cmF3"} stream given');
    expect(deliveredIds()).toEqual(['e1']);
    expect(invocations.find(({ functionId }) => functionId === 'Record/Function')?.event).toMatchObject({
      Records: [
        {
          body: JSON.stringify(eventOf('e1')),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Sample-Intake1',
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    });
    expect(invocations.find(({ functionId }) => functionId === 'FanOut/Function')?.event).toMatchObject({
      Records: [
        {
          eventName: 'INSERT',
          awsRegion: 'us-east-1',
          dynamodb: { Keys: { pk: { S: 'e1' } }, NewImage: { raw: { B: 'cmF3' } } },
        },
      ],
    });
  });

  it('processes a burst in batches and loses no event', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `burst-${index}`);
    await Promise.all(ids.map((id) => stage.bus.put(eventOf(id))));
    await stage.idle();
    await expect.poll(deliveredIds).toEqual(ids.toSorted());
    expect(invocations.filter(({ functionId }) => functionId === 'Record/Function').length).toBeLessThan(30);
  });

  it('retries only the failed message of a batch, and parks it after three receives', async () => {
    await Promise.all([stage.bus.put(eventOf('good')), stage.bus.put(eventOf('bad', { poison: true }))]);
    await stage.idle();
    await expect.poll(deliveredIds).toEqual(['good']);
    const receives = invocations
      .filter(({ functionId }) => functionId === 'Record/Function')
      .map(({ event }) => JSON.stringify(event))
      .filter((text) => text.includes('\\"bad\\"'));
    expect(receives).toHaveLength(3);
    expect(receives[2]).not.toContain('\\"good\\"');
    expect(receives[2]).toContain('"ApproximateReceiveCount":"3"');
    expect(await messagesIn('Intake/Parked')).toMatchObject([
      { Body: JSON.stringify(eventOf('bad', { poison: true })) },
    ]);
  });

  it('retries a stream from the failed record in order, and drops a permanently failing record', async () => {
    const rows = [
      ['s1', 'plain'],
      ['s2', 'flaky'],
      ['s3', 'hidden'],
      ['s4', 'plain'],
      ['s5', 'failing'],
      ['s6', 'plain'],
    ];
    await stage.pause('Records/Table');
    const client = new DynamoDBClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_DYNAMODB));
    const TableName = stage.tables.get('Records/Table').tableName;
    for (const [id = '', name = ''] of rows) {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: id }, name: { S: name }, raw: { B: new Uint8Array(1) } },
        }),
      );
    }
    expect(outcomesOf('FanOut/Function')).toEqual([]);
    stage.resume('Records/Table');
    await stage.idle();
    // As on AWS, s6 is dropped with s5, because both are in one batch.
    await expect.poll(deliveredIds).toEqual(['s1', 's2', 's4']);
    expect(lines).toContain(
      'FanOut/Function> FanOut/FromStream: 2 stream records were dropped after 3 attempts',
    );
    expect((await client.send(new ScanCommand({ TableName }))).Items).toContainEqual(
      expect.objectContaining({ pk: { S: 's6' } }),
    );
  });

  it('retries the messages of an invocation that timed out or whose worker was killed', async () => {
    const QueueUrl = stage.queues.get('Slow/Queue').url;
    const slow = stage.functions.get('Slow/Function');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"wanted":true}' }));
    await expect
      .poll(() => outcomesOf('Slow/Function'), { timeout: 5_000 })
      .toEqual(['Task timed out after 1.00 seconds', 'ok']);

    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"wanted":true}' }));
    await expect.poll(() => slow.kill()).toBe('busy');
    await expect
      .poll(() => outcomesOf('Slow/Function').slice(2), { timeout: 5_000 })
      .toEqual(['the worker was killed', 'ok']);
    await stage.idle();
  });

  it('deletes a message that the filters reject without an invocation', async () => {
    const QueueUrl = stage.queues.get('Slow/Queue').url;
    for (const MessageBody of ['{"wanted":false}', 'not JSON'])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    await stage.idle();
    expect(outcomesOf('Slow/Function')).toEqual([]);
  });

  it('invokes the function of a schedule repeatedly with its input', async () => {
    await expect
      .poll(() => invocations.filter(({ functionId }) => functionId === 'Sweep/Function').length, {
        timeout: 5_000,
      })
      .toBe(2);
    expect(invocations.find(({ functionId }) => functionId === 'Sweep/Function')).toMatchObject({
      event: { reason: 'due' },
      result: { ok: true },
    });
    await expect.poll(() => lines).toContain('Deliver/Function> delivered {"reason":"due"} undefined given');
  });

  it('leaves work in the source of a paused poller, which any of its ids identifies', async () => {
    await stage.pause('Record/Function');
    await stage.bus.put(eventOf('later'));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(outcomesOf('Record/Function')).toEqual([]);
    stage.resume('Intake/Queue');
    await stage.idle();
    expect(outcomesOf('Record/Function')).toEqual(['ok']);
    await expect(stage.pause('Missing')).rejects.toThrow(
      'Nothing polls "Missing". Polled: Slow/Queue, Intake/Queue, Records/Table, Doorbell',
    );
  });
});

describe('startStage', () => {
  it('uses the endpoints of the user, for functions too, instead of embedded services', async () => {
    const given = {
      AWS_ENDPOINT_URL_DYNAMODB: stage.endpoints.AWS_ENDPOINT_URL_DYNAMODB,
      AWS_ENDPOINT_URL_SQS: stage.endpoints.AWS_ENDPOINT_URL_SQS,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: 'http://127.0.0.1:2',
    };
    const print = 'export function handler() { console.log(JSON.stringify(process.env)); }';
    const other = await writeAssembly(
      {
        Print1: sampleFunction('print', 'Print', { QUEUE: { Ref: 'Q1' } }),
        Q1: resource('AWS::SQS::Queue', 'Q', {}),
      },
      { print },
    );
    const printed: string[] = [];
    const second = await startStage({
      ...optionsOf(other.folder),
      env: given,
      onLine: (_, line) => printed.push(line),
    });
    expect(second.engine).toBe('external');
    expect(second.endpoints).toEqual({
      ...given,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: given.AWS_ENDPOINT_URL_DYNAMODB,
    });
    await second.functions.get('Print').invoke({});
    await expect.poll(() => printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      ...second.endpoints,
      QUEUE: `${given.AWS_ENDPOINT_URL_SQS}/000000000000/Sample-Q1`,
    });
    await second.stop();
    other.remove();
    // The services of the first stage still run.
    expect(await messagesIn('Intake/TargetFailures')).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a rule target that is not a queue',
      {
        Odd1: resource('AWS::Events::Rule', 'Odd', {
          EventPattern: { source: ['s'] },
          Targets: [{ Id: 'T', Arn: 'arn:aws:states:x' }],
        }),
      },
      'Odd1 (AWS::Events::Rule at Odd): the target arn:aws:states:x is not a queue',
    ],
    [
      'a rule target that changes the event',
      {
        Odd1: resource('AWS::Events::Rule', 'Odd', {
          EventPattern: { source: ['s'] },
          Targets: [{ Id: 'T', Arn: 'a', InputPath: '$.detail' }],
        }),
      },
      'Odd1 (AWS::Events::Rule at Odd)',
    ],
    [
      'an operator of a pattern',
      { Odd1: resource('AWS::Events::Rule', 'Odd', { EventPattern: { source: [{ contains: 's' }] } }) },
      'Odd1 (AWS::Events::Rule at Odd): /source: the operator "contains" is not supported',
    ],
    [
      'an event source of another service',
      {
        Odd1: resource('AWS::Lambda::EventSourceMapping', 'Odd', {
          FunctionName: { Ref: 'Print1' },
          EventSourceArn: 'arn:aws:kinesis:x',
        }),
      },
      'Odd1 (AWS::Lambda::EventSourceMapping at Odd): the event source arn:aws:kinesis:x is neither',
    ],
    [
      'a mapping without its function',
      {
        Odd1: resource('AWS::Lambda::EventSourceMapping', 'Odd', {
          FunctionName: 'gone',
          EventSourceArn: 'arn:aws:kinesis:x',
        }),
      },
      'Odd1 (AWS::Lambda::EventSourceMapping at Odd): gone is not a Node.js function',
    ],
    [
      'a cron schedule',
      {
        Odd1: resource('AWS::Scheduler::Schedule', 'Odd', {
          ScheduleExpression: 'cron(0 1 * * ? *)',
          Target: { Arn: 'a' },
        }),
      },
      'Odd1: the local stage supports only rate(...) schedules, not cron(0 1 * * ? *)',
    ],
    [
      'a destination on failure',
      {
        Odd1: resource('AWS::Lambda::EventSourceMapping', 'Odd', {
          FunctionName: { Ref: 'Print1' },
          EventSourceArn: 'arn:aws:dynamodb:x',
          DestinationConfig: { OnFailure: { Destination: 'a' } },
        }),
      },
      'Odd1 (AWS::Lambda::EventSourceMapping at Odd): × the local stage has no destinations on failure',
    ],
    [
      'a FIFO queue',
      { Odd1: resource('AWS::SQS::Queue', 'Odd', { FifoQueue: true }) },
      'Odd1 (AWS::SQS::Queue at Odd): × the local stage has no FIFO queues',
    ],
    [
      'a message group',
      {
        Odd1: resource('AWS::Events::Rule', 'Odd', {
          EventPattern: { source: ['s'] },
          Targets: [{ Id: 'T', Arn: 'a', SqsParameters: { MessageGroupId: 'g' } }],
        }),
      },
      'Odd1 (AWS::Events::Rule at Odd)',
    ],
    [
      'a local secondary index',
      {
        Odd1: resource('AWS::DynamoDB::Table', 'Odd', {
          AttributeDefinitions: [],
          KeySchema: [],
          LocalSecondaryIndexes: [],
        }),
      },
      'Odd1 (AWS::DynamoDB::Table at Odd): × the local stage has no local secondary indexes',
    ],
    [
      'a pipe',
      { Odd1: resource('AWS::Pipes::Pipe', 'Odd', {}) },
      'does not support Odd1 (AWS::Pipes::Pipe at Odd)',
    ],
    [
      'a function without its bundle',
      { Odd1: sampleFunction('nowhere', 'Odd', {}) },
      'Odd1 (AWS::Lambda::Function at Odd): there is no bundle',
    ],
  ])('refuses %s by its logical id', async (_what, resources, message) => {
    const print = 'export function handler() {}';
    const odd = await writeAssembly(
      { Print1: sampleFunction('print', 'Print', {}), ...resources },
      { print },
    );
    await expect(startStage(optionsOf(odd.folder))).rejects.toThrow(message);
    odd.remove();
  });
});

function optionsOf(template: string): StageOptions {
  return { template, env: {}, partnerCentralUrl: 'http://127.0.0.1:9', onLine: () => undefined };
}
