import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { deliveryDoorbellBody } from '../lambdas/core/doorbell-body.ts';
import { deliveryIdOf } from '../lambdas/core/ids.ts';
import { toSqsRecord } from '../local/host/queues/sqs-event.ts';
import { startSecretsManager } from '../local/host/secrets/secrets-manager.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { certificate } from '../test/conformance/loopback-certificate.ts';
import type { BarePosts } from './bare-deliver.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import { instantTables } from './instant-tables.ts';
import { alternate, type Measured, type Measurement, ratioOf, spread } from './measurement.ts';
import { createWebhookBacklog } from './webhook-backlog.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/** As many as one invocation takes from the queue. */
const batchSize = 10;
const perTurn = 60 * batchSize;

/** 32 bytes, made up. */
const key = Buffer.alloc(32, 'a key of the benchmark').toString('base64');

/**
 * Deliveries per second of processor time, over a bare loop of signed HTTPS POSTs on connections that are kept alive.
 * What is compared is the work of the function itself: the deployed handler with tables that answer at once, since the
 * loop has none. What the tables cost besides is shown.
 */
export const deliverThroughput: Measurement = {
  name: 'deliverThroughput',
  bound: { atLeast: 0.5 },
  async run(told) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(told, cleanUps);
  },
};

async function measure(told: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
  const receiver = await startWebhookReceiver();
  cleanUps.defer(receiver.stop);
  const engine = await startDynamoDb('auto');
  cleanUps.defer(engine.stop);
  const secretsManager = await startSecretsManager();
  cleanUps.defer(secretsManager.stop);
  const { url } = receiver;
  const places = { dynamodb: engine.endpoint, secretsManager: secretsManager.endpoint };
  const backlog = await createWebhookBacklog({ ...places, url, secret: `whsec_${key}` });
  const trusted = join(folder, 'trusted.pem');
  await writeFile(trusted, certificate);
  const start = async (name: string, entry: string, plugins: readonly Plugin[] = []) => {
    const started = await startFunctionProcess(await bundleHandler(entry, join(folder, name), plugins), {
      AWS_ENDPOINT_URL_DYNAMODB: places.dynamodb,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: places.secretsManager,
      NODE_EXTRA_CA_CERTS: trusted,
      WEBHOOK_NETWORK: 'loopback',
      BENCH_URL: url,
    });
    cleanUps.defer(() => started.stop());
    return started;
  };
  const bare = await start('bare', './bare-deliver.ts');
  const alone = await start('alone', '../lambdas/deliver/handler.ts', [withInstantTables]);
  const whole = await start('whole', '../lambdas/deliver/handler.ts');

  /** Deliveries per second of processor time. */
  const rateOf = async (side: FunctionProcess, events: readonly unknown[]): Promise<number> => {
    const before = receiver.received();
    const { cpuMs } = await side.runRound(events);
    const received = receiver.received() - before;
    if (received !== perTurn) throw new Error(`${received} of ${perTurn} messages were received`);
    return (1_000 * perTurn) / cpuMs;
  };
  const posts = (atOnce: number) => rateOf(bare, postsOf({ url, key, body: backlog.body, atOnce }));
  told('the function alone, and the loop …');
  const sides = await alternate({ floor: () => posts(1), real: () => rateOf(alone, batchesOf(madeUpRings)) });
  told('the function with its tables, and a loop of ten POSTs at once …');
  const besides = await alternate({
    floor: () => posts(batchSize),
    real: async () => rateOf(whole, batchesOf(await backlog.add(perTurn))),
  });
  return {
    ratio: ratioOf(sides),
    details: [
      'deliveries per second of processor time, ten in a batch, bodies of ' +
        `${Buffer.byteLength(backlog.body)} bytes`,
      `the function, its tables answering at once: ${spread(sides.real, '/s', 0)}`,
      `a loop of signed POSTs: ${spread(sides.floor, '/s', 0)}`,
      `besides, not bound: ten such POSTs at once: ${spread(besides.floor, '/s', 0)}`,
      `besides, not bound: the function with DynamoDB: ${spread(besides.real, '/s', 0)}`,
    ],
  };
}

const withInstantTables: Plugin = {
  name: 'instant-tables',
  setup(builder) {
    const path = fileURLToPath(new URL('./instant-tables.ts', import.meta.url));
    builder.onResolve({ filter: instantTables }, () => ({ path }));
  },
};

const madeUpRings = Array.from({ length: perTurn }, (_, index) =>
  deliveryDoorbellBody(deliveryIdOf(`msg_${index}`, 'ep_bench'), { endpointId: 'ep_bench' }),
);

function batchesOf(rings: readonly string[]) {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:deliveries';
  return inBatches(rings).map((batch) => ({
    Records: batch.map((Body, index) => toSqsRecord({ MessageId: String(index), Body }, arn)),
  }));
}

function postsOf(posts: Omit<BarePosts, 'ids'>): BarePosts[] {
  const ids = Array.from({ length: perTurn }, (_, index) => `msg_${index}`);
  return inBatches(ids).map((batch) => ({ ...posts, ids: batch }));
}

function inBatches<Each>(all: readonly Each[]): Each[][] {
  return Array.from({ length: all.length / batchSize }, (_, batch) =>
    all.slice(batch * batchSize, (batch + 1) * batchSize),
  );
}
