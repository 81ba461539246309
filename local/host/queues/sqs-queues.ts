import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { type Identity, parseProperties, physicalName, type Resolve } from '../template/intrinsics.ts';
import type { Resource, Template } from '../template/template.ts';

export interface CreatedQueue {
  readonly resource: Resource;
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly delaySeconds: number;
}

const seconds = v.pipe(v.number(), v.integer(), v.minValue(0));
const plainSchema = v.object({
  QueueName: v.optional(v.string()),
  FifoQueue: v.optional(v.literal(false, 'the local stage has no FIFO queues')),
  // Defaults of SQS.
  DelaySeconds: v.optional(seconds, 0),
  VisibilityTimeout: v.optional(seconds, 30),
  MessageRetentionPeriod: v.optional(seconds),
  MaximumMessageSize: v.optional(seconds),
});
const redriveSchema = v.object({
  RedrivePolicy: v.optional(v.object({ deadLetterTargetArn: v.string(), maxReceiveCount: v.number() })),
});

/**
 * Creates the queues of the template and adds their identities. Redrive policies are set last,
 * because they refer to the ARNs of other queues.
 * @throws Error naming the logical id of a queue that is invalid or not supported
 */
export async function createQueues(
  client: SQSClient,
  template: Template,
  resolve: Resolve,
  identities: Map<string, Identity>,
): Promise<readonly CreatedQueue[]> {
  const resources = [...template.resources.values()].filter(({ type }) => type === 'AWS::SQS::Queue');
  const created = await Promise.all(
    resources.map(async (resource) => {
      const queue = await createQueue(client, template, resource, resolve);
      identities.set(resource.logicalId, {
        ref: queue.url,
        attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: queue.url },
      });
      return queue;
    }),
  );
  for (const { resource, url } of created) {
    const { RedrivePolicy } = parseProperties(redriveSchema, resource, resolve);
    if (RedrivePolicy === undefined) continue;
    const Attributes = { RedrivePolicy: JSON.stringify(RedrivePolicy) };
    await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes }));
  }
  return created;
}

async function createQueue(
  client: SQSClient,
  template: Template,
  resource: Resource,
  resolve: Resolve,
): Promise<CreatedQueue> {
  const { QueueName, FifoQueue: _, ...plain } = parseProperties(plainSchema, resource, resolve);
  const name = QueueName ?? physicalName(template, resource.logicalId);
  const attributes = Object.entries(plain).filter(([, value]) => value !== undefined);
  const Attributes = Object.fromEntries(attributes.map(([key, value]) => [key, String(value)]));
  const { QueueUrl: url } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  const getArn = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] });
  const arn = (await client.send(getArn)).Attributes?.['QueueArn'];
  if (url === undefined || arn === undefined)
    throw new Error(`${resource.logicalId}: SQS returned no URL or ARN for the queue`);
  return {
    resource,
    name,
    url,
    arn,
    visibilityTimeoutSeconds: plain.VisibilityTimeout,
    delaySeconds: plain.DelaySeconds,
  };
}
