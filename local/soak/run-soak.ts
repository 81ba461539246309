import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../change-tracker.ts';
import { localQuota } from '../deployment.ts';
import { timeScale } from '../local-stage.ts';
import { mebibytes } from '../machine.ts';
import { checkStoredVersions } from '../stored-versions-check.ts';
import { startTrackedStage, type TrackedStage } from '../tracked-stage.ts';
import { SoakFaults } from './faults.ts';
import { startLeaking } from './leaks.ts';
import type { SoakOptions } from './options.ts';
import { takeSnapshot } from './snapshot.ts';
import { judgeSoak, seconds, type VerdictRow } from './verdict.ts';

export interface SoakResult {
  readonly changes: number;
  readonly versions: number;
  readonly faults: number;
  readonly engine: string;
  readonly rows: readonly VerdictRow[];
}

/** Opportunities that are changed one after the other. Each has a summary of AWS. */
const opportunities = 20;
/** Enough for each cache and pool to fill, and for each fault to have struck once. */
const warmUpMs = 12_000;
const mostBetweenFaultsMs = 60_000;
const mostFaultMs = 5_000;
/** Longer than the retries that a fault leads to, also on a busy machine. */
const finishMs = 240_000;
const keptLogLines = 100;

/** Makes changes at a steady rate, with faults, and compares the end with the beginning. */
export async function runSoak(
  { minutes, eventsPerSecond, seed, leak }: SoakOptions,
  folder: string,
  report: (line: string) => void,
): Promise<SoakResult> {
  const faults = new SoakFaults(seed);
  const tracked = await startTrackedStage({
    folder,
    timeScale,
    quota: localQuota,
    seed,
    keptLogLines,
    onLine: () => undefined,
    faultOf: (call) => faults.faultOf(call),
  });
  let stopLeaking: (() => void) | undefined;
  try {
    const ids = await tracked.createOpportunities(opportunities, true);
    const change = changeInOrder(tracked, ids, eventsPerSecond);
    report('warming up, with each fault once');
    await change(warmUpMs, 4, () => faults.strikeNext(tracked, 1_000));
    const leftFirst = await tracked.waitUntilFinished(finishMs);
    if (leftFirst.length > 0)
      throw new Error(`the stage did not finish the changes of the beginning: ${leftFirst.join(', ')}`);
    const begin = await takeSnapshot(tracked);
    const { versionCount } = tracked.tracker;
    if (leak !== undefined) stopLeaking = await startLeaking(leak, tracked);
    tracked.tracker.seen.length = 0;
    const durationMs = minutes * 60_000;
    const occasions = Math.max(5, Math.floor(durationMs / mostBetweenFaultsMs));
    const faultMs = Math.min(mostFaultMs, durationMs / occasions / 2);
    report(
      `${eventsPerSecond} changes a second for ${minutes} minutes, a fault every ${seconds(durationMs / occasions)}`,
    );
    const residentBytes: number[] = [];
    const sampling = setInterval(() => residentBytes.push(process.memoryUsage.rss()), 1_000);
    await change(durationMs, occasions, (elapsedMs) =>
      report(progressLine(elapsedMs, tracked, faults.strikeNext(tracked, faultMs))),
    );
    const left = await tracked.waitUntilFinished(finishMs);
    clearInterval(sampling);
    const end = await takeSnapshot(tracked);
    const changes = tracked.tracker.seen;
    const versionsReceived = tracked.tracker.versionCount - versionCount;
    const problems = await checkStoredVersions(tracked);
    return {
      changes: changes.length,
      versions: versionsReceived,
      faults: faults.count,
      engine: tracked.stage.engine,
      rows: judgeSoak({ begin, end, left, versionsReceived, residentBytes, changes, ...problems }),
    };
  } finally {
    stopLeaking?.();
    await tracked.stop();
  }
}

/** Returns a function that makes changes for a time, and calls `onOccasion` so often meanwhile. */
function changeInOrder(tracked: TrackedStage, ids: readonly string[], eventsPerSecond: number) {
  let next = 0;
  return async (forMs: number, occasions: number, onOccasion: (elapsedMs: number) => unknown) => {
    const startedAtMs = performance.now();
    const total = Math.max(1, Math.round((forMs * eventsPerSecond) / 1_000));
    let met = 0;
    for (let made = 0; made < total; made += 1) {
      const elapsedMs = performance.now() - startedAtMs;
      await sleep(Math.max(0, (1_000 * made) / eventsPerSecond - elapsedMs));
      await tracked.changeOpportunity(ids[next++ % ids.length] ?? '');
      // In the middle of each part of the run, so that the last fault has time to end.
      if (made < ((met + 0.5) * total) / occasions) continue;
      met += 1;
      onOccasion(performance.now() - startedAtMs);
    }
  };
}

function progressLine(elapsedMs: number, { tracker, simulator }: TrackedStage, fault: string): string {
  const { heapUsed, rss } = process.memoryUsage();
  const lags = tracker.seen.map(({ lagMs }) => lagMs);
  return [
    `minute ${(elapsedMs / 60_000).toFixed(1)}: ${tracker.seen.length} changes seen, ${tracker.waitingCount} wait`,
    `${simulator.reads()} reads`,
    `95th percentile ${seconds(percentile(lags, 0.95))}`,
    `heap ${mebibytes(heapUsed)}, resident ${mebibytes(rss)}`,
    `now ${fault}`,
  ].join('; ');
}
