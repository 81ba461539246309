import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { deliveryDoorbellBody, fanOutDoorbellBody } from '../core/doorbell-body.ts';
import type { DeliveryDoorbell, FanOutDoorbell } from '../ports/doorbell.ts';
import { queueCall } from './aws-failure.ts';
import { delaySeconds } from './sqs-work-queue.ts';

/** The most that SQS takes in one request. */
const batchSize = 10;

export function sqsDeliveryDoorbell(client: SQSClient, queueUrl: string): DeliveryDoorbell {
  return {
    ring: (deliveries, delayMs = 0) => ring(client, queueUrl, deliveries.map(deliveryDoorbellBody), delayMs),
  };
}

export function sqsFanOutDoorbell(client: SQSClient, queueUrl: string): FanOutDoorbell {
  return { ring: (versions) => ring(client, queueUrl, versions.map(fanOutDoorbellBody), 0) };
}

async function ring(
  client: SQSClient,
  QueueUrl: string,
  bodies: readonly string[],
  delayMs: number,
): Promise<void> {
  for (let from = 0; from < bodies.length; from += batchSize) {
    const Entries = bodies.slice(from, from + batchSize).map((MessageBody, index) => ({
      Id: String(index),
      MessageBody,
      DelaySeconds: delaySeconds(delayMs),
    }));
    // Entries that SQS refuses are not looked at: a ring that is lost costs a minute, until `sweep` rings again.
    await queueCall('ring', () => client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
  }
}
