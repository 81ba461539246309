import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deliveryDoorbellBody, fanOutDoorbellBody } from '../core/doorbell-body.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../ports/doorbell.ts';
import { queueCall } from './aws-failure.ts';
import { delaySeconds } from './sqs-work-queue.ts';

/** The most that SQS takes in one request. */
const batchSize = 10;

export function sqsDeliveryDoorbell(client: SQSClient, queueUrl: string): DeliveryDoorbell {
  const ring = gatheringRinger(client, queueUrl);
  return {
    ring: (deliveries, delayMs = 0, details = {}) =>
      ring(
        deliveries.map((id) => deliveryDoorbellBody(id, details)),
        delayMs,
      ),
  };
}

export function sqsFanOutDoorbell(client: SQSClient, queueUrl: string): FanOutDoorbell {
  const ring = gatheringRinger(client, queueUrl);
  return { ring: (versions) => ring(versions.map(fanOutDoorbellBody), 0) };
}

interface Waiting {
  readonly entry: { readonly MessageBody: string; readonly DelaySeconds: number };
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Rings of one moment go out together: a batch of versions is fanned out at once, each with a ring or two of its own. */
function gatheringRinger(
  client: SQSClient,
  queueUrl: string,
): (bodies: readonly string[], delayMs: number) => Promise<void> {
  let waiting: Waiting[] = [];
  const sendAll = async (): Promise<void> => {
    const rings = waiting;
    waiting = [];
    for (let from = 0; from < rings.length; from += batchSize)
      await sendBatch(client, queueUrl, rings.slice(from, from + batchSize));
  };
  return async (bodies, delayMs) => {
    const DelaySeconds = delaySeconds(delayMs);
    await Promise.all(
      bodies.map(
        (MessageBody) =>
          new Promise<void>((done, failed) => {
            if (waiting.length === 0) setImmediate(() => void sendAll());
            waiting.push({ entry: { MessageBody, DelaySeconds }, done, failed });
          }),
      ),
    );
  };
}

async function sendBatch(client: SQSClient, QueueUrl: string, rings: readonly Waiting[]): Promise<void> {
  const Entries = rings.map(({ entry }, index) => ({ Id: String(index), ...entry }));
  try {
    // Entries that SQS refuses are not looked at: a ring that is lost costs a minute, until `sweep` rings again.
    await queueCall('ring', () => client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
    for (const { done } of rings) done();
  } catch (error) {
    for (const { failed } of rings) failed(error);
  }
}
