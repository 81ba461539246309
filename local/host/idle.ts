import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from './activity.ts';
import type { Poller } from './event-sources/poller.ts';

/**
 * Resolves when nothing runs and every source is empty. Sources are asked twice with nothing begun in between: the first
 * answers alone could be older than work that moved from one source to another meanwhile.
 */
export async function untilIdle(activity: Activity, pollers: readonly Poller[]): Promise<void> {
  for (;;) {
    const begunBefore = activity.begun;
    if (
      (await isQuiet(activity, pollers)) &&
      (await isQuiet(activity, pollers)) &&
      activity.begun === begunBefore
    )
      return;
    await sleep(20);
  }
}

async function isQuiet(activity: Activity, pollers: readonly Poller[]): Promise<boolean> {
  // One after the other: while there is work, the first question mostly suffices.
  for (const poller of pollers) {
    if (activity.running > 0 || !(await poller.isDrained())) return false;
  }
  return activity.running === 0;
}
