import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import {
  type BusRule,
  createEventBus,
  type TargetListener,
} from '../../../../local/host/eventbridge/event-bus.ts';
import { httpQueueAccess } from '../../../../local/host/queues/queue-access.ts';
import { useSqs } from '../queues/use-sqs.ts';

const { engine, client, createQueue } = useSqs();

function rule(id: string, queueUrl: string, deadLetterQueueUrl?: string): BusRule {
  const target = {
    arn: `arn:queue/${id}`,
    queue: httpQueueAccess(client(), queueUrl),
    deadLetterQueue:
      deadLetterQueueUrl === undefined ? undefined : httpQueueAccess(client(), deadLetterQueueUrl),
  };
  return { id, name: id, arn: `arn:rule/${id}`, state: 'ENABLED', matches: () => true, targets: [target] };
}

async function take(QueueUrl: string) {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  });
  return (await client().send(command)).Messages ?? [];
}

it('the event bus delivers an unchanged event to all matching rules and returns their ids', async () => {
  const [first, second] = [await createQueue('first'), await createQueue('second')];
  const never: BusRule = { ...rule('never', first), matches: () => false };
  const bus = createEventBus([rule('one', first), rule('two', second), never]);
  const event = { id: 'e', detail: { big: 'x'.repeat(1_000) } };
  expect(await bus.put(event)).toEqual(['one', 'two']);
  expect((await take(first)).map(({ Body }) => Body)).toEqual([JSON.stringify(event)]);
  expect((await take(second)).map(({ Body }) => Body)).toEqual([JSON.stringify(event)]);
});

it('the event bus sends an event that a queue refuses to the dead-letter queue, or fails without one', async () => {
  const parked = await createQueue('parked');
  const gone = `${engine().endpoint}/000000000000/gone`;
  const outcomes: string[] = [];
  const note: TargetListener = ({ name }, outcome) => void outcomes.push(`${name} ${outcome}`);
  await createEventBus([rule('one', gone, parked)], note).put({ id: 'e' });
  expect(await take(parked)).toMatchObject([
    {
      Body: '{"id":"e"}',
      MessageAttributes: {
        RULE_ARN: { StringValue: 'arn:rule/one' },
        TARGET_ARN: { StringValue: 'arn:queue/one' },
        ERROR_CODE: { StringValue: 'QueueDoesNotExist' },
      },
    },
  ]);
  await expect(createEventBus([rule('two', gone)], note).put({ id: 'e' })).rejects.toThrow();
  await expect(createEventBus([rule('three', gone, gone)], note).put({ id: 'e' })).rejects.toThrow();
  await createEventBus([rule('four', parked)], note).put({ id: 'e' });
  expect(outcomes).toEqual(['one parked', 'two lost', 'three lost', 'four delivered']);
});
