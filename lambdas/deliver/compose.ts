import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { parseDeliveryDoorbell } from '../core/doorbell-body.ts';
import type { EndpointId } from '../core/ids.ts';
import type { EndpointStore } from '../ports/endpoint-store.ts';
import { memoize } from '../runtime/memoize.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { answerDoorbells } from '../runtime/sqs-batch.ts';
import { deliverBatch } from './batch.ts';
import { deliverContract, leaseAttempts, leastAttemptTimeoutMs, longestAttemptMs } from './contract.ts';
import type { DeliverDeps } from './deps.ts';

/** What `deliver` uses of its surroundings. */
export interface DeliverPorts
  extends Pick<
    DeliverDeps,
    | 'deliveries'
    | 'gates'
    | 'records'
    | 'secrets'
    | 'transport'
    | 'eventBus'
    | 'doorbell'
    | 'fanOutDoorbell'
    | 'parked'
    | 'clock'
    | 'random'
  > {
  readonly endpoints: Pick<EndpointStore, 'find' | 'disable'>;
}

type DeliverRuntime = RuntimeWith<
  typeof deliverContract,
  'TIME_SCALE' | 'SLOTS_PER_ENDPOINT' | 'SECRET_NAME_PREFIX'
>;

/** Composes `deliver` at cold start. Returns the function that answers one batch of doorbells. */
export function composeDeliver(
  { env, log, metrics }: DeliverRuntime,
  ports: DeliverPorts,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { endpoints, random } = ports;
  const timeScale = env.TIME_SCALE;
  const parts = {
    ...ports,
    readEndpoint: (id: EndpointId) => endpoints.find(id),
    // A Lambda execution environment runs one invocation at a time.
    worker: `${deliverContract.name}-${random.next()}`,
    secretNamePrefix: env.SECRET_NAME_PREFIX,
    slotsPerEndpoint: env.SLOTS_PER_ENDPOINT,
    leaseMs: leaseAttempts * Math.max(longestAttemptMs * timeScale, leastAttemptTimeoutMs),
    timeScale,
    log,
    metrics,
  };
  return (event) => {
    // Ten messages often have the same endpoint: it is read once per batch.
    const deps = {
      ...parts,
      endpoints: { ...endpoints, find: memoize((id: EndpointId) => endpoints.find(id)) },
    };
    return answerDoorbells(event, deps, {
      parse: parseDeliveryDoorbell,
      work: (messages) => deliverBatch(messages, deps),
      // Until it is revived, the delivery is exhausted, and its message has left the parked queue.
      mustKeep: ({ revive }) => revive,
    });
  };
}
