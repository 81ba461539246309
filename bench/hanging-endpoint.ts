import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveryStore } from '../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { httpsWebhookTransport } from '../lambdas/adapters/https-webhook-transport.ts';
import { systemClock } from '../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../lambdas/adapters/system-random.ts';
import { deliveryIdOf, type EndpointId, messageIdOf } from '../lambdas/core/ids.ts';
import { instantOf } from '../lambdas/core/instant.ts';
import { sampleRef } from '../lambdas/core/sample-version.ts';
import { startDeliveryWorkers } from '../local/delivery-workers.ts';
import { clientSettings } from '../local/host/local-account.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { startLoopbackServer } from '../local/loopback-server.ts';
import { endpoint, webhook } from '../test/builders/endpoints.ts';
import { webhookTableInput } from '../test/conformance/tables.ts';
import { deliverWorld } from '../test/unit/deliver/deliver-world.ts';

/**
 * What one endpoint that never answers costs the others: the 95th percentile of the time from a new delivery to its
 * receipt, over the same while that endpoint answers as they do: medians of seven turns each, in this run, one after the other. At most 1.2. The deployed use case with real DynamoDB
 * tables and real HTTP, in one process: 30 invocations of ten deliveries at once, six slots for an endpoint.
 */
const most = 1.2;

const endpoints = 5;
const invocations = 30;
const slotsPerEndpoint = 6;
const timeoutSeconds = 3;
/** Of one turn: half of it before the first time-outs of the one that hangs, half of it after. */
const turnMs = 6_000;
const everyMs = 200;
/** The first of each kind warms up and does not count. */
const turns = 8;

const server = await startLoopbackServer((request, response) => {
  request.resume();
  // The one that hangs reads what it is sent, and never answers.
  if (request.url === '/hangs') return;
  const id = request.headers['webhook-id'];
  if (typeof id === 'string') receivedAtMs.set(`${request.url} ${id}`, performance.now());
  setTimeout(() => response.writeHead(204).end(), 20);
});
const receivedAtMs = new Map<string, number>();
const engine = await startDynamoDb('auto');
const client = new DynamoDBClient(clientSettings(engine.endpoint));
const table = 'webhooks';
await client.send(new CreateTableCommand(webhookTableInput(table)));

/** Milliseconds from adding a delivery to its receipt, of all endpoints but the one that may hang. */
async function latenciesMs(withHanging: boolean): Promise<number[]> {
  const world = await deliverWorld();
  const deliveries = dynamodbDeliveryStore(client, table);
  const leaseMs = 4 * timeoutSeconds * 1_000;
  const parts = {
    ...world,
    deliveries,
    gates: dynamodbEndpointGateStore(client, table),
    transport: httpsWebhookTransport({ network: 'loopback' }),
    clock: systemClock,
    random: systemRandom,
    slotsPerEndpoint,
    leaseMs,
    timeScale: 1,
  };
  const name = (index: number): EndpointId => `ep_${withHanging ? 'with' : 'without'}${turn}x${index}`;
  for (let index = 0; index <= endpoints; index += 1) {
    const url = `${server.url}/${withHanging && index === endpoints ? 'hangs' : index}`;
    world.endpoints.put(endpoint({ id: name(index), destination: webhook({ url, timeoutSeconds }) }));
  }
  const workers = startDeliveryWorkers({
    invocations,
    depsOf: (worker, doorbell) => ({ ...parts, doorbell, worker }),
    due: async () => (await deliveries.due(instantOf(Date.now() - 30_000), 100)).map(({ id }) => id),
  });
  const added = new Map<string, number>();
  const endsAtMs = performance.now() + turnMs;
  while (performance.now() < endsAtMs) {
    const version = sampleRef('opportunity.updated', instantOf(Date.now()));
    const messageId = messageIdOf(version);
    const targets = Array.from({ length: endpoints + 1 }, (_, index) => index);
    await Promise.all(
      targets.map(async (index) => {
        const endpointId = name(index);
        const id = deliveryIdOf(messageId, endpointId);
        if (index < endpoints) added.set(`/${index} ${messageId}`, performance.now());
        const delivery = { id, messageId, endpointId, version, wanted: true };
        await deliveries.add(delivery, instantOf(Date.now()));
        await workers.doorbell.ring([id], 0, { endpointId });
      }),
    );
    await sleep(everyMs);
  }
  await sleep(1_000);
  const latencies = [...added].map(
    ([key, atMs]) => (receivedAtMs.get(key) ?? Number.POSITIVE_INFINITY) - atMs,
  );
  void workers.stop();
  return latencies;
}

function p95(latencies: readonly number[]): number {
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.95)] ?? Number.NaN;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

let turn = 0;
const without: number[] = [];
const withHanging: number[] = [];
for (; turn < turns; turn += 1) {
  const pair = [p95(await latenciesMs(false)), p95(await latenciesMs(true))] as const;
  console.log(`${pair.map((ms) => `${ms.toFixed(1)} ms`).join(' without, ')} with one that hangs`);
  if (turn === 0) continue;
  without.push(pair[0]);
  withHanging.push(pair[1]);
}
const ratio = median(withHanging) / median(without);
console.log(
  `95th percentile, median of ${without.length}: ratio ${ratio.toFixed(2)}, at most ${most} is allowed`,
);
await server.stop();
await engine.stop();
process.exit(ratio <= most ? 0 : 1);
