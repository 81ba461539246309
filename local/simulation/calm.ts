import type { World } from './world.ts';

const minuteMs = 60_000;
/** Retries end after 75 hours, and messages that SQS keeps come again within days. */
const longestQuietMs = 21 * 24 * 60 * minuteMs;
const mostSteps = 600_000;

/** @returns the work that is left if the stack does not finish it in time */
export async function waitForCalm({
  scheduler,
  account,
  storage,
  people,
  clients,
}: World): Promise<readonly string[]> {
  const deadlineMs = scheduler.nowMs() + longestQuietMs;
  const mostDone = scheduler.done + mostSteps;
  const isCalm = (): boolean =>
    account.isIdle &&
    people.unfinished.length === 0 &&
    clients.unfinished.length === 0 &&
    !Number.isFinite(storage.nextDueMs());
  // The last events are still on their way.
  const calmFromMs = scheduler.nowMs() + minuteMs;
  await scheduler.run(
    () =>
      (scheduler.nowMs() > calmFromMs && isCalm()) ||
      scheduler.nowMs() > deadlineMs ||
      scheduler.done > mostDone,
  );
  if (isCalm()) return [];
  const unfinished = [...storage.unfinished(), ...people.unfinished, ...clients.unfinished];
  return unfinished.length > 0 ? unfinished : ['a message is still in a queue, or a function is running'];
}
