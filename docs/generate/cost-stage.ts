import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { fromAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { FaultProxy, type ProxyHooks } from '../../local/chaos/fault-proxy.ts';
import { reconcileId } from '../../local/function-ids.ts';
import { type Stage, startStage } from '../../local/host/stage.ts';
import { readTemplate } from '../../local/host/template/template.ts';
import { timeScale } from '../../local/local-stage.ts';
import { findUnfinishedWork, type Tables } from '../../local/observation.ts';
import type { PartnerEventEnvelope } from '../../local/partner-central/model/partner-events.ts';
import { Receiver } from '../../local/receiver.ts';
import { accessStage, registerEndpoint } from '../../local/stage-access.ts';
import type { CountedRun } from './counts.ts';
import { UsageTally } from './tally.ts';

export interface CostStage {
  readonly engine: string;
  readonly stage: Stage;
  /** Counts, from zero, everything that the callback puts and the stage processes. */
  readonly counted: (play: () => Promise<number>) => Promise<CountedRun>;
  /** Resolves when the events have been processed. */
  readonly put: (events: readonly PartnerEventEnvelope[]) => Promise<void>;
  readonly dynamodb: DynamoDBClient;
  readonly tables: Tables;
  /** Runs a full pass of `reconcile`. Resolves when what it found has been processed. */
  readonly runFullPass: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the local stage with endpoints that want every message, and sees every call.
 * @param endpoints number of endpoints, all with the same receiver
 * @param scale factor of delays. With many endpoints at a small factor, work falls due before its
 *   first attempt and is signalled again.
 */
export async function startCostStage(
  template: string,
  partnerCentralUrl: string,
  endpoints = 1,
  scale = timeScale,
): Promise<CostStage> {
  let tally: UsageTally | undefined;
  const hooks: ProxyHooks = {
    faultOf: () => undefined,
    end: () => undefined,
    bodyOf: (call) => UsageTally.requestConsumedCapacity(call),
    onCall: (call, _fault, answer) => tally?.recordCall(call, answer?.body ?? '{}'),
  };
  const functions = [...readTemplate(template).resources.values()].filter(
    ({ type }) => type === 'AWS::Lambda::Function',
  );
  const proxies = new Map(functions.map(({ id }) => [id, new FaultProxy(id, hooks)]));
  await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
  const stage = await startStage({
    template,
    timeScale: scale,
    concurrency: 1,
    env: {},
    partnerCentralUrl,
    functionEnvironment: (id, given) => ({
      ...proxies.get(id)?.environment(given),
      // In scaled time a busy machine makes a delivery slow. A slow one takes a slot: two writes.
      TIME_SCALE: id.includes('/Deliver/') ? '1' : String(scale),
      WEBHOOK_NETWORK: 'loopback',
    }),
    onLine: (id, line) => tally?.recordLogLine(id, line),
    onInvoke: (id, event, { durationMs }) => tally?.recordInvocation(id, event, durationMs),
  });
  const { dynamodb, tables } = accessStage(stage);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  const url = await receiver.start();
  for (let number = 1; number <= endpoints; number += 1)
    await registerEndpoint(stage, { url, secret }, { id: `ep_${number}`, topics: ['*'], catalogs: [] });

  const shortName = (name: string): string =>
    stage.tables
      .all()
      .find(({ tableName }) => tableName === name)
      ?.resource.id.replace(/\/Table$/, '')
      .replace(/^.*\//, '') ?? name;
  const memoryMb = (id: string): number =>
    Number(functions.find((resource) => resource.id === id)?.properties['MemorySize'] ?? 128);

  const waitUntilFinished = async (): Promise<void> => {
    await stage.idle();
    while ((await findUnfinishedWork(dynamodb, tables)).length > 0) await sleep(20);
    await stage.idle();
  };
  return {
    engine: stage.engine,
    stage,
    put: async (events) => {
      await Promise.all(events.map((event) => stage.bus.put(event)));
      await waitUntilFinished();
    },
    dynamodb,
    tables,
    runFullPass: async () => {
      await stage.functions.get(reconcileId).invoke({ full: true });
      await waitUntilFinished();
    },
    counted: async (play) => {
      const counting = new UsageTally(shortName, memoryMb);
      receiver.receipts.length = 0;
      const before = await measureVersions(dynamodb, tables.records);
      tally = counting;
      const events = await play();
      tally = undefined;
      return {
        events,
        webhooks: receiver.receipts.length,
        webhookBytes: receiver.receipts.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
        versionBytes: (await measureVersions(dynamodb, tables.records)) - before,
        functions: counting.usageByFunction(),
      };
    },
    stop: async () => {
      await receiver.stop();
      await stage.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    },
  };
}

/**
 * Sums the sizes of all versions as JSON text. That is close to what DynamoDB counts, which has
 * other sizes for numbers and empty values.
 */
async function measureVersions(client: DynamoDBClient, TableName: string): Promise<number> {
  let bytes = 0;
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const item of Items.map(fromAttributes)) {
      if (item['sk'] !== 'current') bytes += Buffer.byteLength(JSON.stringify(item));
    }
  }
  return bytes;
}
