import type { Message } from '@aws-sdk/client-sqs';
import type { createRequestHandler } from 'local-aws-sqs';
import { countAttributes, type QueueAccess, textAttributes } from './queue-access.ts';

type Queue = ReturnType<typeof createRequestHandler>['service']['Queues'][number];

export interface QueueTuning {
  /** Delay of messages that ask for none; fractions are allowed, which the API does not. */
  readonly delaySeconds: number;
  /** Called when a message can be received: sent, its delay over, or visible again. */
  readonly onArrival: () => void;
}

/** A message as the embedded queue holds it. */
interface HeldMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MessageBody: string;
  readonly MD5OfMessageBody: string;
  readonly attributes: Record<string, string>;
  readonly MessageAttributes?: Readonly<Record<string, HeldAttribute>>;
}

interface HeldAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** Base64. */
  readonly BinaryValue?: string;
}

/**
 * The embedded queue asks for a wait time in seconds, adds 40 ms and looks every 10 ms. This makes it answer after one look.
 */
const oneLookSeconds = 0.012 - 0.04;

/** The embedded queue goes on counting delayed messages that were purged. */
const delayedIn = new WeakMap<Queue, Set<unknown>>();

/** Brings an embedded queue nearer to the real one where its deviations would distort a run, and makes it tell of arrivals. */
export function tuneQueue(queue: Queue, { delaySeconds, onArrival }: QueueTuning): void {
  const attributesOf = new Map<string, Record<string, string>>();
  const announce = (afterSeconds: number, before: () => void = () => undefined): void => {
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
    const { MessageId, attributes }: Partial<HeldMessage> = message;
    if (MessageId !== undefined && attributes !== undefined) attributesOf.set(MessageId, attributes);
    const held: unknown = newRecord(message, delay);
    // The embedded queue passes NaN for "no delay asked for". Its own timer, set before this one, fires before it.
    const seconds = delay === undefined || Number.isNaN(delay) ? queue.DelaySeconds : delay;
    delayed.add(held);
    announce(seconds, () => delayed.delete(held));
    return held;
  };

  const receive = queue.receive.bind(queue);
  queue.receive = async (request) => {
    const { WaitTimeSeconds }: { WaitTimeSeconds?: number } = request;
    return await receive(WaitTimeSeconds === 0 ? { ...request, WaitTimeSeconds: oneLookSeconds } : request);
  };

  const changeVisibility = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (receiptHandle, timeoutSeconds) => {
    // The embedded queue counts a change of visibility as a receive, which would park messages too early.
    const attributes = attributesOf.get(messageIdOf(receiptHandle));
    if (attributes !== undefined) {
      attributes['ApproximateReceiveCount'] = String(Number(attributes['ApproximateReceiveCount']) - 1);
    }
    const isChanged = changeVisibility(receiptHandle, timeoutSeconds);
    announce(Number(timeoutSeconds));
    return isChanged;
  };

  const remove = queue.delete.bind(queue);
  queue.delete = (receiptHandle) => {
    attributesOf.delete(messageIdOf(receiptHandle));
    return remove(receiptHandle);
  };
}

/** An embedded queue without the detour over HTTP, which costs more than everything else that the stage does with it. */
export function queueInProcess(queue: Queue): QueueAccess {
  const counts = (): readonly number[] => {
    const attributes: Record<string, string> = queue.getAttributes([...countAttributes]);
    return countAttributes.map((name) => Number(attributes[name]));
  };
  return {
    receive: async (atMost) => {
      const [held = 0, inFlight = 0] = counts();
      if (held === inFlight) return [];
      const messages: HeldMessage[] = await queue.receive({
        WaitTimeSeconds: 0,
        MaxNumberOfMessages: atMost,
      });
      return messages.map(asReceived);
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
    // What the API does within a minute.
    purge: async () => {
      queue.clearRecords();
      delayedIn.get(queue)?.clear();
    },
    isEmpty: async () => {
      const [held = 0, inFlight = 0, delayed = 0] = counts();
      return held === 0 && inFlight === 0 && (delayedIn.get(queue)?.size ?? delayed) === 0;
    },
  };
}

function asReceived(held: HeldMessage): Message {
  const attributes = Object.entries(held.MessageAttributes ?? {}).map(
    ([name, { BinaryValue, ...attribute }]) => [
      name,
      {
        ...attribute,
        BinaryValue: BinaryValue === undefined ? undefined : Buffer.from(BinaryValue, 'base64'),
      },
    ],
  );
  return {
    MessageId: held.MessageId,
    ReceiptHandle: held.ReceiptHandle,
    Body: held.MessageBody,
    MD5OfBody: held.MD5OfMessageBody,
    Attributes: held.attributes,
    MessageAttributes: Object.fromEntries(attributes),
  };
}

/** A receipt handle is base64 of a UUID followed by JSON with the message id. */
function messageIdOf(receiptHandle: string): string {
  const text = Buffer.from(receiptHandle, 'base64').toString('utf8');
  return /"MessageId":"([^"]+)"/.exec(text)?.[1] ?? '';
}
