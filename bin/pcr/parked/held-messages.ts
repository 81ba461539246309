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

/** A message in a parked queue with the error that ended its processing. */
export interface ParkedMessage {
  readonly id: string;
  readonly parkedAt: Instant;
  readonly code: string;
  /** Details of the error, mostly one line of JSON. */
  readonly reason: string;
  readonly body: string;
}

/** A message that is invisible to other consumers until it is released or the hold expires. */
export interface HeldMessage extends ParkedMessage {
  readonly receiptHandle: string;
}

/**
 * Enough time to answer a question. Then the messages become visible again, even if this process
 * crashed.
 */
const holdSeconds = 300;

/** The most messages that SQS accepts or returns in one call. */
const batchSize = 10;

/**
 * Receives messages and keeps them invisible, oldest first as far as SQS keeps an order.
 * @param most messages to receive
 * @param until stops early
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
        // Without a wait, SQS queries only some of its servers and may return nothing.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['SentTimestamp'],
        // The former name of the same parameter: emulators know only this one.
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
    // EventBridge sets attributes of its own. SQS sets none when the receive count is exceeded.
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
    // A refused message becomes visible when the hold expires.
    await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}

/**
 * Sends the bodies to their work queue, then deletes them from the parked queue. After an
 * interruption a message may be in both queues, which is safe: all processing is idempotent.
 * @throws CommandError if SQS refuses a message
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
    assertAccepted(sent.Failed);
    await drop(sqs, from, batch, advance);
  }
}

/** Deletes messages permanently. @throws CommandError if SQS refuses one */
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
    assertAccepted(deleted.Failed);
    advance(batch.length);
  }
}

function assertAccepted(failed: readonly { readonly Code?: string | undefined }[] = []): void {
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
