import { createRequestHandler } from 'local-aws-sqs';
import { startLoopbackServer } from '../../loopback-server.ts';
import { localAccountId, localRegion } from '../local-account.ts';
import {
  embeddedQueueAccess,
  measureQueue,
  type QueueMeasure,
  type QueueTuning,
  tuneQueue,
} from './embedded-queue.ts';
import type { QueueAccess } from './queue-access.ts';

/** An in-memory SQS in this process. */
export interface SqsEngine {
  readonly endpoint: string;
  /** Corrects a queue that was created by the API. @returns direct access to the queue */
  readonly tune: (queueName: string, tuning: QueueTuning) => QueueAccess;
  readonly measure: (queueName: string) => QueueMeasure;
  readonly stop: () => Promise<void>;
}

export async function startSqs(): Promise<SqsEngine> {
  const { service, requestHandler } = createRequestHandler({
    port: 0,
    hostname: '127.0.0.1',
    accountId: localAccountId,
    region: localRegion,
  });
  const { url, stop } = await startLoopbackServer(
    (request, response) => void requestHandler(request, response),
  );
  // Queue URLs contain the port, which is known only after the start.
  service.PORT = Number(new URL(url).port);
  const find = (queueName: string) => {
    const queue = service.Queues.find(({ QueueName }) => QueueName === queueName);
    if (queue === undefined) throw new Error(`There is no queue ${queueName} in the embedded SQS.`);
    return queue;
  };
  return {
    endpoint: url,
    tune: (queueName, tuning) => {
      const queue = find(queueName);
      tuneQueue(queue, tuning, service.Queues);
      return embeddedQueueAccess(queue);
    },
    measure: (queueName) => measureQueue(find(queueName)),
    stop: async () => {
      await stop();
      service.resetAll();
    },
  };
}
