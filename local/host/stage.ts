import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Activity } from './activity.ts';
import { type ControlPlaneEndpoints, startControlPlane } from './control-plane/control-plane.ts';
import type { DeployedStage } from './control-plane/control-plane-response.ts';
import { createStageQueues, createStageTables } from './create-storage.ts';
import { type EmbeddedParts, type Endpoints, startEmbeddedParts } from './embedded-services.ts';
import { type Poller, pollersOf } from './event-sources/poller.ts';
import { startPollers, startSchedules } from './event-sources/start-pollers.ts';
import { CustomBuses } from './eventbridge/custom-buses.ts';
import { busRules, createEventBus, type EventBus } from './eventbridge/event-bus.ts';
import { MatchedEvents } from './eventbridge/matched-events.ts';
import type { FunctionHost } from './functions/function-host.ts';
import { type Environment, hostFunctions, identifyFunctions } from './functions/host-functions.ts';
import { createInvoke, type InvocationListener } from './functions/invocation.ts';
import type { WorkerClock } from './functions/worker-protocol.ts';
import { untilIdle } from './idle.ts';
import { clientSettings } from './local-account.ts';
import type { QueueAccess } from './queues/queue-access.ts';
import type { CreatedQueue } from './queues/sqs-queues.ts';
import type { EngineChoice, EngineName } from './tables/dynamodb-engine.ts';
import type { CreatedTable } from './tables/dynamodb-tables.ts';
import { createResolver, type Identity, type Resolve } from './template/intrinsics.ts';
import { ResourceIndex } from './template/resource-index.ts';
import { readTemplate, type Template } from './template/template.ts';
import { refuseUnsupported } from './template/unsupported-resources.ts';

export interface StageOptions {
  /** A `*.template.json` file, or a `cdk.out` folder that holds exactly one. */
  readonly template: string;
  /** @default 'auto': dynoxide where it is installed, else DynamoDB Local where Java is */
  readonly engine?: EngineChoice;
  /**
   * Multiplies schedule rates, queue delays, batching windows, and the time until a failed message or record is tried
   * again; 0.02 is fifty times faster. Function timeouts and delays that functions ask for stay as they are.
   * @default 1
   */
  readonly timeScale?: number;
  /** Read for `AWS_ENDPOINT_URL_*` of the five services alone. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Endpoint of the Partner Central simulator. */
  readonly partnerCentralUrl: string;
  /** Variables put over those of the template and of the stage, which it is given. @default none */
  readonly functionEnvironment?: (functionId: string, given: Environment) => Environment;
  /** Another folder for the bundle of a function. @default the one that the template names */
  readonly functionFolder?: (functionId: string, ofAsset: string) => string;
  /** Asked for each worker that starts. @default the clock of the machine */
  readonly workerClock?: (functionId: string) => WorkerClock;
  /**
   * Asked for each batch of a stream: whether it is lost, as after a standstill of more than the 24 hours for which DynamoDB
   * keeps records.
   * @default none is
   */
  readonly isStreamTrimmed?: () => boolean;
  /** Stands between a queue and both the bus and the pollers. @default nothing does */
  readonly queueAccess?: (queueId: string, access: QueueAccess) => QueueAccess;
  /** Most workers per function. @default 2 */
  readonly concurrency?: number;
  /** Called with each line that a function prints, and with problems of the stage in serving it. */
  readonly onLine: (functionId: string, line: string) => void;
  readonly onInvoke?: InvocationListener;
}

/** A running stage. Resources are found by short id (construct path below the stack), full construct path or logical id. */
export interface Stage {
  /** The DynamoDB that was started, or `external` where AWS_ENDPOINT_URL_DYNAMODB names one. */
  readonly engine: EngineName | 'external';
  readonly endpoints: Endpoints;
  /** Where the stack is described and its functions are called. */
  readonly controlPlane: ControlPlaneEndpoints;
  readonly bus: EventBus;
  /** What endpoints put on event buses. */
  readonly buses: CustomBuses;
  readonly tables: ResourceIndex<CreatedTable>;
  readonly queues: ResourceIndex<CreatedQueue>;
  readonly functions: ResourceIndex<FunctionHost>;
  /**
   * Stops whatever reads this queue or table, feeds this function, or is this mapping (by short id); resolves when the
   * batches already taken are done.
   */
  readonly pause: (id: string) => Promise<void>;
  readonly resume: (id: string) => void;
  /**
   * Resolves when every polled queue (visible, in flight and delayed) and every polled stream is empty and nothing runs.
   * Work that is only a row with a due time is not seen. Never resolves while a paused source holds work.
   */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Stoppable {
  readonly stop: () => Promise<void>;
}

/** @throws Error that says which part cannot start, or which resource (logical id) of the template is not supported */
export async function startStage(options: StageOptions): Promise<Stage> {
  const template = readTemplate(options.template);
  refuseUnsupported(template);
  const parts = await startEmbeddedParts(options.env, options.engine ?? 'auto', options.partnerCentralUrl);
  const running: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    // All at once: pollers wait for invocations, which end with their workers.
    await Promise.all(running.map((part) => part.stop()));
    await parts.stop();
  };
  try {
    return { ...(await assemble(template, parts, options, running)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param running receives what works on the parts and must be stopped before them */
async function assemble(
  template: Template,
  parts: EmbeddedParts,
  options: StageOptions,
  running: Stoppable[],
): Promise<Omit<Stage, 'stop'>> {
  const { endpoints } = parts;
  const timeScale = options.timeScale ?? 1;
  const identities = new Map<string, Identity>();
  const controlPlane = await startControlPlane(() => deployed);
  running.push(controlPlane);
  const resolve = createResolver(template, identities);
  const sqs = new SQSClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SQS));
  const streams = new DynamoDBStreamsClient(clientSettings(endpoints.AWS_ENDPOINT_URL_DYNAMODB_STREAMS));

  identifyFunctions(template, identities);
  const tables = await createStageTables(template, endpoints.AWS_ENDPOINT_URL_DYNAMODB, identities);
  const created = await createStageQueues(sqs, template, resolve, identities, parts, timeScale);
  const queues = created.map((queue) => ({
    ...queue,
    access: options.queueAccess?.(queue.resource.id, queue.access) ?? queue.access,
  }));
  const functions = hostFunctions(template, resolve, {
    concurrency: options.concurrency ?? 2,
    environment: (id, ofTemplate) => {
      const { AWS_ENDPOINT_URL_EVENTBRIDGE } = controlPlane.endpoints;
      const given = { ...ofTemplate, ...endpoints, AWS_ENDPOINT_URL_EVENTBRIDGE };
      return { ...given, ...options.functionEnvironment?.(id, given) };
    },
    folder: options.functionFolder ?? ((_, ofAsset) => ofAsset),
    clock: options.workerClock,
    onLine: options.onLine,
  });
  const rules = busRules(template, resolve, (arn) => queues.find((queue) => queue.arn === arn)?.access);
  const bus = createEventBus(rules);

  const activity = new Activity();
  const invoke = createInvoke(activity, options.onInvoke ?? (() => undefined));
  const matchedEvents = new MatchedEvents();
  const buses = new CustomBuses();
  const deployed: DeployedStage = {
    stackName: template.stackName,
    outputs: () => outputsOf(template, resolve),
    functions,
    invoke,
    rules,
    matchedEvents,
    buses,
  };
  const consumers = { functions, invoke, timeScale };
  const sources = { streams, queues, tables, activity };
  const pollers = startPollers(template, resolve, {
    ...consumers,
    ...sources,
    isStreamTrimmed: options.isStreamTrimmed ?? (() => false),
    onProblem: options.onLine,
  });
  running.push(...pollers, ...functions);
  running.push(...startSchedules(template, resolve, consumers));

  const chosen = (id: string): readonly Poller[] => pollersOf(pollers, id);
  return {
    engine: parts.dynamoDb?.name ?? 'external',
    endpoints,
    controlPlane: controlPlane.endpoints,
    buses,
    bus: {
      put: async (event) => {
        const matched = await activity.during(async () => await bus.put(event));
        for (const ruleId of matched) matchedEvents.count(ruleId, Date.now());
        return matched;
      },
    },
    tables: new ResourceIndex('table', tables),
    queues: new ResourceIndex('queue', queues),
    functions: new ResourceIndex('function', functions),
    pause: async (id) => {
      await Promise.all(chosen(id).map((poller) => poller.pause()));
    },
    resume: (id) => {
      for (const poller of chosen(id)) poller.resume();
    },
    idle: async () => await untilIdle(activity, pollers),
  };
}

/** @throws Error naming the output whose value the stage does not know */
function outputsOf(template: Template, resolve: Resolve): ReturnType<DeployedStage['outputs']> {
  return [...template.outputs].map(([name, value]) => [name, String(resolve(value))] as const);
}
