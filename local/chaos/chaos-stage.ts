import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { clientSettings } from '../host/local-account.ts';
import type { QueueAccess } from '../host/queues/queue-access.ts';
import { type Stage, startStage } from '../host/stage.ts';
import { readTemplate } from '../host/template/template.ts';
import type { Tables } from '../observation.ts';
import { webhookEndpoint } from '../webhook-endpoint.ts';
import { bundleFolder } from './broken-bundles.ts';
import type { ChaosReceiver } from './chaos-receiver.ts';
import { ChaoticQueue, type QueueFaults } from './chaotic-queue.ts';
import { FaultProxy, type ProxyHooks } from './fault-proxy.ts';

/** A minute of a deployment's is three seconds here: the lease 6 s, the settling time a quarter of a second. */
export const timeScale = 0.05;
/** What the bundles are synthesized with, and what a stale answer is told in, seconds of a deployment's time. */
export const settleSeconds = 5;
export const staleSeconds = 3;
export const skewSeconds = 1;

/** What this simulated account may read. The functions are told a fifth less: here one thread counts the reads of all. */
export const grantedReadsPerSecond = 40;
const usedReadsPerSecond = 32;
/** Of two workers both may work for one endpoint; one that ends keeps its lane until its lease is over. */
const slotsPerEndpoint = 2;
/** Long after any storm. */
const readsPerDay = 100_000;

/** Of the messages in the queues. Two rings of one bell meet if they come close together. */
const events = { doubledShare: 0.1, heldShare: 0.1, longestHoldMs: 600 };
const doorbells = { doubledShare: 0.25, heldShare: 0.1, longestHoldMs: 150 };

/** Messages of a worker that ended come again after this, and not after the minutes of a visibility timeout. */
const retrySeconds = 0.4;

export interface ChaosStageProps {
  /** Folder with the synthesized template and the bundles. */
  readonly template: string;
  /** Folder with other bundles, each in a folder called like its contract. @default those of the template */
  readonly bundles?: string | undefined;
  readonly partnerCentralUrl: string;
  readonly receivers: readonly ChaosReceiver[];
  readonly proxyHooks: ProxyHooks;
  readonly mischief: Pick<QueueFaults, 'random' | 'isOn' | 'onDoubled'>;
  readonly isStreamTrimmed: () => boolean;
  /** How far the clock of the next worker is off, milliseconds. */
  readonly skewMs: () => number;
  readonly onLine: (functionId: string, line: string) => void;
  /** Called with what the functions are invoked with from the stream. */
  readonly onStreamBatch: (functionId: string, event: unknown) => void;
}

export interface ChaosStage {
  readonly stage: Stage;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly tables: Tables;
  /** By short id, those that are worked from. */
  readonly queues: ReadonlyMap<string, ChaoticQueue>;
  /** What has passed for the functions besides what really has, milliseconds. */
  readonly passedMs: () => number;
  /** Moves the clocks of all functions on, at once. */
  readonly pass: (ms: number) => void;
  readonly stop: () => Promise<void>;
}

/** The deployed parts, with the adversary's hands at every joint. */
export async function startChaosStage(props: ChaosStageProps): Promise<ChaosStage> {
  const passed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
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
      WEBHOOK_NETWORK: 'loopback',
      SLOTS_PER_ENDPOINT: String(slotsPerEndpoint),
    }),
    functionFolder: (functionId, ofAsset) =>
      props.bundles ? bundleFolder(props.bundles, functionId) : ofAsset,
    workerClock: () => ({ skewMs: props.skewMs(), passedMs: passed }),
    queueAccess: (queueId, access) => (isParked(queueId) ? access : chaotic(queueId, access)),
    isStreamTrimmed: props.isStreamTrimmed,
    onLine: props.onLine,
    onInvoke: (functionId, event) => {
      if (isStreamBatch(event)) props.onStreamBatch(functionId, event);
    },
  });
  function chaotic(queueId: string, access: QueueAccess): ChaoticQueue {
    const shares = isDoorbell(queueId) ? doorbells : events;
    const queue = new ChaoticQueue(access, { ...props.mischief, ...shares, retrySeconds });
    queues.set(queueId, queue);
    return queue;
  }
  const dynamodb = new DynamoDBClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_DYNAMODB));
  const tables = {
    records: stage.tables.get('Records/Table').tableName,
    webhooks: stage.tables.get('WebhookDelivery/Webhooks').tableName,
  };
  for (const receiver of props.receivers) await register(stage, dynamodb, tables, receiver);
  return {
    stage,
    dynamodb,
    sqs: new SQSClient(clientSettings(stage.endpoints.AWS_ENDPOINT_URL_SQS)),
    tables,
    queues,
    passedMs: () => Atomics.load(passed, 0),
    pass: (ms) => void Atomics.add(passed, 0, Math.round(ms)),
    stop: async () => {
      await stage.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
    },
  };
}

export function isParked(queueId: string): boolean {
  return queueId.endsWith('/Parked');
}

/** Doorbells: all that their messages say stands in rows. */
export function isDoorbell(queueId: string): boolean {
  return queueId.includes('Doorbell') && !isParked(queueId);
}

function functionIdsOf(location: string): string[] {
  const resources = [...readTemplate(location).resources.values()];
  return resources.flatMap(({ type, id }) => (type === 'AWS::Lambda::Function' ? [id] : []));
}

function isStreamBatch(event: unknown): boolean {
  if (typeof event !== 'object' || event === null || !('Records' in event)) return false;
  const { Records } = event;
  const [first] = Array.isArray(Records) ? Records : [];
  return typeof first === 'object' && first !== null && 'dynamodb' in first;
}

/** As an operator would: the secret, and the endpoint that names it. */
async function register(
  { endpoints }: Stage,
  dynamodb: DynamoDBClient,
  tables: Tables,
  receiver: ChaosReceiver,
): Promise<void> {
  const { subscription, secret } = receiver;
  const secretId = `PartnerCentralRelay/endpoints/${subscription.id}`;
  const secrets = new SecretsManagerClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER));
  await secrets.send(new CreateSecretCommand({ Name: secretId, SecretString: secret }));
  const item = endpointItem(webhookEndpoint({ ...subscription, url: await receiver.start(), secretId }));
  await dynamodb.send(new PutItemCommand({ TableName: tables.webhooks, Item: toAttributes(item) }));
}
