import { ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { findUnfinishedWork } from '../../local/observation.ts';
import type { Deployed } from './deployed.ts';
import { until } from './until.ts';

/**
 * Loses the only doorbell message of a delivery: the queue is purged while its mapping is disabled.
 * Then only `sweep` can bring about the delivery.
 * @param makeMessage makes one message
 */
export async function loseDoorbell(deployed: Deployed, makeMessage: () => Promise<void>): Promise<void> {
  const { dynamodb, lambda, sqs, tables } = deployed;
  const QueueUrl = deployed.output('DeliveryQueueUrl');
  const mapping = await mappingOf(deployed, (await attributes(deployed, QueueUrl)).arn);
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping, Enabled: false }));
  await until('no function reads the delivery doorbell queue', 30, async () => {
    const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
    const state = EventSourceMappings.find(({ UUID }) => UUID === mapping)?.State;
    return state === 'Disabled' ? [] : [`the mapping is ${state}`];
  });
  await makeMessage();
  // The version stays in the outbox until its first attempt, unless its delivery is a row by then.
  await until('one version or delivery is unfinished, with a doorbell message', 60, async () => {
    const work = await findUnfinishedWork(dynamodb, tables);
    const { messages } = await attributes(deployed, QueueUrl);
    return work.length === 1 && messages > 0
      ? []
      : [`unfinished: ${work.join(', ') || 'nothing'}; doorbell messages: ${messages}`];
  });
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await until('the doorbell queue is empty', 90, async () => {
    const { messages } = await attributes(deployed, QueueUrl);
    return messages === 0 ? [] : [`${messages} doorbell messages`];
  });
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping, Enabled: true }));
}

async function mappingOf({ lambda }: Deployed, queueArn: string): Promise<string> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ EventSourceArn: queueArn }),
  );
  const uuid = EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn === queueArn)?.UUID;
  if (uuid === undefined) throw new Error(`No function reads ${queueArn}.`);
  return uuid;
}

async function attributes({ sqs }: Deployed, QueueUrl: string): Promise<{ arn: string; messages: number }> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'] }),
  );
  return {
    arn: Attributes?.QueueArn ?? '',
    messages: Number(Attributes?.ApproximateNumberOfMessages),
  };
}
