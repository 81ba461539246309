import type { DynamoDBBatchResponse, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseFanOutDoorbell } from '../core/doorbell-body.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import { memoize } from '../runtime/memoize.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { answerDoorbells, collectFailures, type DoorbellDeps } from '../runtime/sqs-batch.ts';
import { eachStreamRecord } from '../runtime/stream-batch.ts';
import type { fanOutContract } from './contract.ts';
import { type FanOutDeps, fanOut, fanOutVersionItem } from './fan-out.ts';

/** What `fan-out` uses of its surroundings. */
export interface FanOutPorts
  extends Omit<FanOutDeps, 'endpoints' | 'log' | 'metrics' | 'outboxGraceMs'>,
    Pick<DoorbellDeps, 'parked'> {
  readonly endpoints: Pick<EndpointStore, 'all'>;
}

/**
 * Composes `fan-out` at cold start. Versions come from the stream of the table, and from the
 * doorbell queue if `sweep` finds them overdue.
 */
export function composeFanOut(
  { env, log, metrics }: RuntimeWith<typeof fanOutContract, 'TIME_SCALE'>,
  { endpoints, ...ports }: FanOutPorts,
): (event: SQSEvent | DynamoDBStreamEvent) => Promise<SQSBatchResponse | DynamoDBBatchResponse> {
  const waits = { outboxGraceMs: outboxGraceMs(env.TIME_SCALE) };
  return (event) => {
    // All versions of a batch go to the same endpoints: they are read once.
    const readEndpoints = memoize(() => endpoints.all());
    const deps = { ...ports, ...waits, log, metrics, endpoints: () => readEndpoints(undefined) };
    if (!isQueueEvent(event)) return eachStreamRecord(event, log, (keys) => fanOutVersionItem(keys, deps));
    return answerDoorbells(event, deps, {
      parse: parseFanOutDoorbell,
      work: (versions) => collectFailures(versions, (version) => fanOut(version, deps)),
    });
  };
}

function isQueueEvent(event: SQSEvent | DynamoDBStreamEvent): event is SQSEvent {
  return event.Records.every(({ eventSource }) => eventSource === 'aws:sqs');
}
