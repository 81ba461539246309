import { setTimeout as sleep } from 'node:timers/promises';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { instantOf } from '../../lambdas/core/instant.ts';
import { findUnfinishedWork } from '../observation.ts';
import { type ChaosStage, isDoorbell } from './chaos-stage.ts';

/** Real time in which something must come further, however busy the machine is, and the time that all of it may take. */
const stuckMs = 15_000;
const boundMs = 120_000;
/** Longer than a lease: whatever is due later waits for the next step of the retry schedule. */
const longWaitMs = 7_000;
/** A little less than the five minutes by which receivers let a signature be off. */
const mostPassedMs = 240_000;

/**
 * Resolves when no queue, stream or row holds work, or when the time is up, with what was left. Where nothing but the retry
 * schedule keeps deliveries waiting, time passes for the functions at once, and their doorbells are lost: rows bring them back.
 * @param worksDone grows whenever something comes further.
 */
export async function waitForQuiescence(
  chaos: ChaosStage,
  worksDone: () => number,
): Promise<readonly string[]> {
  const { stage, dynamodb, tables } = chaos;
  const startedAtMs = performance.now();
  let seen = -1;
  let sinceMs = startedAtMs;
  let idle: Promise<boolean> | undefined;
  for (;;) {
    if (worksDone() !== seen) sinceMs = performance.now();
    seen = worksDone();
    idle ??= stage.idle().then(() => true);
    const isIdle = await Promise.race([idle, sleep(250, false)]);
    if (isIdle) {
      idle = undefined;
      const unfinished = await findUnfinishedWork(dynamodb, tables);
      if (unfinished.length === 0) return [];
    }
    if (performance.now() - sinceMs > stuckMs || performance.now() - startedAtMs > boundMs) {
      const unfinished = await findUnfinishedWork(dynamodb, tables);
      return unfinished.length > 0 ? unfinished : ['something is still running, or waits in a queue'];
    }
    if (isIdle || (await areEventQueuesEmpty(chaos))) await skipLongWaits(chaos);
    await sleep(20);
  }
}

/** Whether no event is in a queue any more. */
export async function areEventQueuesEmpty({ queues }: ChaosStage): Promise<boolean> {
  const events = [...queues].filter(([id]) => !isDoorbell(id));
  const empty = await Promise.all(events.map(([, queue]) => queue.isEmpty()));
  return empty.every(Boolean);
}

async function skipLongWaits(chaos: ChaosStage): Promise<void> {
  const { dynamodb, tables, queues, passedMs, pass } = chaos;
  const deliveries = dynamodbDeliveryStore(dynamodb, tables.webhooks);
  const isDueWithin = async (ms: number): Promise<boolean> =>
    (await deliveries.due(instantOf(Date.now() + passedMs() + ms), 1)).length > 0;
  const leftMs = mostPassedMs - passedMs();
  if ((await isDueWithin(longWaitMs)) || !(await isDueWithin(leftMs))) return;
  let waitMs = longWaitMs;
  while (!(await isDueWithin(waitMs))) waitMs *= 1.2;
  const doorbells = [...queues].filter(([id]) => isDoorbell(id));
  await Promise.all(doorbells.map(([, queue]) => queue.purge()));
  pass(waitMs);
}
