import type { QueueAccess } from '../host/queues/queue-access.ts';
import { type Stage, startStage } from '../host/stage.ts';
import { readTemplate } from '../host/template/template.ts';
import { isUnpolled } from '../observation.ts';
import { accessStage, registerClient, registerEndpoint, type StageAccess } from '../stage-access.ts';
import { bundleFolder } from './broken-bundles.ts';
import type { ChaosReceiver } from './chaos-receiver.ts';
import { ChaoticQueue, type QueueFaults } from './chaotic-queue.ts';
import { FaultProxy, type ProxyHooks } from './fault-proxy.ts';
import { clientSecret, signingClients } from './signing-clients.ts';

/** Time runs twenty times faster than in a deployment: a lease, for example, is 6 s. */
export const timeScale = 0.05;
/** The settling time of the stack, before it is scaled. */
export const settleSeconds = 5;
/** How old a stale answer of Partner Central is, before it is scaled. */
export const staleSeconds = 3;
/** How far the clock of a worker is ahead or behind, before it is scaled. */
export const skewSeconds = 1;

/** Reads per second that the simulator allows. */
export const grantedReadsPerSecond = 40;
/**
 * Reads per second that the functions may use. It is less than the simulator allows, because the
 * proxies share one thread: when that thread is busy, reads wait and then arrive together.
 */
const usedReadsPerSecond = 32;
/** Enough for one worker while the slot of a worker that ended is taken until its lease expires. */
const slotsPerEndpoint = 2;
/** Writes per second that the simulator allows, and that the functions may use. */
export const grantedWritesPerSecond = 25;
const usedWritesPerSecond = 20;
/** More reads than any seed makes. */
const readsPerDay = 100_000;

const eventQueueFaults = { duplicateShare: 0.1, delayedShare: 0.1, maxDelayMs: 600 };
/** Delays are short, so that a doorbell message and its duplicate compete for one delivery. */
const doorbellQueueFaults = { duplicateShare: 0.25, delayedShare: 0.1, maxDelayMs: 150 };

/** When SQS redelivers the messages of a worker that ended. In a deployment this takes minutes. */
const retrySeconds = 0.4;

export interface ChaosStageProps {
  /** Folder with the synthesized template and the bundles. */
  readonly template: string;
  /**
   * Folder with other bundles, each in a folder named as in its contract.
   * @default those of the template
   */
  readonly bundles?: string | undefined;
  readonly partnerCentralUrl: string;
  readonly receivers: readonly ChaosReceiver[];
  readonly proxyHooks: ProxyHooks;
  readonly queueFaults: Pick<QueueFaults, 'random' | 'isOn' | 'onDuplicate'>;
  readonly isStreamTrimmed: () => boolean;
  /** Address of the DNS server of the functions. */
  readonly nameServer: string;
  /** Clock skew of the next worker, milliseconds. */
  readonly skewMs: () => number;
  readonly onLine: (functionId: string, line: string) => void;
  /** Called with each batch of stream records that a function is invoked with. */
  readonly onStreamBatch: (functionId: string, event: unknown) => void;
}

export interface ChaosStage extends StageAccess {
  readonly stage: Stage;
  /** All queues except the parked ones, by short id. */
  readonly queues: ReadonlyMap<string, ChaoticQueue>;
  /** How far the clocks of the functions are ahead of real time, milliseconds. */
  readonly advancedMs: () => number;
  /** Moves the clocks of all functions forward. Running workers see the new time immediately. */
  readonly advance: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

/**
 * A queue whose timestamps are as far forward as the clocks of the functions. Otherwise an event
 * after that would come from the future, and wait until the queue has the same time.
 */
function withAdvancedClock(access: QueueAccess, advancedMs: () => number): QueueAccess {
  return {
    ...access,
    receive: async (atMost) =>
      (await access.receive(atMost)).map((message) => {
        const receivedAt = Number(message.Attributes?.ApproximateFirstReceiveTimestamp ?? Date.now());
        const ApproximateFirstReceiveTimestamp = String(receivedAt + advancedMs());
        return { ...message, Attributes: { ...message.Attributes, ApproximateFirstReceiveTimestamp } };
      }),
  };
}

/** Starts the deployed parts. Queues and proxies inject faults at every connection between them. */
export async function startChaosStage(props: ChaosStageProps): Promise<ChaosStage> {
  const advanced = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const advancedMs = () => Atomics.load(advanced, 0);
  const queues = new Map<string, ChaoticQueue>();
  const proxies = new Map(
    functionIdsOf(props.template).map((id) => [id, new FaultProxy(id, props.proxyHooks)]),
  );
  await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
  const stage = await startStage({
    template: props.template,
    timeScale,
    concurrency: 2,
    env: {},
    partnerCentralUrl: props.partnerCentralUrl,
    functionEnvironment: (functionId, given) => ({
      ...proxies.get(functionId)?.environment(given),
      TIME_SCALE: String(timeScale),
      SETTLE_SECONDS: String(settleSeconds * timeScale),
      READS_PER_SECOND: String(usedReadsPerSecond),
      READS_PER_DAY: String(readsPerDay),
      WRITES_PER_SECOND: String(usedWritesPerSecond),
      WEBHOOK_NETWORK: 'loopback',
      SLOTS_PER_ENDPOINT: String(slotsPerEndpoint),
    }),
    functionFolder: (functionId, ofAsset) =>
      props.bundles ? bundleFolder(props.bundles, functionId) : ofAsset,
    nameServers: [props.nameServer],
    workerClock: () => ({ skewMs: props.skewMs(), passedMs: advanced }),
    queueAccess: (queueId, access) => (isUnpolled(queueId) ? access : chaoticQueue(queueId, access)),
    isStreamTrimmed: props.isStreamTrimmed,
    onLine: props.onLine,
    onInvoke: (functionId, event) => {
      if (isStreamBatch(event)) props.onStreamBatch(functionId, event);
    },
  });
  function chaoticQueue(queueId: string, access: QueueAccess): ChaoticQueue {
    const shares = isDoorbell(queueId) ? doorbellQueueFaults : eventQueueFaults;
    const queue = new ChaoticQueue(withAdvancedClock(access, advancedMs), {
      ...props.queueFaults,
      ...shares,
      retrySeconds,
    });
    queues.set(queueId, queue);
    return queue;
  }
  for (const receiver of props.receivers) {
    const { secret } = receiver;
    const { isNeverDown: _, isNamed: _named, ...subscription } = receiver.subscription;
    await registerEndpoint(stage, { ...(await receiver.start()), secret }, subscription);
  }
  for (const client of signingClients) await registerClient(stage, client, clientSecret(client.id));
  return {
    stage,
    ...accessStage(stage),
    queues,
    advancedMs,
    advance: (ms) => void Atomics.add(advanced, 0, Math.round(ms)),
    stop: async () => {
      await stage.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    },
  };
}

/** The name of the table of the quota ledger, the passes and the caches. */
export function controlTableOf({ stage }: Pick<ChaosStage, 'stage'>): string {
  return stage.tables.get('Control/Table').tableName;
}

/** Queues of doorbell messages. A doorbell can be lost: the row that it announces is still due. */
export function isDoorbell(queueId: string): boolean {
  return queueId.includes('Doorbell') && !isUnpolled(queueId);
}

function functionIdsOf(templateFolder: string): string[] {
  const resources = [...readTemplate(templateFolder).resources.values()];
  return resources.flatMap(({ type, id }) => (type === 'AWS::Lambda::Function' ? [id] : []));
}

function isStreamBatch(event: unknown): boolean {
  if (typeof event !== 'object' || event === null || !('Records' in event)) return false;
  const { Records } = event;
  const [first] = Array.isArray(Records) ? Records : [];
  return typeof first === 'object' && first !== null && 'dynamodb' in first;
}
