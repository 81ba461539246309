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

/** One queue as the stage itself uses it; functions have the SQS API. */
export interface QueueAccess {
  /** What can be received now, without waiting for more. */
  readonly receive: (atMost: number) => Promise<readonly Message[]>;
  readonly remove: (messages: readonly Message[]) => Promise<void>;
  /** Makes received messages visible again after a time. */
  readonly retryAfter: (messages: readonly Message[], seconds: number) => Promise<void>;
  readonly send: (message: OutgoingMessage) => Promise<void>;
  /** Loses every message, those in flight too. */
  readonly purge: () => Promise<void>;
  /** Whether no message is visible, in flight or delayed. */
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

/** A queue of any SQS, through its API. */
export function queueOverHttp(client: SQSClient, QueueUrl: string): QueueAccess {
  return {
    receive: async (atMost) => {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(10, atMost),
        WaitTimeSeconds: 0,
        // The new name of a parameter and the old one, which some emulators know alone.
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
        // The API takes whole seconds.
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

/** Entries of the batch calls, which take ten. */
function* entriesByTen(messages: readonly Message[]) {
  for (let start = 0; start < messages.length; start += 10) {
    yield messages
      .slice(start, start + 10)
      .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle ?? '' }));
  }
}
