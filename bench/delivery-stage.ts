import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { clientSettings } from '../local/host/local-account.ts';
import { startSqs } from '../local/host/queues/sqs-engine.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startSecretsManager } from '../local/host/secrets/secrets-manager.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { certificate } from '../test/conformance/loopback-certificate.ts';
import { inBatches } from './batches.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { type RecordedCall, startRecorder } from './recorded-calls.ts';
import { createWebhookBacklog } from './webhook-backlog.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/** 32 bytes, made up. */
const key = Buffer.alloc(32, 'a key of the benchmark').toString('base64');

/** How many versions one invocation of `fan-out` receives. */
const versionsAtOnce = 50;
/** How many messages one invocation of `deliver` receives. */
const doorbellsAtOnce = 10;

/** Calls of one round, by service. */
export interface DeliveryCalls {
  readonly dynamodb: readonly RecordedCall[];
  readonly sqs: readonly RecordedCall[];
}

export interface DeliveryRound {
  /** Processor time of both functions for all messages, milliseconds. */
  readonly fanOutMs: number;
  readonly deliverMs: number;
  readonly calls: DeliveryCalls;
}

/** An own database, queue and receiver, on which `fan-out` and `deliver` work. */
export interface DeliveryStage {
  /** Processes for bundles, with the environment of this stage. */
  readonly start: (bundle: string) => Promise<FunctionProcess>;
  /** Sends as many new versions as messages. @throws Error if not all are received */
  readonly play: (functions: DeliveryFunctions, messages: number) => Promise<DeliveryRound>;
  /** Adds versions that nothing fans out. */
  readonly addVersions: (versions: number) => Promise<unknown>;
  readonly urls: { readonly dynamodb: string; readonly sqs: string };
  readonly posts: { readonly url: string; readonly key: string; readonly body: string };
  /** File with the certificate of the receiver. */
  readonly trusted: string;
}

export interface DeliveryFunctions {
  readonly fanOut: FunctionProcess;
  readonly deliver: FunctionProcess;
}

export async function startDeliveryStage(
  folder: string,
  cleanUps: AsyncDisposableStack,
): Promise<DeliveryStage> {
  const started = <Part extends { readonly stop: () => unknown }>(part: Part): Part => {
    cleanUps.defer(async () => void (await part.stop()));
    return part;
  };
  const receiver = started(await startWebhookReceiver());
  const engine = started(await startDynamoDb('auto'));
  const secretsManager = started(await startSecretsManager());
  const sqs = started(await startSqs());
  const dynamodbCalls = started(await startRecorder(engine.endpoint));
  const sqsCalls = started(await startRecorder(sqs.endpoint));
  const queueUrl = await createQueue(sqs.endpoint);
  const { url } = receiver;
  const engines = { dynamodb: engine.endpoint, secretsManager: secretsManager.endpoint };
  const backlog = await createWebhookBacklog({ ...engines, url, secret: `whsec_${key}` });
  const trusted = join(folder, 'trusted.pem');
  await writeFile(trusted, certificate);
  return {
    start: async (bundle) =>
      started(
        await startFunctionProcess(bundle, {
          AWS_ENDPOINT_URL_DYNAMODB: dynamodbCalls.url,
          AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
          AWS_ENDPOINT_URL_SQS: sqsCalls.url,
          // The SDK calls the host of the queue's URL.
          DELIVERY_QUEUE_URL: new URL(new URL(queueUrl).pathname, sqsCalls.url).href,
          NODE_EXTRA_CA_CERTS: trusted,
          WEBHOOK_NETWORK: 'loopback',
        }),
      ),
    async play({ fanOut, deliver }, messages) {
      const before = receiver.received();
      const fannedOut = await fanOut.runRound(streamBatches(await backlog.addVersions(messages)));
      const sent = sqsCalls.take();
      const delivered = await deliver.runRound(doorbellBatches(sent));
      const received = receiver.received() - before;
      if (received !== messages) throw new Error(`${received} of ${messages} messages were received`);
      const calls = { dynamodb: dynamodbCalls.take(), sqs: [...sent, ...sqsCalls.take()] };
      return { fanOutMs: fannedOut.cpuMs, deliverMs: delivered.cpuMs, calls };
    },
    addVersions: (versions) => backlog.addVersions(versions),
    urls: { dynamodb: engine.endpoint, sqs: sqs.endpoint },
    posts: { url, key, body: backlog.body },
    trusted,
  };
}

async function createQueue(endpoint: string): Promise<string> {
  const client = new SQSClient(clientSettings(endpoint));
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: 'delivery' }));
  client.destroy();
  return QueueUrl;
}

function streamBatches(keys: readonly { readonly pk: string; readonly sk: string }[]): unknown[] {
  return inBatches(keys, versionsAtOnce).map((batch) => ({
    Records: batch.map(({ pk, sk }, index) => ({
      eventSource: 'aws:dynamodb',
      dynamodb: { SequenceNumber: String(index), Keys: { pk: { S: pk }, sk: { S: sk } } },
    })),
  }));
}

const sentBatch = v.object({ Entries: v.array(v.object({ MessageBody: v.string() })) });

function doorbellBatches(sent: readonly RecordedCall[]): unknown[] {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:delivery';
  const bodies = sent.flatMap(({ body }) =>
    v.parse(sentBatch, JSON.parse(body)).Entries.map(({ MessageBody }) => MessageBody),
  );
  return inBatches(bodies, doorbellsAtOnce).map((batch) => ({
    Records: batch.map((Body, index) => toSqsRecord({ MessageId: String(index), Body }, arn)),
  }));
}
