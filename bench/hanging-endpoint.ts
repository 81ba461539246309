import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveryStore } from '../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { httpsWebhookTransport } from '../lambdas/adapters/https-webhook-transport.ts';
import { systemClock } from '../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../lambdas/adapters/system-random.ts';
import { deliveryIdOf, type EndpointId } from '../lambdas/core/ids.ts';
import { instantOf } from '../lambdas/core/instant.ts';
import { makeSample } from '../lambdas/core/sample-version.ts';
import { defaultConcurrency, shareConcurrency } from '../lib/concurrency.ts';
import { percentile } from '../local/change-tracker.ts';
import { startDeliveryWorkers } from '../local/delivery-workers.ts';
import { clientSettings } from '../local/host/local-account.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { startLoopbackServer } from '../local/loopback-server.ts';
import { endpoint, secretIdFor, webhook } from '../test/builders/endpoints.ts';
import { webhookTableInput } from '../test/conformance/tables.ts';
import { deliverWorld, secret } from '../test/unit/deliver/deliver-world.ts';
import { median } from './measurement.ts';

/**
 * Measures how much one endpoint that never answers slows down the others. The figure is the 95th
 * percentile of the time from a new delivery to its receipt, divided by the same percentile while
 * that endpoint answers. Medians of seven rounds each, in alternation; at most 1.2 is allowed. The
 * use case of `deliver` runs in this process with real DynamoDB tables and real HTTP, with the
 * concurrent invocations of ten deliveries and the slots per endpoint that a deployment has.
 */
const maxRatio = 1.2;

const endpoints = 5;
const { deliver: invocations, slotsPerEndpoint } = shareConcurrency(defaultConcurrency);
const timeoutSeconds = 3;
/** One round: half of it before the first timeouts of the endpoint that hangs, half of it after. */
const roundMs = 6_000;
const everyMs = 200;
/** The first round only warms up and does not count. */
const rounds = 8;

const server = await startLoopbackServer((request, response) => {
  request.resume();
  // The endpoint that hangs reads the request and never answers.
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

/**
 * Milliseconds from adding a delivery to its receipt, for all endpoints except the one that may
 * hang.
 */
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
  const name = (index: number): EndpointId => `ep_${withHanging ? 'with' : 'without'}${round}x${index}`;
  for (let index = 0; index <= endpoints; index += 1) {
    const url = `${server.url}/${withHanging && index === endpoints ? 'hangs' : index}`;
    const secretId = secretIdFor(name(index));
    world.secrets.set(secretId, secret);
    world.endpoints.put(
      endpoint({ id: name(index), destination: webhook({ url, timeoutSeconds, secretId }) }),
    );
  }
  const workers = startDeliveryWorkers({
    invocations,
    depsOf: (worker, doorbell) => ({ ...parts, doorbell, worker }),
    due: async () => (await deliveries.due(instantOf(Date.now() - 30_000), 100)).map(({ id }) => id),
  });
  const added = new Map<string, number>();
  const deadlineMs = performance.now() + roundMs;
  while (performance.now() < deadlineMs) {
    const version = makeSample('opportunity.updated', instantOf(Date.now()));
    const { messageId } = version;
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

let round = 0;
const without: number[] = [];
const withHanging: number[] = [];
for (; round < rounds; round += 1) {
  const pair = [
    percentile(await latenciesMs(false), 0.95),
    percentile(await latenciesMs(true), 0.95),
  ] as const;
  console.log(`${pair.map((ms) => `${ms.toFixed(1)} ms`).join(' without, ')} with an endpoint that hangs`);
  if (round === 0) continue;
  without.push(pair[0]);
  withHanging.push(pair[1]);
}
const ratio = median(withHanging) / median(without);
console.log(
  `95th percentile, median of ${without.length}: ratio ${ratio.toFixed(2)}, at most ${maxRatio} is allowed`,
);
await server.stop();
await engine.stop();
process.exit(ratio <= maxRatio ? 0 : 1);
