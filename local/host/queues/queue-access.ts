import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** Access of the stage to one queue. Functions use the SQS API. */
export interface QueueAccess {
  /** Receives available messages without waiting. */
  readonly receive: (atMost: number) => Promise<readonly Message[]>;
  readonly remove: (messages: readonly Message[]) => Promise<void>;
  /** Makes received messages visible again after this time. */
  readonly retryAfter: (messages: readonly Message[], seconds: number) => Promise<void>;
  readonly send: (message: OutgoingMessage) => Promise<void>;
  /** Deletes all messages, including messages in flight. */
  readonly purge: () => Promise<void>;
  /** Returns whether no message is visible, in flight or delayed. */
  readonly isEmpty: () => Promise<boolean>;
}

export interface OutgoingMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export const countAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Access to a queue by the SQS API. */
export function httpQueueAccess(client: SQSClient, QueueUrl: string): QueueAccess {
  return {
    receive: async (atMost) => {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(10, atMost),
        WaitTimeSeconds: 0,
        // The current and the former name of a parameter: some emulators know only the former.
        MessageSystemAttributeNames: ['All'],
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return (await client.send(command)).Messages ?? [];
    },
    remove: async (messages) => {
      for (const Entries of entriesByTen(messages)) {
        await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    retryAfter: async (messages, seconds) => {
      for (const entries of entriesByTen(messages)) {
        // The API accepts only whole seconds.
        const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: Math.round(seconds) }));
        await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      }
    },
    send: async ({ body, attributes = {} }) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: body,
          MessageAttributes: textAttributes(attributes),
        }),
      );
    },
    purge: async () => {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
    },
    isEmpty: async () => {
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...countAttributes] });
      const { Attributes = {} } = await client.send(command);
      return countAttributes.every((name) => Number(Attributes[name] ?? 0) === 0);
    },
  };
}

export function textAttributes(attributes: Readonly<Record<string, string>>) {
  const entries = Object.entries(attributes);
  return Object.fromEntries(
    entries.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
}

/** Batch requests accept at most ten entries. */
function* entriesByTen(messages: readonly Message[]) {
  for (let start = 0; start < messages.length; start += 10) {
    yield messages
      .slice(start, start + 10)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
  }
}
