import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity } from './activity.ts';
import type { Poller } from './poller.ts';

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
    await sleep(10);
  }
}

async function isQuiet(activity: Activity, pollers: readonly Poller[]): Promise<boolean> {
  if (activity.running > 0) return false;
  const answers = await Promise.all(pollers.map((poller) => poller.isDrained()));
  return answers.every(Boolean) && activity.running === 0;
}
