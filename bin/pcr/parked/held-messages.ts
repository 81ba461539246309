import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { CommandError } from '../errors.ts';

/** A message in a parked queue, with why it was given up. */
export interface ParkedMessage {
  readonly id: string;
  readonly parkedAt: Instant;
  readonly code: string;
  /** Details of the error, mostly one line of JSON. */
  readonly reason: string;
  readonly body: string;
}

/** One that nobody else sees until it is released, or the hold runs out. */
export interface HeldMessage extends ParkedMessage {
  readonly receiptHandle: string;
}

/** Time enough to look, and to answer a question; then they can be seen again, whatever became of this process. */
const holdSeconds = 300;

/** The most that SQS takes or gives at once. */
const batchSize = 10;

/**
 * Takes the messages of a queue into the hand, oldest first as far as SQS keeps an order.
 * @param most so many are taken; @param until ends it early
 */
export async function hold(
  sqs: SQSClient,
  QueueUrl: string,
  most: number,
  until: (held: readonly HeldMessage[]) => boolean = () => false,
): Promise<readonly HeldMessage[]> {
  const held = new Map<string, HeldMessage>();
  while (held.size < most && !until([...held.values()])) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(batchSize, most - held.size),
        VisibilityTimeout: holdSeconds,
        // Without waiting SQS asks only some of its servers, and may answer that there is nothing.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
        // The older name of the same, which is all that emulators know.
        AttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) break;
    for (const message of Messages.map(parkedMessage)) held.set(message.id, message);
  }
  return [...held.values()];
}

function parkedMessage({ MessageId = '', ReceiptHandle = '', ...message }: Message): HeldMessage {
  const attribute = (name: string) => message.MessageAttributes?.[name]?.StringValue;
  return {
    id: MessageId,
    receiptHandle: ReceiptHandle,
    parkedAt: instantOf(Number(message.Attributes?.SentTimestamp ?? 0)),
    // EventBridge says it in attributes of its own; the queue itself gives no reason.
    code: attribute('code') ?? attribute('ERROR_CODE') ?? 'receive count exceeded',
    reason: attribute('reason') ?? attribute('ERROR_MESSAGE') ?? '',
    body: message.Body ?? '',
  };
}

export async function release(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly HeldMessage[],
): Promise<void> {
  for (const batch of batchesOf(messages)) {
    const Entries = batch.map(({ receiptHandle: ReceiptHandle }, index) => {
      return { Id: String(index), ReceiptHandle, VisibilityTimeout: 0 };
    });
    // What is refused comes back by itself when the hold runs out.
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

/**
 * Sends the bodies to the queue that works on them, then takes them out of the parked one. Cut off in between, a message
 * is in both: work that is done twice is done once, here as everywhere.
 * @throws CommandError where SQS refuses one
 */
export async function redrive(
  sqs: SQSClient,
  from: string,
  to: string,
  messages: readonly HeldMessage[],
  advance: (by: number) => void,
): Promise<void> {
  for (const batch of batchesOf(messages)) {
    const Entries = batch.map(({ body: MessageBody }, index) => ({ Id: String(index), MessageBody }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl: to, Entries }));
    refuse(sent.Failed);
    await drop(sqs, from, batch, advance);
  }
}

/** Deletes them for good. @throws CommandError where SQS refuses one */
export async function drop(
  sqs: SQSClient,
  QueueUrl: string,
  messages: readonly HeldMessage[],
  advance: (by: number) => void,
): Promise<void> {
  for (const batch of batchesOf(messages)) {
    const Entries = batch.map(({ receiptHandle: ReceiptHandle }, index) => {
      return { Id: String(index), ReceiptHandle };
    });
    const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    refuse(deleted.Failed);
    advance(batch.length);
  }
}

function refuse(failed: readonly { readonly Code?: string | undefined }[] = []): void {
  const [first] = failed;
  if (first)
    throw new CommandError(
      `SQS refused ${failed.length} messages (${first.Code}). Nothing is lost: run it again.`,
    );
}

function batchesOf(messages: readonly HeldMessage[]): readonly (readonly HeldMessage[])[] {
  const starts = Array.from(
    { length: Math.ceil(messages.length / batchSize) },
    (_, index) => index * batchSize,
  );
  return starts.map((from) => messages.slice(from, from + batchSize));
}
