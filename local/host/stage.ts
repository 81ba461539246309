import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { Activity } from './activity.ts';
import { type ControlPlaneEndpoints, startControlPlane } from './control-plane/control-plane.ts';
import type { DeployedStage } from './control-plane/control-plane-response.ts';
import { deployedResources } from './control-plane/deployed-resources.ts';
import { createStageQueues, createStageTables } from './create-storage.ts';
import { type EmbeddedServices, type Endpoints, startEmbeddedServices } from './embedded-services.ts';
import { findPollers, type Poller } from './event-sources/poller.ts';
import { startPollers, startSchedules } from './event-sources/start-pollers.ts';
import { createEventBus, type EventBus, readBusRules, type TargetListener } from './eventbridge/event-bus.ts';
import { EventBuses } from './eventbridge/event-buses.ts';
import { MatchedEvents } from './eventbridge/matched-events.ts';
import { type StartSchedule, startTimedSchedule } from './eventbridge/scheduler.ts';
import { AccountLimit } from './functions/account-limit.ts';
import type { FunctionHost } from './functions/function-host.ts';
import { type Environment, hostFunctions, registerFunctionIdentities } from './functions/host-functions.ts';
import { createInvoke, type InvocationListener } from './functions/invocation.ts';
import { LogGroups } from './functions/log-groups.ts';
import type { WorkerClock } from './functions/worker-protocol.ts';
import { type HostedHttpApi, readRoutes, startHttpApis } from './http-api/http-api.ts';
import { waitUntilIdle } from './idle.ts';
import { clientSettings } from './local-account.ts';
import type { QueueMeasure } from './queues/embedded-queue.ts';
import type { QueueAccess } from './queues/queue-access.ts';
import type { CreatedQueue } from './queues/sqs-queues.ts';
import type { EngineChoice, EngineName } from './tables/dynamodb-engine.ts';
import type { CreatedTable } from './tables/dynamodb-tables.ts';
import { createResolver, type Identity, type Resolve } from './template/intrinsics.ts';
import { ResourceIndex } from './template/resource-index.ts';
import { readTemplate, type Template } from './template/template.ts';
import { rejectUnsupported } from './template/unsupported-resources.ts';

export interface StageOptions {
  /** A `*.template.json` file, or a `cdk.out` folder that holds exactly one. */
  readonly template: string;
  /** @default 'auto': dynoxide if it is installed, otherwise DynamoDB Local if Java is */
  readonly engine?: EngineChoice;
  /**
   * Factor for schedule rates, queue delays, batching windows and the delay before a retry; 0.02 is
   * fifty times faster. It does not apply to function timeouts and delays that functions request.
   * @default 1
   */
  readonly timeScale?: number;
  /** Only `AWS_ENDPOINT_URL_*` of the five services are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Endpoint of the Partner Central simulator. */
  readonly partnerCentralUrl: string;
  /** Returns variables that override the given ones of template and stage. @default no variables */
  readonly functionEnvironment?: (functionId: string, given: Environment) => Environment;
  /** Returns the folder of the bundle of a function. @default the asset folder of the template */
  readonly functionFolder?: (functionId: string, ofAsset: string) => string;
  /** Called for each worker that starts. @default the clock of the machine */
  readonly workerClock?: (functionId: string) => WorkerClock;
  /** Addresses of DNS servers, such as `127.0.0.1:53`. @default those of the machine */
  readonly nameServers?: readonly string[];
  /**
   * Called for each batch of a stream. True drops the batch, as if it were older than the 24 hours
   * for which DynamoDB keeps stream records.
   * @default no batch is dropped
   */
  readonly isStreamTrimmed?: () => boolean;
  /** Wraps the access of bus and pollers to a queue. @default no wrapper */
  readonly queueAccess?: (queueId: string, access: QueueAccess) => QueueAccess;
  /** Starts each schedule of the template. @default by timers, at the scaled rate */
  readonly startSchedule?: StartSchedule;
  /** Called for each event and each target of a rule that matched it. */
  readonly onTarget?: TargetListener;
  /** Maximum number of workers per function. @default 2 */
  readonly concurrency?: number;
  /** Maximum number of invocations of all functions together. @default no limit */
  readonly accountConcurrency?: number;
  /**
   * Called for each line that a function prints, and for problems of the stage with the function.
   */
  readonly onLine: (functionId: string, line: string) => void;
  readonly onInvoke?: InvocationListener;
  /** How many log lines of each function are kept for its log group. @default 5,000 */
  readonly keptLogLines?: number | undefined;
}

/**
 * A running stage. Resources are found by short id (construct path below the stack), full construct
 * path or logical id.
 */
export interface Stage {
  /** The started DynamoDB, or `external` if AWS_ENDPOINT_URL_DYNAMODB is set. */
  readonly engine: EngineName | 'external';
  readonly endpoints: Endpoints;
  /** Endpoints that describe the stack and call its functions. */
  readonly controlPlane: ControlPlaneEndpoints;
  readonly bus: EventBus;
  /** All buses, with the events that endpoints put on custom buses. */
  readonly buses: EventBuses;
  readonly tables: ResourceIndex<CreatedTable>;
  readonly queues: ResourceIndex<CreatedQueue>;
  readonly functions: ResourceIndex<FunctionHost>;
  readonly httpApis: ResourceIndex<HostedHttpApi>;
  /** What SQS reports about a queue, by its short id. @throws Error if SQS is not embedded */
  readonly measureQueue: (id: string) => QueueMeasure;
  /**
   * Pauses the pollers of a queue, table, function or mapping, by its short id. Resolves when the
   * batches in progress are done.
   */
  readonly pause: (id: string) => Promise<void>;
  readonly resume: (id: string) => void;
  /** Whether an invocation runs, or a poller has found work. Delayed messages do not count. */
  readonly isWorking: () => boolean;
  /**
   * Resolves when nothing runs and all polled queues and streams are empty. In-flight and delayed
   * messages count as work; rows with a due time do not. Never resolves while a paused source has
   * work.
   */
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Stoppable {
  readonly stop: () => Promise<void>;
}

/** @throws Error naming the service that cannot start or the resource that is not supported */
export async function startStage(options: StageOptions): Promise<Stage> {
  const template = readTemplate(options.template);
  rejectUnsupported(template);
  const parts = await startEmbeddedServices(options.env, options.engine ?? 'auto', options.partnerCentralUrl);
  const running: Stoppable[] = [];
  const stop = async (): Promise<void> => {
    // In parallel: pollers wait for invocations, which end with their workers.
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

/** @param running receives everything that must stop before the embedded services */
async function assemble(
  template: Template,
  parts: EmbeddedServices,
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

  const httpApis = await startHttpApis(template, identities, () => backend);
  running.push(...httpApis);
  registerFunctionIdentities(template, identities);
  const tables = await createStageTables(template, endpoints.AWS_ENDPOINT_URL_DYNAMODB, identities);
  const created = await createStageQueues(sqs, template, resolve, identities, parts, timeScale);
  const queues = created.map((queue) => ({
    ...queue,
    access: options.queueAccess?.(queue.resource.id, queue.access) ?? queue.access,
  }));
  const logs = new LogGroups(options.keptLogLines);
  const functions = hostFunctions(template, resolve, {
    concurrency: options.concurrency ?? 2,
    environment: (id, ofTemplate) => {
      const { AWS_ENDPOINT_URL_EVENTBRIDGE } = controlPlane.endpoints;
      const given = { ...ofTemplate, ...endpoints, AWS_ENDPOINT_URL_EVENTBRIDGE };
      return { ...given, ...options.functionEnvironment?.(id, given) };
    },
    folder: options.functionFolder ?? ((_, ofAsset) => ofAsset),
    clock: options.workerClock,
    nameServers: options.nameServers,
    onLine: (functionId, line) => {
      logs.add(functionId, line, Date.now());
      options.onLine(functionId, line);
    },
  });
  const rules = readBusRules(template, resolve, (arn) => queues.find((queue) => queue.arn === arn)?.access);
  const activity = new Activity();
  const matchedEvents = new MatchedEvents();
  const bus = countingBus(createEventBus(rules, options.onTarget), activity, matchedEvents);
  const limit = new AccountLimit(options.accountConcurrency ?? Number.POSITIVE_INFINITY);
  const invoke = createInvoke(activity, limit, options.onInvoke ?? (() => undefined));
  const backend = { routes: readRoutes(template, resolve), functions, invoke };
  const buses = new EventBuses(bus);
  const deployed: DeployedStage = {
    stackName: template.stackName,
    outputs: () => outputsOf(template, resolve),
    resources: deployedResources(template.resources.values(), resolve),
    functions,
    invoke,
    logs,
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
  const startSchedule = options.startSchedule ?? startTimedSchedule;
  running.push(...startSchedules(template, resolve, { ...consumers, startSchedule }));

  const index = new ResourceIndex('queue', queues);
  const chosen = (id: string): readonly Poller[] => findPollers(pollers, id);
  return {
    engine: parts.dynamoDb?.name ?? 'external',
    endpoints,
    controlPlane: controlPlane.endpoints,
    buses,
    bus,
    tables: new ResourceIndex('table', tables),
    queues: index,
    functions: new ResourceIndex('function', functions),
    httpApis: new ResourceIndex('HTTP API', httpApis),
    measureQueue: (id) => {
      if (parts.sqs) return parts.sqs.measure(index.get(id).name);
      throw new Error('Only the embedded SQS can be measured: unset AWS_ENDPOINT_URL_SQS.');
    },
    pause: async (id) => {
      await Promise.all(chosen(id).map((poller) => poller.pause()));
    },
    resume: (id) => {
      for (const poller of chosen(id)) poller.resume();
    },
    isWorking: () => activity.running > 0 || pollers.some((poller) => poller.isBusy()),
    idle: async () => await waitUntilIdle(activity, pollers),
  };
}

/** Counts the events of each rule. The stage is not idle while an event is put. */
function countingBus(bus: EventBus, activity: Activity, matchedEvents: MatchedEvents): EventBus {
  return {
    put: async (event) => {
      const matched = await activity.track(async () => await bus.put(event));
      for (const ruleId of matched) matchedEvents.count(ruleId, Date.now());
      return matched;
    },
  };
}

/** @throws Error for an output that the stage cannot resolve */
function outputsOf(template: Template, resolve: Resolve): ReturnType<DeployedStage['outputs']> {
  return [...template.outputs].map(([name, value]) => [name, String(resolve(value))] as const);
}
