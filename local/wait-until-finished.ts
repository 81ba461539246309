import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from './host/stage.ts';
import { findUnfinishedWork } from './observation.ts';
import type { StageAccess } from './stage-access.ts';

/**
 * Resolves when no queue, stream or row holds work, or when the time is up.
 * @returns the work that is left
 */
export async function waitUntilFinished(
  stage: Stage,
  { dynamodb, tables }: StageAccess,
  timeoutMs: number,
): Promise<readonly string[]> {
  const deadlineMs = performance.now() + timeoutMs;
  let idle: Promise<boolean> | undefined;
  for (;;) {
    idle ??= stage.idle().then(() => true);
    const isIdle = await Promise.race([idle, sleep(1_000, false)]);
    if (isIdle) {
      idle = undefined;
      const unfinished = await findUnfinishedWork(dynamodb, tables);
      if (unfinished.length === 0) return [];
      await sleep(100);
    }
    if (performance.now() > deadlineMs)
      return ['a queue or a function', ...(await findUnfinishedWork(dynamodb, tables))];
  }
}
