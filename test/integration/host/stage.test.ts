import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { InvocationResult } from '../../../local/host/invocation.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type Stage, startStage } from '../../../local/host/stage.ts';
import { writeSampleAssembly } from './sample-assembly.ts';
import type { WrittenAssembly } from './written-assembly.ts';

interface Seen {
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
let seen: Seen[] = [];

beforeAll(async () => {
  assembly = await writeSampleAssembly();
  stage = await startStage({
    template: assembly.folder,
    engine: 'auto',
    timeScale,
    env: {},
    partnerCentralUrl: 'http://127.0.0.1:9',
    functionEnvironment: (functionId) => (functionId === 'Deliver/Function' ? { EXTRA: 'given' } : {}),
    onLine: (functionId, line) => lines.push(`${functionId}> ${line}`),
    onInvoke: (functionId, event, result) => seen.push({ functionId, event, result }),
  });
  sqs = new SQSClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SQS));
  // Workers are warm from here on.
  await stage.bus.put(eventOf('warm-up'));
  await stage.idle();
});
afterAll(async () => {
  await stage.stop();
  assembly.remove();
});
beforeEach(() => {
  lines = [];
  seen = [];
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

const failuresOf = (functionId: string) =>
  seen.flatMap(({ functionId: id, result }) =>
    id === functionId && !result.ok ? [result.error.message] : [],
  );

describe('the stage', () => {
  test('an event goes from the rule through queue, table, stream and queue to the last function', async () => {
    expect(await stage.bus.put(eventOf('e1'))).toEqual(['Intake/Rule']);
    expect(await stage.bus.put({ ...eventOf('e2'), source: 'other' })).toEqual([]);
    await stage.idle();
    await expect.poll(() => lines).toEqual(['Deliver/Function> delivered {"pk":"e1","raw":"cmF3"} stream']);
    expect(seen.map(({ functionId, result }) => [functionId, result.ok])).toEqual([
      ['Record/Function', true],
      ['FanOut/Function', true],
      ['Deliver/Function', true],
    ]);
    expect(seen[0]?.event).toMatchObject({
      Records: [
        {
          body: JSON.stringify(eventOf('e1')),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:Sample-Intake1',
          attributes: { ApproximateReceiveCount: '1' },
        },
      ],
    });
    expect(seen[1]?.event).toMatchObject({
      Records: [
        {
          eventName: 'INSERT',
          awsRegion: 'us-east-1',
          dynamodb: { Keys: { pk: { S: 'e1' } }, NewImage: { raw: { B: 'cmF3' } } },
        },
      ],
    });
  });

  test('a burst is gathered into batches, and none of it is lost', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `burst-${index}`);
    await Promise.all(ids.map((id) => stage.bus.put(eventOf(id))));
    await stage.idle();
    await expect.poll(deliveredIds).toEqual(ids.toSorted());
    expect(seen.filter(({ functionId }) => functionId === 'Record/Function').length).toBeLessThan(30);
  });

  test('a message that fails alone comes again alone, and is parked after three receives', async () => {
    await Promise.all([stage.bus.put(eventOf('good')), stage.bus.put(eventOf('bad', { poison: true }))]);
    await stage.idle();
    await expect.poll(deliveredIds).toEqual(['good']);
    const receives = seen
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

  test('a row that fails in the stream is tried again from there, in order; one without hope goes to the destination', async () => {
    const rows = [
      ['s1', 'plain'],
      ['s2', 'flaky'],
      ['s3', 'hidden'],
      ['s4', 'plain'],
      ['s5', 'hopeless'],
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
    expect(seen).toEqual([]);
    stage.resume('Records/Table');
    await stage.idle();
    // s6 shares the batch with s5 and is given up with it, as on AWS: the destination names the range.
    await expect.poll(deliveredIds).toEqual(['s1', 's2', 's4']);
    const [failure] = await messagesIn('FanOut/Failures');
    expect(JSON.parse(failure?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 2, streamArn: stage.tables.get('Records/Table').streamArn },
    });
    expect((await client.send(new ScanCommand({ TableName }))).Items).toContainEqual(
      expect.objectContaining({ pk: { S: 's6' } }),
    );
  });

  test('an invocation that times out leaves its messages to come again', async () => {
    await stage.bus.put(eventOf('endless', { slow: true }));
    await expect.poll(() => failuresOf('Record/Function'), { timeout: 3_000 }).toHaveLength(1);
    expect(failuresOf('Record/Function')).toEqual(['Record/Function: Task timed out after 1.00 seconds']);
    await stage.pause('Record/Function');
    expect(await countIn('Intake/Queue')).toBe(1);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: stage.queues.get('Intake/Queue').url }));
  });
});

async function countIn(queueId: string): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: stage.queues.get(queueId).url,
    AttributeNames: ['All'],
  });
  return Number((await sqs.send(command)).Attributes?.ApproximateNumberOfMessages);
}
