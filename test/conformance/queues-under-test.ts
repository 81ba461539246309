import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as v from 'valibot';
import { afterAll, beforeAll } from 'vitest';
import { clientSettings, localArn } from '../../local/host/local-account.ts';
import { type SqsEngine, startSqs } from '../../local/host/queues/sqs-engine.ts';
import { toSqsRecord } from '../../local/host/queues/sqs-event.ts';

export interface QueuesUnderTest {
  readonly client: () => SQSClient;
  /** Creates an empty queue. @returns its URL */
  readonly newQueue: () => Promise<string>;
  /** Receives all available messages, in the form that a function gets. */
  readonly receiveAll: (url: string) => Promise<SQSRecord[]>;
  /** Delays of the messages sent since the last call, in seconds. */
  readonly delaySeconds: () => (number | undefined)[];
}

/** An embedded SQS for the whole file. */
export function useQueues(): QueuesUnderTest {
  let started: { readonly engine: SqsEngine; readonly client: SQSClient } | undefined;
  let queues = 0;
  const delays: (number | undefined)[] = [];
  const client = () => {
    if (!started) throw new Error('SQS did not start');
    return started.client;
  };
  beforeAll(async () => {
    const engine = await startSqs();
    started = { engine, client: new SQSClient(clientSettings(engine.endpoint)) };
    started.client.middlewareStack.add(
      (next) => (args) => {
        delays.push(...askedDelays(args.input));
        return next(args);
      },
      { step: 'initialize', name: 'noteDelays' },
    );
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.engine.stop();
  });
  return {
    client,
    newQueue: async () => {
      queues += 1;
      const { QueueUrl = '' } = await client().send(new CreateQueueCommand({ QueueName: `queue${queues}` }));
      return QueueUrl;
    },
    receiveAll: (url) => receiveAll(client(), url),
    delaySeconds: () => delays.splice(0),
  };
}

const asked = v.object({ DelaySeconds: v.optional(v.number()) });
const sending = v.union([
  v.object({ MessageBody: v.string(), ...asked.entries }),
  v.object({ Entries: v.array(asked) }),
]);

function askedDelays(input: object): (number | undefined)[] {
  const sent = v.safeParse(sending, input);
  if (!sent.success) return [];
  const each = 'Entries' in sent.output ? sent.output.Entries : [sent.output];
  return each.map(({ DelaySeconds }) => DelaySeconds);
}

async function receiveAll(client: SQSClient, QueueUrl: string): Promise<SQSRecord[]> {
  const found: Message[] = [];
  // A busy SQS answers with nothing now and then, although there are messages.
  for (let emptyAnswers = 0; emptyAnswers < 2; ) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    emptyAnswers = Messages.length === 0 ? emptyAnswers + 1 : 0;
    found.push(...Messages);
  }
  return found.map((message) => toSqsRecord(message, localArn('sqs', 'queue')));
}
