import { createRequestHandler } from 'local-aws-sqs';
import { startLoopbackServer } from '../../loopback-server.ts';
import { localAccountId, localRegion } from '../local-account.ts';
import { type QueueTuning, queueInProcess, tuneQueue } from './embedded-queue.ts';
import type { QueueAccess } from './queue-access.ts';

/** SQS in this process and in memory. */
export interface SqsEngine {
  readonly endpoint: string;
  /** Adjusts a queue that was created through the API, and gives direct access to it. */
  readonly tune: (queueName: string, tuning: QueueTuning) => QueueAccess;
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
  // Queue URLs carry the port, which is known only now.
  service.PORT = Number(new URL(url).port);
  return {
    endpoint: url,
    tune: (queueName, tuning) => {
      const queue = service.Queues.find(({ QueueName }) => QueueName === queueName);
      if (queue === undefined) throw new Error(`There is no queue ${queueName} in the embedded SQS.`);
      tuneQueue(queue, tuning);
      return queueInProcess(queue);
    },
    stop: async () => {
      await stop();
      service.resetAll();
    },
  };
}
