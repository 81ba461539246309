import { writeFile } from 'node:fs/promises';
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
import { inBatches } from './batches.ts';
import { type FunctionProcess, startFunctionProcess } from './function-process.ts';
import { bundleHandler } from './handler-bundle.ts';
import { instantTables } from './instant-tables.ts';
import { alternate, type Measured, type Measurement, median, ratioOf, spread } from './measurement.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { createWebhookBacklog } from './webhook-backlog.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

/** How many messages one invocation receives. */
const batchSize = 10;
const perRound = 60 * batchSize;

/** 32 bytes, made up. */
const key = Buffer.alloc(32, 'a key of the benchmark').toString('base64');

/**
 * Deliveries per second of processor time, divided by those of a bare loop of signed HTTPS POSTs on
 * kept-alive connections. The deployed handler runs with tables that answer at once, because the
 * loop has no tables. The rate with DynamoDB is printed; `deliverByHand` has the bound for it.
 */
export const deliverThroughput: Measurement = {
  name: 'deliverThroughput',
  title: 'Deliveries per second of processor time, without tables',
  bound: { atLeast: 0.5 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(report, cleanUps);
  },
};

async function measure(report: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await temporaryFolder(cleanUps);
  const receiver = await startWebhookReceiver();
  cleanUps.defer(receiver.stop);
  const engine = await startDynamoDb('auto');
  cleanUps.defer(engine.stop);
  const secretsManager = await startSecretsManager();
  cleanUps.defer(secretsManager.stop);
  const { url } = receiver;
  const engines = { dynamodb: engine.endpoint, secretsManager: secretsManager.endpoint };
  const backlog = await createWebhookBacklog({ ...engines, url, secret: `whsec_${key}` });
  const trusted = join(folder, 'trusted.pem');
  await writeFile(trusted, certificate);
  const start = async (name: string, entry: string, plugins: readonly Plugin[] = []) => {
    const started = await startFunctionProcess(await bundleHandler(entry, join(folder, name), plugins), {
      AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: engines.secretsManager,
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
    if (received !== perRound) throw new Error(`${received} of ${perRound} messages were received`);
    return (1_000 * perRound) / cpuMs;
  };
  const posts = (atOnce: number) => rateOf(bare, postsOf({ url, key, body: backlog.body, atOnce }));
  report('the function without tables, and a loop of POSTs …');
  const sides = await alternate({
    baseline: () => posts(1),
    product: () => rateOf(alone, batchesOf(sampleDoorbells)),
  });
  report('the function with DynamoDB, and a loop of ten concurrent POSTs …');
  const withTables = await alternate({
    baseline: () => posts(batchSize),
    product: async () => rateOf(whole, batchesOf(await backlog.add(perRound))),
  });
  return {
    ratio: ratioOf(sides),
    ours: `${median(sides.product).toFixed(0)} deliveries per second of processor time`,
    floor: `${median(sides.baseline).toFixed(0)}: a loop of signed POSTs`,
    details: [
      'deliveries per second of processor time, ten per batch, bodies of ' +
        `${Buffer.byteLength(backlog.body)} bytes`,
      `the function, with tables that answer at once: ${spread(sides.product, '/s', 0)}`,
      `a loop of signed POSTs: ${spread(sides.baseline, '/s', 0)}`,
      `without a bound: a loop of ten concurrent POSTs: ${spread(withTables.baseline, '/s', 0)}`,
      `without a bound: the function with DynamoDB: ${spread(withTables.product, '/s', 0)}`,
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

const sampleDoorbells = Array.from({ length: perRound }, (_, index) =>
  deliveryDoorbellBody(deliveryIdOf(`msg_${index}`, 'ep_bench'), { endpointId: 'ep_bench' }),
);

function batchesOf(doorbells: readonly string[]) {
  const arn = 'arn:aws:sqs:us-east-1:000000000000:deliveries';
  return inBatches(doorbells, batchSize).map((batch) => ({
    Records: batch.map((Body, index) => toSqsRecord({ MessageId: String(index), Body }, arn)),
  }));
}

function postsOf(posts: Omit<BarePosts, 'ids'>): BarePosts[] {
  const ids = Array.from({ length: perRound }, (_, index) => `msg_${index}`);
  return inBatches(ids, batchSize).map((batch) => ({ ...posts, ids: batch }));
}
