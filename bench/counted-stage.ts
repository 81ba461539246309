import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamodbEndpointGateStore } from '../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { FaultProxy, type ProxyHooks } from '../local/chaos/fault-proxy.ts';
import { localQuota } from '../local/deployment.ts';
import { type Stage, startStage } from '../local/host/stage.ts';
import { readTemplate } from '../local/host/template/template.ts';
import { timeScale } from '../local/local-stage.ts';
import { findUnfinishedWork } from '../local/observation.ts';
import { createPartner } from '../local/partner-central/create-partner.ts';
import type { SimulatedPartner } from '../local/partner-central/model/simulated-partner.ts';
import { startSimulator } from '../local/partner-central/simulator-server.ts';
import { Receiver } from '../local/receiver.ts';
import { accessStage, registerEndpoint } from '../local/stage-access.ts';

/** Number of DynamoDB calls by function and operation. */
export type Calls = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A stage that counts the DynamoDB calls of its functions, with one endpoint. */
export interface CountedStage {
  readonly partner: SimulatedPartner;
  /** Puts the emitted events on the bus and waits until all their messages are delivered. */
  readonly play: () => Promise<void>;
  /** Counts the calls and the delivered versions while the callback runs. */
  readonly counted: (during: () => Promise<void>) => Promise<Counted>;
  readonly stop: () => Promise<void>;
}

export interface Counted {
  readonly calls: Calls;
  /** Number of versions that were received, each counted once. */
  readonly delivered: number;
}

interface CountedStageProps {
  /** Folder of the template and the bundles. */
  readonly folder: string;
  /** Of the read limiter of the functions. */
  readonly readsPerSecond: number;
  /** Factor on the delays of queues and schedules. @default as in `npm start` */
  readonly scale?: number;
}

/**
 * Each function has a proxy of its own before DynamoDB, so a call is charged to its function. The
 * stage polls the streams past the proxies: Lambda does not charge for that. `reconcile` does not
 * run: it reads on a schedule, not because of an event.
 */
export async function startCountedStage(props: CountedStageProps): Promise<CountedStage> {
  let calls: Map<string, Map<string, number>> | undefined;
  const count = (functionId: string, operation: string): void => {
    const name = functionId.replace(/\/Function$/, '').replace(/^.*\//, '');
    const ofFunction = calls?.get(name) ?? new Map<string, number>();
    ofFunction.set(operation, (ofFunction.get(operation) ?? 0) + 1);
    calls?.set(name, ofFunction);
  };
  const proxies = createProxies(props.folder, {
    faultOf: () => undefined,
    end: () => undefined,
    onCall: ({ functionId, service, operation }) => {
      if (service === 'DYNAMODB') count(functionId, operation);
    },
  });
  await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
  const { partner, emitted } = createPartner();
  const simulator = await startSimulator({ partner, quota: localQuota });
  const stage = await startFunctions(simulator.url, proxies, props);
  const receiver = await startReceiver(stage);
  return {
    partner,
    async play() {
      await Promise.all(emitted.splice(0).map((event) => stage.bus.put(event)));
      await waitUntilDelivered(stage);
      if (receiver.refused.length > 0) throw new Error(receiver.refused.join('; '));
    },
    async counted(during) {
      const counting = new Map<string, Map<string, number>>();
      receiver.receipts.length = 0;
      await forgetSlowness(stage);
      calls = counting;
      await during();
      calls = undefined;
      const versions = new Set(receiver.receipts.map(({ webhookId }) => webhookId));
      return { calls: counting, delivered: versions.size };
    },
    async stop() {
      await receiver.stop();
      await stage.stop();
      await simulator.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    },
  };
}

function createProxies(folder: string, hooks: ProxyHooks): ReadonlyMap<string, FaultProxy> {
  const resources = [...readTemplate(folder).resources.values()];
  const functions = resources.filter(({ type }) => type === 'AWS::Lambda::Function');
  return new Map(functions.map(({ id }) => [id, new FaultProxy(id, hooks)]));
}

async function startFunctions(
  partnerCentralUrl: string,
  proxies: ReadonlyMap<string, FaultProxy>,
  { folder, readsPerSecond, scale = timeScale }: CountedStageProps,
): Promise<Stage> {
  return await startStage({
    template: folder,
    timeScale: scale,
    concurrency: 2,
    env: {},
    partnerCentralUrl,
    functionEnvironment: (id, given) => ({
      ...proxies.get(id)?.environment(given),
      // In scaled time a busy machine makes a delivery slow, and a slow one takes a slot.
      TIME_SCALE: '1',
      READS_PER_SECOND: String(readsPerSecond),
      WEBHOOK_NETWORK: 'loopback',
    }),
    onLine: () => undefined,
    startSchedule: () => ({ stop: () => Promise.resolve() }),
  });
}

async function startReceiver(stage: Stage): Promise<Receiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = new Receiver(secret);
  await registerEndpoint(stage, { url: await receiver.start(), secret });
  return receiver;
}

/**
 * On a busy machine a delivery may take longer than a second. The endpoint then counts as slow for
 * ten minutes, and each delivery takes a slot.
 */
async function forgetSlowness(stage: Stage): Promise<void> {
  const { dynamodb, tables } = accessStage(stage);
  await dynamodbEndpointGateStore(dynamodb, tables.webhooks).reset('ep_local');
  dynamodb.destroy();
}

/** Reads the tables past the proxies. */
async function waitUntilDelivered(stage: Stage): Promise<void> {
  const { dynamodb, tables } = accessStage(stage);
  await stage.idle();
  while ((await findUnfinishedWork(dynamodb, tables)).length > 0) await sleep(20);
  await stage.idle();
  dynamodb.destroy();
}
