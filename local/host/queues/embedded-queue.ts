import type { Message } from '@aws-sdk/client-sqs';
import type { createRequestHandler } from 'local-aws-sqs';
import { countAttributes, type QueueAccess, textAttributes } from './queue-access.ts';

type Queue = ReturnType<typeof createRequestHandler>['service']['Queues'][number];

/** What SQS reports to CloudWatch about a queue. */
export interface QueueMeasure {
  /** ApproximateNumberOfMessagesVisible */
  readonly visible: number;
  /** ApproximateNumberOfMessagesNotVisible */
  readonly inFlight: number;
  /** Messages that are visible, in flight or delayed. */
  readonly total: number;
  /**
   * When the oldest message was sent, by the clock of the machine. Like SQS, it leaves out messages
   * that were received more than three times: a poison message does not hide the age of the others.
   */
  readonly oldestSentAtMs: number | undefined;
}

export interface QueueTuning {
  /** Delay of messages without their own delay. Unlike the API, it accepts fractions. */
  readonly delaySeconds: number;
  /** Called when a message becomes receivable: sent, after its delay, or visible again. */
  readonly onArrival: () => void;
}

/** A message in the format of the embedded queue. */
interface StoredMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MessageBody: string;
  readonly MD5OfMessageBody: string;
  readonly attributes: Record<string, string>;
  readonly MessageAttributes?: Readonly<Record<string, StoredAttribute>>;
}

interface StoredAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/**
 * The embedded queue adds 40 ms to the wait time, in seconds, and polls every 10 ms. With this wait
 * time it answers after one poll.
 */
const singlePollSeconds = 0.012 - 0.04;

/** Delayed messages by queue, because the embedded queue still counts purged delayed messages. */
const delayedIn = new WeakMap<Queue, Set<unknown>>();

/** The attributes of the messages in a queue, by message id. */
const attributesIn = new WeakMap<Queue, Map<string, Record<string, string>>>();

/** The received count from which SQS leaves a message out of the age of the oldest message. */
const poisonReceives = 3;

/** Measures an embedded queue that was tuned. */
export function measureQueue(queue: Queue): QueueMeasure {
  const counts: Record<string, string> = queue.getAttributes([...countAttributes]);
  const [stored = 0, inFlight = 0, delayed = 0] = countAttributes.map((name) => Number(counts[name]));
  const sentAtMs = [...(attributesIn.get(queue)?.values() ?? [])]
    .filter(({ ApproximateReceiveCount }) => Number(ApproximateReceiveCount) <= poisonReceives)
    .map(({ SentTimestamp }) => Number(SentTimestamp));
  const total = stored + (delayedIn.get(queue)?.size ?? delayed);
  return {
    visible: stored - inFlight,
    inFlight,
    total,
    oldestSentAtMs: total === 0 || sentAtMs.length === 0 ? undefined : Math.min(...sentAtMs),
  };
}

/**
 * Corrects differences between an embedded queue and SQS, and reports arriving messages.
 * @param all the queues that messages can be moved between
 */
export function tuneQueue(
  queue: Queue,
  { delaySeconds, onArrival }: QueueTuning,
  all: readonly Queue[] = [],
): void {
  const attributesOf = new Map<string, Record<string, string>>();
  attributesIn.set(queue, attributesOf);
  const reportArrival = (afterSeconds: number, before: () => void = () => undefined): void => {
    const arrive = (): void => {
      before();
      onArrival();
    };
    setTimeout(arrive, afterSeconds * 1_000).unref();
  };
  const delayed = new Set<unknown>();
  delayedIn.set(queue, delayed);
  queue.DelaySeconds = delaySeconds;

  const newRecord = queue.newRecord;
  queue.newRecord = (message, delay) => {
    const { MessageId, attributes }: Partial<StoredMessage> = message;
    if (MessageId !== undefined && attributes !== undefined) {
      // A message that is moved to another queue keeps its id. The embedded SQS reports no removal.
      for (const each of all) attributesIn.get(each)?.delete(MessageId);
      attributesOf.set(MessageId, attributes);
    }
    const stored: unknown = newRecord(message, delay);
    // The embedded queue passes NaN for a message without a delay. Its own timer fires before this
    // one, because it is set earlier.
    const seconds = delay === undefined || Number.isNaN(delay) ? queue.DelaySeconds : delay;
    delayed.add(stored);
    reportArrival(seconds, () => delayed.delete(stored));
    return stored;
  };

  const receive = queue.receive.bind(queue);
  queue.receive = async (request) => {
    const { WaitTimeSeconds }: { WaitTimeSeconds?: number } = request;
    return await receive(
      WaitTimeSeconds === 0 ? { ...request, WaitTimeSeconds: singlePollSeconds } : request,
    );
  };

  const changeVisibility = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (receiptHandle, timeoutSeconds) => {
    // The embedded queue counts a visibility change as a receive, which would park messages early.
    const attributes = attributesOf.get(messageIdOf(receiptHandle));
    if (attributes !== undefined) {
      attributes['ApproximateReceiveCount'] = String(Number(attributes['ApproximateReceiveCount']) - 1);
    }
    const isChanged = changeVisibility(receiptHandle, timeoutSeconds);
    reportArrival(Number(timeoutSeconds));
    return isChanged;
  };

  const clearRecords = queue.clearRecords.bind(queue);
  queue.clearRecords = () => {
    attributesOf.clear();
    clearRecords();
  };

  const remove = queue.delete.bind(queue);
  queue.delete = (receiptHandle) => {
    attributesOf.delete(messageIdOf(receiptHandle));
    return remove(receiptHandle);
  };
}

/**
 * Direct access to an embedded queue. HTTP would cost more than all other work of the stage on it.
 */
export function embeddedQueueAccess(queue: Queue): QueueAccess {
  const counts = (): readonly number[] => {
    const attributes: Record<string, string> = queue.getAttributes([...countAttributes]);
    return countAttributes.map((name) => Number(attributes[name]));
  };
  return {
    receive: async (atMost) => {
      const [stored = 0, inFlight = 0] = counts();
      if (stored === inFlight) return [];
      const messages: StoredMessage[] = await queue.receive({
        WaitTimeSeconds: 0,
        MaxNumberOfMessages: atMost,
      });
      return messages.map(toReceivedMessage);
    },
    remove: async (messages) => {
      for (const { ReceiptHandle = '' } of messages) queue.delete(ReceiptHandle);
    },
    retryAfter: async (messages, seconds) => {
      for (const { ReceiptHandle = '' } of messages) queue.changeVisibility(ReceiptHandle, String(seconds));
    },
    send: async ({ body, attributes }) => {
      queue.setRecord({
        MessageBody: body,
        MessageAttributes: attributes && textAttributes(attributes),
      });
    },
    // Takes effect at once; the API needs up to a minute.
    purge: async () => {
      queue.clearRecords();
      delayedIn.get(queue)?.clear();
    },
    isEmpty: async () => {
      const [stored = 0, inFlight = 0, delayed = 0] = counts();
      return stored === 0 && inFlight === 0 && (delayedIn.get(queue)?.size ?? delayed) === 0;
    },
  };
}

function toReceivedMessage(stored: StoredMessage): Message {
  const attributes = Object.entries(stored.MessageAttributes ?? {}).map(
    ([name, { BinaryValue, ...attribute }]) => [
      name,
      {
        ...attribute,
        BinaryValue: BinaryValue === undefined ? undefined : Buffer.from(BinaryValue, 'base64'),
      },
    ],
  );
  return {
    MessageId: stored.MessageId,
    ReceiptHandle: stored.ReceiptHandle,
    Body: stored.MessageBody,
    MD5OfBody: stored.MD5OfMessageBody,
    Attributes: stored.attributes,
    MessageAttributes: Object.fromEntries(attributes),
  };
}

/** A receipt handle is the base64 encoding of a UUID and JSON with the message id. */
function messageIdOf(receiptHandle: string): string {
  const text = Buffer.from(receiptHandle, 'base64').toString('utf8');
  return /"MessageId":"([^"]+)"/.exec(text)?.[1] ?? '';
}
