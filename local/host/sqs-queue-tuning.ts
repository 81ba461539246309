import type { createRequestHandler } from 'local-aws-sqs';

type Queue = ReturnType<typeof createRequestHandler>['service']['Queues'][number];

export interface QueueTuning {
  /** Delay of messages that ask for none; fractions are allowed, which the API does not. */
  readonly delaySeconds: number;
  /** Called when a message can be received: sent, its delay over, or visible again. */
  readonly onArrival: () => void;
}

/** What is reached into of a message that the queue holds. */
interface HeldMessage {
  readonly MessageId: string;
  readonly attributes: { ApproximateReceiveCount: string };
}

/**
 * The embedded queue asks for a wait time in seconds, adds 40 ms and looks every 10 ms. This makes a receive that may
 * not wait answer after one look.
 */
const oneLookSeconds = 0.012 - 0.04;

/** Brings an embedded queue nearer to the real one where its deviations would distort a run, and makes it tell of arrivals. */
export function tuneQueue(queue: Queue, { delaySeconds, onArrival }: QueueTuning): void {
  const held = new Map<string, HeldMessage>();
  const announce = (afterSeconds: number): void => {
    setTimeout(onArrival, afterSeconds * 1_000).unref();
  };
  queue.DelaySeconds = delaySeconds;

  const newRecord = queue.newRecord;
  queue.newRecord = (message, delay) => {
    const { MessageId: id, attributes }: Partial<HeldMessage> = message;
    if (id !== undefined && attributes !== undefined) held.set(id, { MessageId: id, attributes });
    // The embedded queue passes NaN for "no delay asked for".
    announce(delay === undefined || Number.isNaN(delay) ? queue.DelaySeconds : delay);
    return newRecord(message, delay);
  };

  const receive = queue.receive.bind(queue);
  queue.receive = async (request) => {
    const { WaitTimeSeconds }: { WaitTimeSeconds?: number } = request;
    return await receive(WaitTimeSeconds === 0 ? { ...request, WaitTimeSeconds: oneLookSeconds } : request);
  };

  const changeVisibility = queue.changeVisibility.bind(queue);
  queue.changeVisibility = (receiptHandle, timeoutSeconds) => {
    // The embedded queue counts a change of visibility as a receive, which would park messages too early.
    const attributes = held.get(messageIdOf(receiptHandle))?.attributes;
    if (attributes !== undefined) {
      attributes.ApproximateReceiveCount = String(Number(attributes.ApproximateReceiveCount) - 1);
    }
    announce(Number(timeoutSeconds));
    return changeVisibility(receiptHandle, timeoutSeconds);
  };

  const remove = queue.delete.bind(queue);
  queue.delete = (receiptHandle) => {
    held.delete(messageIdOf(receiptHandle));
    return remove(receiptHandle);
  };
}

/** A receipt handle is base64 of a UUID followed by JSON with the message id. */
function messageIdOf(receiptHandle: string): string {
  const text = Buffer.from(receiptHandle, 'base64').toString('utf8');
  return /"MessageId":"([^"]+)"/.exec(text)?.[1] ?? '';
}
