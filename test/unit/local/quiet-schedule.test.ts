import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startQuietSchedule } from '../../../local/host/eventbridge/scheduler.ts';

/** Starts a schedule of 5 ms and counts its calls. It is stopped at the end of the test. */
function startCounted(isWorking: () => boolean, longestMs: number) {
  const calls = { count: 0 };
  const start = startQuietSchedule(isWorking, longestMs);
  const schedule = start({ id: 'Sweep', everyMs: 5 }, async () => {
    calls.count += 1;
  });
  onTestFinished(schedule.stop);
  return { calls, stop: schedule.stop };
}

it('a schedule waits while the stage works, and is called when the work has ended', async () => {
  let isWorking = true;
  const { calls } = startCounted(() => isWorking, 60_000);
  await sleep(100);
  expect(calls.count).toBe(0);
  isWorking = false;
  await vi.waitFor(() => expect(calls.count).toBeGreaterThan(1), { timeout: 30_000 });
});

it('a schedule is called after its longest wait although the stage still works', async () => {
  const { calls } = startCounted(() => true, 50);
  await vi.waitFor(() => expect(calls.count).toBeGreaterThan(1), { timeout: 30_000 });
});

it('a schedule that waits ends at once when it is stopped, without a call', async () => {
  const { calls, stop } = startCounted(() => true, 60_000);
  await sleep(50);
  await stop();
  expect(calls.count).toBe(0);
});
