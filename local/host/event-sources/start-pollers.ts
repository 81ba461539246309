import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Activity } from '../activity.ts';
import type { StageQueue } from '../create-storage.ts';
import { type RunningSchedule, readSchedules, type StartSchedule } from '../eventbridge/scheduler.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Invoke } from '../functions/invocation.ts';
import { QueuePoller } from '../queues/queue-poller.ts';
import { StreamPoller } from '../streams/stream-poller.ts';
import type { CreatedTable } from '../tables/dynamodb-tables.ts';
import { type Resolve, titleOf } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import { type EventSourceMapping, readEventSourceMappings } from './event-source-mapping.ts';
import type { Poller } from './poller.ts';

export interface ScheduleDeps {
  readonly functions: readonly FunctionHost[];
  readonly invoke: Invoke;
  /** Factor for schedule rates, batching windows and the delay before a retry. */
  readonly timeScale: number;
  readonly startSchedule: StartSchedule;
}

export interface PollerDeps extends Omit<ScheduleDeps, 'startSchedule'> {
  readonly streams: DynamoDBStreamsClient;
  readonly queues: readonly StageQueue[];
  readonly tables: readonly CreatedTable[];
  readonly activity: Activity;
  readonly isStreamTrimmed: () => boolean;
  readonly onProblem: (functionId: string, message: string) => void;
}

/** Defaults of Lambda. */
const queueBatchSize = 10;
const streamBatchSize = 100;

/**
 * @throws Error naming the logical id of a mapping whose function or source is not in the template
 */
export function startPollers(template: Template, resolve: Resolve, parts: PollerDeps): readonly Poller[] {
  const started: Poller[] = [];
  try {
    for (const mapping of readEventSourceMappings(template, resolve))
      started.push(startPoller(mapping, parts));
    return started;
  } catch (error) {
    for (const poller of started) void poller.stop();
    throw error;
  }
}

function startPoller(mapping: EventSourceMapping, parts: PollerDeps): Poller {
  const host = findFunction(parts.functions, mapping.functionName);
  if (host === undefined) {
    throw new Error(
      `${titleOf(mapping.resource)}: ${mapping.functionName} is not a Node.js function of the template`,
    );
  }
  const queue = parts.queues.find(({ arn }) => arn === mapping.eventSourceArn);
  if (queue !== undefined) return startQueuePoller(mapping, host, queue, parts);
  const table = parts.tables.find(({ streamArn }) => streamArn === mapping.eventSourceArn);
  if (table?.streamArn !== undefined) return startStreamPoller(mapping, host, table, table.streamArn, parts);
  throw new Error(
    `${titleOf(mapping.resource)}: the event source ${mapping.eventSourceArn} is neither a queue nor a table stream of the template`,
  );
}

/**
 * @throws Error naming the logical id of a schedule whose target is not a function in the template
 */
export function startSchedules(
  template: Template,
  resolve: Resolve,
  consumers: ScheduleDeps,
): readonly RunningSchedule[] {
  const targets = readSchedules(template, resolve).map(({ resource, everyMs, targetArn, input }) => {
    const host = findFunction(consumers.functions, targetArn);
    if (host === undefined) {
      throw new Error(
        `${titleOf(resource)}: the target ${targetArn} is not a Node.js function of the template`,
      );
    }
    return { id: resource.id, everyMs, input, host };
  });
  return targets.map(({ id, everyMs, input, host }) =>
    consumers.startSchedule({ id, everyMs: everyMs * consumers.timeScale }, async () => {
      // The invocation reports its failure. The next interval is the retry.
      await consumers.invoke(host, input).catch(() => undefined);
    }),
  );
}

/** @param nameOrArn from an event source mapping or a schedule */
function findFunction(functions: readonly FunctionHost[], nameOrArn: string): FunctionHost | undefined {
  return functions.find(({ arn }) => arn === nameOrArn || arn.endsWith(`:function:${nameOrArn}`));
}

function startQueuePoller(
  mapping: EventSourceMapping,
  host: FunctionHost,
  queue: StageQueue,
  parts: PollerDeps,
): Poller {
  return new QueuePoller({
    id: mapping.resource.id,
    functionId: host.id,
    sourceId: queue.resource.id,
    queue: queue.access,
    queueArn: queue.arn,
    batchSize: mapping.batchSize ?? queueBatchSize,
    windowMs: mapping.windowSeconds * 1_000 * parts.timeScale,
    reportsBatchItemFailures: mapping.reportsBatchItemFailures,
    concurrency: Math.min(host.concurrency, mapping.maximumConcurrency ?? host.concurrency),
    filters: mapping.filters,
    retryAfterSeconds: parts.timeScale === 1 ? undefined : queue.visibilityTimeoutSeconds * parts.timeScale,
    invoke: async (event) => await parts.invoke(host, event),
    arrival: queue.arrival,
    onProblem: (message) => parts.onProblem(host.id, message),
  });
}

function startStreamPoller(
  mapping: EventSourceMapping,
  host: FunctionHost,
  table: CreatedTable,
  streamArn: string,
  parts: PollerDeps,
): Poller {
  const poller = new StreamPoller({
    id: mapping.resource.id,
    functionId: host.id,
    sourceId: table.resource.id,
    client: parts.streams,
    streamArn,
    startingPosition: mapping.startingPosition,
    batchSize: mapping.batchSize ?? streamBatchSize,
    windowMs: mapping.windowSeconds * 1_000 * parts.timeScale,
    filters: mapping.filters,
    reportsBatchItemFailures: mapping.reportsBatchItemFailures,
    maximumRetryAttempts: mapping.maximumRetryAttempts,
    bisects: mapping.bisects,
    timeScale: parts.timeScale,
    isTrimmed: parts.isStreamTrimmed,
    invoke: async (event) => await parts.invoke(host, event),
    onProblem: (message) => parts.onProblem(host.id, message),
  });
  parts.activity.onEnd(poller.wake);
  return poller;
}
