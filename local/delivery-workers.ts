import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryDoorbellMessage } from '../lambdas/core/doorbell-body.ts';
import type { DeliveryId } from '../lambdas/core/ids.ts';
import { deliverBatch } from '../lambdas/deliver/batch.ts';
import type { DeliverDeps } from '../lambdas/deliver/deps.ts';
import type { DeliveryDoorbell } from '../lambdas/ports/doorbell.ts';

export interface WorkersOptions {
  /** How many batches are processed at once. */
  readonly invocations: number;
  /** Returns the dependencies of one worker. */
  readonly depsOf: (worker: string, doorbell: DeliveryDoorbell) => DeliverDeps;
  /** Returns deliveries that are due again. Called every `sweepEveryMs`. */
  readonly due: () => Promise<readonly DeliveryId[]>;
}

export interface DeliveryWorkers {
  readonly doorbell: DeliveryDoorbell;
  /** The errors thrown so far. */
  readonly failures: readonly unknown[];
  readonly stop: () => Promise<void>;
}

interface Waiting {
  readonly ring: DeliveryDoorbellMessage;
  readonly atMs: number;
}

/** How many messages one invocation receives. */
const batchSize = 10;
const pollEveryMs = 2;
const sweepEveryMs = 250;

/**
 * Runs the use case of `deliver` in this process. Its queue delays and reorders messages like SQS.
 */
export function startDeliveryWorkers({ invocations, depsOf, due }: WorkersOptions): DeliveryWorkers {
  let waiting: Waiting[] = [];
  const failures: unknown[] = [];
  const stopping = new AbortController();
  const doorbell: DeliveryDoorbell = {
    async ring(ids, delayMs = 0, details = {}) {
      const atMs = performance.now() + delayMs;
      waiting.push(...ids.map((deliveryId) => ({ ring: { ...details, deliveryId, revive: false }, atMs })));
    },
  };
  const take = (): readonly DeliveryDoorbellMessage[] => {
    const nowMs = performance.now();
    const taken = waiting.filter(({ atMs }) => atMs <= nowMs).slice(0, batchSize);
    waiting = waiting.filter((each) => !taken.includes(each));
    return taken.map(({ ring }) => ring);
  };
  const invoke = async (deps: DeliverDeps) => {
    while (!stopping.signal.aborted) {
      const rings = take();
      if (rings.length === 0) await sleep(pollEveryMs);
      else failures.push(...(await deliverBatch(rings, deps)).values());
    }
  };
  const sweep = async () => {
    while (!stopping.signal.aborted) {
      await sleep(sweepEveryMs);
      await doorbell.ring(await due());
    }
  };
  const running = [
    sweep(),
    ...Array.from({ length: invocations }, (_, index) => invoke(depsOf(`worker-${index}`, doorbell))),
  ];
  return {
    doorbell,
    failures,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
