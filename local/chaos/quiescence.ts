import { setTimeout as sleep } from 'node:timers/promises';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbLineSignals } from '../../lambdas/adapters/dynamodb-line-signals.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { findUnfinishedWork } from '../observation.ts';
import { type ChaosStage, isDoorbell } from './chaos-stage.ts';

/**
 * The stage is stuck if it makes no progress for this long in real time, even on a busy machine.
 * `fan-out` waits 30 s for a row that an operator has to repair.
 */
const stuckMs = 45_000;
/** The longest time to wait in total. */
const timeoutMs = 120_000;
/**
 * Longer than a lease. A delivery that is due later than this waits for its next scheduled retry.
 */
const longWaitMs = 7_000;
/** Enough for five retries on the schedule. No storm makes more attempts of a delivery fail. */
const maxAdvancedMs = 1_500_000;

/**
 * Waits until no queue, stream or row holds work. If all deliveries wait for a scheduled retry, the
 * clocks of the functions are moved forward and the doorbells are purged: the due rows must be
 * found.
 * @param progress a counter that grows while the stage makes progress
 * @returns the work that is left if the stage is stuck or the time is up
 */
export async function waitForQuiescence(
  chaos: ChaosStage,
  progress: () => number,
): Promise<readonly string[]> {
  const { stage, dynamodb, tables } = chaos;
  const startedAtMs = performance.now();
  let seenProgress = -1;
  let sinceMs = startedAtMs;
  let idle: Promise<boolean> | undefined;
  for (;;) {
    if (progress() !== seenProgress) sinceMs = performance.now();
    seenProgress = progress();
    idle ??= stage.idle().then(() => true);
    const isIdle = await Promise.race([idle, sleep(250, false)]);
    if (isIdle) {
      idle = undefined;
      const unfinished = await findUnfinishedWork(dynamodb, tables);
      if (unfinished.length === 0) return [];
    }
    if (performance.now() - sinceMs > stuckMs || performance.now() - startedAtMs > timeoutMs) {
      const left = [...(await findUnfinishedWork(dynamodb, tables)), ...(await findFilledQueues(chaos))];
      return left.length > 0 ? left : ['a function is still running'];
    }
    if (isIdle || (await areEventQueuesEmpty(chaos))) await skipLongWaits(chaos);
    await sleep(20);
  }
}

async function findFilledQueues({ queues }: ChaosStage): Promise<readonly string[]> {
  const found = await Promise.all(
    [...queues].map(async ([id, queue]) => ((await queue.isEmpty()) ? [] : `a message is still in ${id}`)),
  );
  return found.flat();
}

export async function areEventQueuesEmpty({ queues }: ChaosStage): Promise<boolean> {
  const events = [...queues].filter(([id]) => !isDoorbell(id));
  const empty = await Promise.all(events.map(([, queue]) => queue.isEmpty()));
  return empty.every(Boolean);
}

async function skipLongWaits(chaos: ChaosStage): Promise<void> {
  const { dynamodb, tables, queues, advancedMs, advance } = chaos;
  const deliveries = dynamodbDeliveryStore(dynamodb, tables.webhooks);
  const lines = dynamodbLineSignals(dynamodb, tables.webhooks);
  const isDueWithin = async (ms: number): Promise<boolean> => {
    const until = instantOf(Date.now() + advancedMs() + ms);
    const due = await Promise.all([deliveries.due(until, 1), lines.dueLines(until, 1)]);
    return due.flat().length > 0;
  };
  const leftMs = maxAdvancedMs - advancedMs();
  if (await isDueWithin(longWaitMs)) return;
  const isDueLater = await isDueWithin(leftMs);
  // A delayed doorbell message of work that has ended says nothing.
  if (!isDueLater && (await findUnfinishedWork(dynamodb, tables)).length > 0) return;
  let waitMs = 0;
  if (isDueLater) for (waitMs = longWaitMs; !(await isDueWithin(waitMs)); ) waitMs *= 1.2;
  const doorbells = [...queues].filter(([id]) => isDoorbell(id));
  await Promise.all(doorbells.map(([, queue]) => queue.purge()));
  advance(waitMs);
}
