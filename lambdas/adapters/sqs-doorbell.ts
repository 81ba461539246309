import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deliveryDoorbellBody, fanOutDoorbellBody } from '../core/doorbell-body.ts';
import { lineDoorbellBody } from '../core/line-doorbell.ts';
import type { DeliveryDoorbell, FanOutDoorbell, LineDoorbell } from '../ports/doorbell.ts';
import { queueCall } from './aws-failure.ts';
import { delaySeconds } from './sqs-work-queue.ts';

/** Most messages in one SQS request. */
const batchSize = 10;

export function sqsDeliveryDoorbell(client: SQSClient, queueUrl: string): DeliveryDoorbell {
  const send = batchingSender(client, queueUrl);
  return {
    ring: (deliveries, delayMs = 0, details = {}) =>
      send(
        deliveries.map((id) => deliveryDoorbellBody(id, details)),
        delayMs,
      ),
  };
}

export function sqsFanOutDoorbell(client: SQSClient, queueUrl: string): FanOutDoorbell {
  const send = batchingSender(client, queueUrl);
  return { ring: (versions) => send(versions.map(fanOutDoorbellBody), 0) };
}

export function sqsLineDoorbell(client: SQSClient, queueUrl: string): LineDoorbell {
  const send = batchingSender(client, queueUrl);
  return { ring: (lines, delayMs = 0) => send(lines.map(lineDoorbellBody), delayMs) };
}

interface WaitingMessage {
  readonly entry: { readonly MessageBody: string; readonly DelaySeconds: number };
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the messages of one tick and sends them together: fan-out works on many versions at
 * once.
 */
function batchingSender(
  client: SQSClient,
  queueUrl: string,
): (bodies: readonly string[], delayMs: number) => Promise<void> {
  let waiting: WaitingMessage[] = [];
  const sendAll = async (): Promise<void> => {
    const messages = waiting;
    waiting = [];
    for (let from = 0; from < messages.length; from += batchSize)
      await sendBatch(client, queueUrl, messages.slice(from, from + batchSize));
  };
  return async (bodies, delayMs) => {
    const DelaySeconds = delaySeconds(delayMs);
    await Promise.all(
      bodies.map(
        (MessageBody) =>
          new Promise<void>((resolve, reject) => {
            if (waiting.length === 0) setImmediate(() => void sendAll());
            waiting.push({ entry: { MessageBody, DelaySeconds }, resolve, reject });
          }),
      ),
    );
  };
}

async function sendBatch(
  client: SQSClient,
  QueueUrl: string,
  messages: readonly WaitingMessage[],
): Promise<void> {
  const Entries = messages.map(({ entry }, index) => ({ Id: String(index), ...entry }));
  try {
    // Failed entries are ignored: `sweep` signals their rows again, a minute later.
    await queueCall('ring', () => client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
    for (const { resolve } of messages) resolve();
  } catch (error) {
    for (const { reject } of messages) reject(error);
  }
}
