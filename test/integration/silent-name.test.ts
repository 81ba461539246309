import dns from 'node:dns';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { dynamodbEndpointStore, endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../lambdas/core/ids.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { deliverBatch } from '../../lambdas/deliver/batch.ts';
import type { DeliverDeps } from '../../lambdas/deliver/deps.ts';
import type { WebhookTransport } from '../../lambdas/ports/webhook-transport.ts';
import { certificate, privateKey, receiverName } from '../../local/chaos/chaos-certificate.ts';
import { type NameAnswer, startNameServer } from '../../local/chaos/name-server.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { endpoint, secretIdFor, webhook } from '../builders/endpoints.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { type Answering, startHttpReceiver, startHttpsReceiver } from '../conformance/receiver-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { correlationId, deliverWorld, secret, version } from '../unit/deliver/deliver-world.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** Makes a server the one that this process asks for names. */
async function useNameServer(answerNow: (name: string) => NameAnswer): Promise<void> {
  const before = dns.getServers();
  const server = await startNameServer(answerNow);
  dns.setServers([server.address]);
  stops.push(server.stop, () => dns.setServers(before));
}

const silentUrls = Array.from({ length: 10 }, (_, index) => `https://silent-${index}.example/hook`);

const acceptAll: Answering = (_, response) => response.end('ok');

/** Two receivers with TLS, whose name DNS knows, and two without. */
async function startHealthyReceivers() {
  const secure = await startHttpsReceiver(acceptAll, { cert: certificate, key: privateKey });
  const plain = await startHttpReceiver(acceptAll);
  stops.push(secure.stop, plain.stop);
  const urls = [
    ...['/a', '/b'].map((path) => `https://${receiverName}:${secure.port}${path}`),
    ...['/c', '/d'].map((path) => `http://localhost:${plain.port}${path}`),
  ];
  return { urls, paths: () => [...secure.received, ...plain.received].map(({ path }) => path) };
}

/** A transport that begins the healthy requests when all silent ones are under way. */
function silentFirst(transport: WebhookTransport): WebhookTransport {
  const { promise: areUnderWay, resolve } = Promise.withResolvers<void>();
  let underWay = 0;
  return {
    async post(url, ...request) {
      if (!silentUrls.includes(url)) await areUnderWay;
      const answer = transport.post(url, ...request);
      if (silentUrls.includes(url)) underWay += 1;
      if (underWay === silentUrls.length) resolve();
      return answer;
    },
  };
}

/** Stores an endpoint for each URL, each with a delivery of the same message that is due. */
async function storeDeliveries(client: DynamoDBClient, table: string, urls: readonly string[]) {
  const deliveries = dynamodbDeliveryStore(client, table);
  const ids: DeliveryId[] = [];
  for (const [index, url] of urls.entries()) {
    const caCertificate = url.includes(receiverName) ? certificate : undefined;
    const id = `ep_${index}` as const;
    const to = endpoint({ id, destination: webhook({ url, caCertificate, secretId: secretIdFor(id) }) });
    await client.send(new PutItemCommand({ TableName: table, Item: toAttributes(endpointItem(to)) }));
    const { messageId, previousMessageId } = version;
    const deliveryId = deliveryIdOf(messageId, to.id);
    const of = { messageId, previousMessageId, endpointId: to.id, version, correlationId, wanted: true };
    await deliveries.add({ id: deliveryId, ...of }, instantOf(Date.now()));
    ids.push(deliveryId);
  }
  return ids;
}

describeUnless(missingDynoxide, 'a name whose DNS is silent', () => {
  const engine = useDynamoDb('dynoxide');

  /** A client that looks up a host name for each connection, as that of a function does. */
  async function clientByName(): Promise<DynamoDBClient> {
    const { protocol, port } = (await engine.client().config.endpoint?.()) ?? {};
    const client = new DynamoDBClient(clientSettings(`${protocol}//localhost:${port}`));
    stops.push(() => client.destroy());
    return client;
  }

  it('takes no time of others: ten such deliveries beside four healthy ones in one worker', async () => {
    let answerToSilent: NameAnswer = 'silent';
    await useNameServer((name) => (name === receiverName ? 'found' : answerToSilent));
    const healthy = await startHealthyReceivers();
    const client = await clientByName();
    const table = await engine.emptyWebhookTable();
    const ids = await storeDeliveries(client, table, [...silentUrls, ...healthy.urls]);
    const deliveries = dynamodbDeliveryStore(client, table);
    const endpoints = dynamodbEndpointStore(client, table);
    const world = await deliverWorld();
    for (const index of ids.keys()) world.secrets.set(secretIdFor(`ep_${index}`), secret);
    const deps: DeliverDeps = {
      ...world,
      deliveries,
      endpoints,
      readEndpoint: (id: EndpointId) => endpoints.find(id),
      gates: dynamodbEndpointGateStore(client, table),
      transport: silentFirst(httpsWebhookTransport({ network: 'loopback' })),
      clock: systemClock,
    };

    let isEnded = false;
    const rings = ids.map((deliveryId) => ({ deliveryId, revive: false }));
    const batch = deliverBatch(rings, deps).finally(() => {
      isEnded = true;
    });
    // Also the calls of DynamoDB, by which these states are read and written, do not wait.
    const states = () => Promise.all(ids.map((id) => deliveries.state(id)));
    const whileSilent = [...silentUrls.map(() => 'pending'), ...healthy.urls.map(() => 'delivered')];
    await expect
      .poll(async () => (await states()).map((state) => state?.status), { timeout: 60_000 })
      .toEqual(whileSilent);
    expect(isEnded).toBe(false);
    expect(healthy.paths()).toHaveLength(4);
    expect(new Set(healthy.paths())).toEqual(new Set(['/a', '/b', '/c', '/d']));
    // The next repetition of each silent query is answered.
    answerToSilent = 'no-such-name';
    expect(await batch).toEqual(new Map());
    expect(world.log.of('delivery.attempted').map(({ outcome }) => outcome)).toEqual([
      ...healthy.urls.map(() => 'delivered'),
      ...silentUrls.map(() => 'unreachable'),
    ]);
  });
});
