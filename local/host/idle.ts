import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from './activity.ts';
import type { Poller } from './event-sources/poller.ts';

/**
 * Resolves when nothing runs and every source is empty. Sources are checked twice, and nothing may
 * start in between: after one check, work could have moved to a source that was checked earlier.
 */
export async function waitUntilIdle(activity: Activity, pollers: readonly Poller[]): Promise<void> {
  for (;;) {
    const startedBefore = activity.startedCount;
    if (
      (await isQuiet(activity, pollers)) &&
      (await isQuiet(activity, pollers)) &&
      activity.startedCount === startedBefore
    )
      return;
    await sleep(20);
  }
}

async function isQuiet(activity: Activity, pollers: readonly Poller[]): Promise<boolean> {
  // Sequential: while there is work, the first check usually finds it.
  for (const poller of pollers) {
    if (activity.running > 0 || !(await poller.isDrained())) return false;
  }
  return activity.running === 0;
}
