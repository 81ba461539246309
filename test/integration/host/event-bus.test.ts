import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BusRule, createEventBus } from '../../../local/host/event-bus.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type SqsEngine, startSqs } from '../../../local/host/sqs-engine.ts';

let engine: SqsEngine;
let client: SQSClient;

beforeAll(async () => {
  engine = await startSqs();
  client = new SQSClient(clientSettings(engine.endpoint));
});
afterAll(async () => {
  await engine.stop();
});

async function queue(QueueName: string): Promise<string> {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

function rule(id: string, queueUrl: string, deadLetterQueueUrl?: string): BusRule {
  return {
    id,
    arn: `arn:rule/${id}`,
    matches: () => true,
    targets: [{ queueUrl, deadLetterQueueUrl, messageGroupId: undefined }],
  };
}

async function take(QueueUrl: string) {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  return (await client.send(command)).Messages ?? [];
}

test('every matching rule gets the event as it is, and its name is told', async () => {
  const [first, second] = [await queue('first'), await queue('second')];
  const never: BusRule = { ...rule('never', first), matches: () => false };
  const bus = createEventBus(client, [rule('one', first), rule('two', second), never]);
  const event = { id: 'e', detail: { big: 'x'.repeat(1_000) } };
  expect(await bus.put(event)).toEqual(['one', 'two']);
  expect((await take(first)).map(({ Body }) => Body)).toEqual([JSON.stringify(event)]);
  expect((await take(second)).map(({ Body }) => Body)).toEqual([JSON.stringify(event)]);
});

test('events put together arrive all, whatever their number and size', async () => {
  const url = await queue('many');
  const bus = createEventBus(client, [rule('one', url)]);
  const events = Array.from({ length: 23 }, (_, id) => ({
    id,
    pad: 'x'.repeat(id % 5 === 0 ? 250_000 : 10),
  }));
  await Promise.all(events.map((event) => bus.put(event)));
  const ids: unknown[] = [];
  for (let messages = await take(url); messages.length > 0; messages = await take(url)) {
    ids.push(...messages.map(({ Body = '' }) => JSON.parse(Body).id));
  }
  expect(ids.toSorted((a, b) => Number(a) - Number(b))).toEqual(events.map(({ id }) => id));
});

test('an event that a queue refuses goes to the dead-letter queue of the target with the reason; without one it is an error', async () => {
  const parked = await queue('parked');
  const gone = `${engine.endpoint}/000000000000/gone`;
  await createEventBus(client, [rule('one', gone, parked)]).put({ id: 'e' });
  expect(await take(parked)).toMatchObject([
    {
      Body: '{"id":"e"}',
      MessageAttributes: {
        RULE_ARN: { StringValue: 'arn:rule/one' },
        ERROR_CODE: { StringValue: 'QueueDoesNotExist' },
      },
    },
  ]);
  await expect(createEventBus(client, [rule('one', gone)]).put({ id: 'e' })).rejects.toThrow();
});
