import { createServer } from 'node:http';
import { createRequestHandler } from 'local-aws-sqs';
import { type QueueTuning, queueInProcess, tuneQueue } from './embedded-queue.ts';
import { localAccountId, localRegion } from './local-account.ts';
import type { QueueAccess } from './queue-access.ts';

/** SQS in this process and in memory. */
export interface SqsEngine {
  readonly endpoint: string;
  /** Adjusts a queue that was created through the API, and gives direct access to it. */
  readonly tune: (queueName: string, tuning: QueueTuning) => QueueAccess;
  readonly stop: () => Promise<void>;
}

export async function startSqs(): Promise<SqsEngine> {
  const hostname = '127.0.0.1';
  const { service, requestHandler } = createRequestHandler({
    port: 0,
    hostname,
    accountId: localAccountId,
    region: localRegion,
  });
  const server = createServer((request, response) => void requestHandler(request, response));
  // The default of 5 s resets connections that an SDK client keeps and is about to use again.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The SQS server has no port.');
  // Queue URLs carry the port, which is known only now.
  service.PORT = address.port;
  return {
    endpoint: `http://${hostname}:${address.port}`,
    tune: (queueName, tuning) => {
      const queue = service.Queues.find(({ QueueName }) => QueueName === queueName);
      if (queue === undefined) throw new Error(`There is no queue ${queueName} in the embedded SQS.`);
      tuneQueue(queue, tuning);
      return queueInProcess(queue);
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      service.resetAll();
    },
  };
}
