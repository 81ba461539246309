import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll } from 'vitest';
import { clientSettings } from '../../../../local/host/local-account.ts';
import { type SqsEngine, startSqs } from '../../../../local/host/queues/sqs-engine.ts';

export interface SqsUnderTest {
  readonly engine: () => SqsEngine;
  readonly client: () => SQSClient;
  /** @returns the URL of the new queue */
  readonly createQueue: (name: string) => Promise<string>;
}

/** Starts an embedded SQS for all tests of a file. */
export function useSqs(): SqsUnderTest {
  let started: { readonly engine: SqsEngine; readonly client: SQSClient } | undefined;
  const running = () => {
    if (!started) throw new Error('SQS did not start');
    return started;
  };
  beforeAll(async () => {
    const engine = await startSqs();
    started = { engine, client: new SQSClient(clientSettings(engine.endpoint)) };
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.engine.stop();
  });
  return {
    engine: () => running().engine,
    client: () => running().client,
    createQueue: async (QueueName) => {
      const { QueueUrl = '' } = await running().client.send(new CreateQueueCommand({ QueueName }));
      return QueueUrl;
    },
  };
}
