import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { httpsWebhookTransport } from '../../lambdas/adapters/https-webhook-transport.ts';
import { systemClock } from '../../lambdas/adapters/system-clock.ts';
import { type Instant, instantOf } from '../../lambdas/core/instant.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { Version } from '../../lambdas/core/version.ts';
import { leaseMs } from '../../lambdas/deliver/contract.ts';
import { fanOut } from '../../lambdas/fan-out/fan-out.ts';
import type { WebhookTransport } from '../../lambdas/ports/webhook-transport.ts';
import { startDeliveryWorkers } from '../../local/delivery-workers.ts';
import { dynoxideBinary } from '../../local/host/tables/dynamodb-engine.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { type Random, seededRandom } from '../../local/partner-central/seeded-random.ts';
import { appendVersion } from '../builders/append-version.ts';
import { endpoint, secretIdFor, webhook } from '../builders/endpoints.ts';
import { opportunityPayload } from '../builders/payloads.ts';
import { historyOf, observation, opportunityKey } from '../builders/versions.ts';
import { useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { deliverWorld, secret } from '../unit/deliver/deliver-world.ts';

const records = 4;
const versionsEach = 10;
/** The schedule of 75 hours becomes 27 s. */
const timeScale = 0.0001;
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

function history(record: number): readonly Version[] {
  const observations = Array.from({ length: versionsEach }, (_, index) => {
    const lastModifiedDate = `2026-03-01T10:${String(index).padStart(2, '0')}:00Z`;
    // Every third version also changes the stage. One of the two endpoints wants only these.
    const stage = Math.floor(index / 3) % 2 === 0 ? 'Prospect' : 'Qualified';
    const payload = opportunityPayload({ stage, title: `Plan ${index}`, lastModifiedDate });
    return observation({ key: { ...opportunityKey, id: `O${3_000_000 + record}` }, payload });
  });
  return historyOf(observations).versions;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Delivery is at least once: a version that was received may be sent again, still in order. */
function withoutRepeats(versions: readonly number[]): readonly number[] {
  return versions.filter((version, index) => version !== versions[index - 1]);
}

/**
 * Draws how often each message is refused, with a chance of 30 % each time. They are drawn in
 * advance, so that the waits of the run are the same whatever the order of the requests: a message
 * that is refused seven times waits for a day of the schedule.
 */
function drawRefusals(messages: readonly string[], random: Random): Map<string, number> {
  const refusedTimes = () => {
    let times = 0;
    while (random() < 0.3) times += 1;
    return times;
  };
  return new Map(messages.map((message) => [message, refusedTimes()]));
}

/** Refuses requests as drawn, and records the accepted versions by endpoint and record. */
async function startFailingReceiver(drawn: ReadonlyMap<string, number>) {
  const accepted = new Map<string, number[]>();
  const left = new Map(drawn);
  const server = await startLoopbackServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const { data } = JSON.parse(body);
      const key = `${request.url} ${recordPath(data)}`;
      const message = `${key} ${data.version}`;
      const refusals = left.get(message) ?? 0;
      if (refusals > 0) left.set(message, refusals - 1);
      else accepted.set(key, [...(accepted.get(key) ?? []), data.version]);
      response.writeHead(refusals > 0 ? 503 : 204).end();
    });
  });
  return { ...server, accepted };
}

describeUnless(
  dynoxideBinary() ? undefined : 'its binary exists only for Linux x64',
  'promise 8: an endpoint that asks for order gets it',
  () => {
    const engine = useDynamoDb('dynoxide');

    it('delivers the versions of every record in order to a receiver that fails 30 % of the time', async ({
      signal,
    }) => {
      const random = seededRandom(110);
      const world = await deliverWorld();
      const histories = Array.from({ length: records }, (_, record) => history(record));
      const messages = histories
        .flat()
        .flatMap((version) =>
          ['/ep_all', '/ep_some'].map((path) => `${path} ${recordPath(version)} ${version.version}`),
        );
      const refusals = drawRefusals(messages, random);
      // One message is refused so often that its record waits for seven hours of the schedule.
      expect(Math.max(...refusals.values())).toBe(5);
      const receiver = await startFailingReceiver(refusals);
      const table = await engine.emptyWebhookTable();
      const deliveries = dynamodbDeliveryStore(engine.client(), table);
      const gates = dynamodbEndpointGateStore(engine.client(), table);
      const withoutTimeout = httpsWebhookTransport({ network: 'loopback' });
      // No request may time out: on a busy machine that would be one more failure.
      const transport: WebhookTransport = {
        post: (url, headers, body) => withoutTimeout.post(url, headers, body, leaseMs),
      };
      const at = (id: 'ep_all' | 'ep_some') => {
        world.secrets.set(secretIdFor(id), secret);
        return webhook({ url: `${receiver.url}/${id}`, secretId: secretIdFor(id) });
      };
      const wantsAll = endpoint({ id: 'ep_all', ordering: 'per-record', destination: at('ep_all') });
      const topics = ['opportunity.created', 'opportunity.stage_changed'];
      const wantsSome = endpoint({
        id: 'ep_some',
        ordering: 'per-record',
        destination: at('ep_some'),
        topics,
      });
      for (const each of [wantsAll, wantsSome]) world.endpoints.put(each);
      const parts = { ...world, deliveries, gates, transport, clock: systemClock, random: { next: random } };
      const slotsPerEndpoint = 4;
      const workers = startDeliveryWorkers({
        invocations: 6,
        depsOf: (worker, doorbell) => ({ ...parts, doorbell, worker, slotsPerEndpoint, leaseMs, timeScale }),
        due: async () => (await deliveries.due(instantOf(Date.now()), 100)).map(({ id }) => id),
      });
      try {
        for (const versions of histories)
          for (const [index, version] of versions.entries())
            await appendVersion(world.records, versions[index - 1], version, instantOf(Date.now()));
        const endpoints = async () => ({ endpoints: [wantsAll, wantsSome], unreadable: [] });
        const metrics = recordedMetrics<
          'VersionsFannedOut' | 'DeliveriesAdded' | 'VersionsRedacted' | 'DoorbellsParked'
        >();
        // A stream fans out versions in order, but `sweep` does not: order must not depend on it.
        for (const version of shuffled(histories.flat(), random))
          await fanOut(version, {
            ...parts,
            outboxGraceMs: 60_000,
            endpoints,
            doorbell: workers.doorbell,
            metrics,
          });
        // Counters do not tell when all is delivered: a repeated attempt counts twice.
        while ((await deliveries.due(farFuture, 1)).length > 0) {
          signal.throwIfAborted();
          await sleep(20);
        }

        const expected = histories.flatMap((versions) => {
          const key = recordPath(versions[0] ?? opportunityKey);
          const wanted = versions.filter((version) => version.topics.some((topic) => topics.includes(topic)));
          return [
            [`/ep_all ${key}`, versions.map(({ version }) => version)],
            [`/ep_some ${key}`, wanted.map(({ version }) => version)],
          ] as const;
        });
        expect(workers.failures).toEqual([]);
        const accepted = [...receiver.accepted].map(
          ([path, versions]) => [path, withoutRepeats(versions)] as const,
        );
        expect(new Map(accepted)).toEqual(new Map(expected));
        expect(world.metrics.totals()).not.toHaveProperty('DeliveriesExhausted');
        // Deliveries were skipped and retried, so the order was really at risk.
        expect(world.metrics.totals()['DeliveriesSkipped']).toBeGreaterThan(10);
        expect(world.metrics.totals()['DeliveriesRetried']).toBeGreaterThan(10);
      } finally {
        await workers.stop();
        await receiver.stop();
      }
    });
  },
);
