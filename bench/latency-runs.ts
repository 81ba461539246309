import { setTimeout as sleep } from 'node:timers/promises';
import type { SeenChange } from '../local/change-tracker.ts';
import { checkStoredVersions, type VersionProblems } from '../local/stored-versions-check.ts';
import { synthesize } from '../local/synthesize.ts';
import { startTrackedStage, type TrackedStage } from '../local/tracked-stage.ts';
import { awsQuota, deployedSettings } from './deployed-settings.ts';
import { type MadeChange, quotaWaitsMs } from './quota-floor.ts';
import { measureReadAndPost } from './read-and-post.ts';

const folder = 'cdk.out/bench-latency';
/** More than the longest load takes. */
const finishMs = 600_000;

/** Events that arrive at a steady rate, or all at once. */
interface Load {
  readonly events: number;
  /** They change in turn, so each has `events / opportunities` changes. */
  readonly opportunities: number;
  readonly perSecond: number;
  /** Seconds after the first event at which Partner Central throttles for two seconds. */
  readonly throttledAt?: readonly number[];
}

export const loads = {
  one: { events: 60, opportunities: 60, perSecond: 1 },
  ten: { events: 300, opportunities: 300, perSecond: 10 },
  hundred: { events: 1_000, opportunities: 200, perSecond: 100 },
  throttled: { events: 500, opportunities: 100, perSecond: 50, throttledAt: [3, 15] },
  burst: { events: 5_000, opportunities: 1_000, perSecond: Number.POSITIVE_INFINITY },
} as const satisfies Readonly<Record<string, Load>>;
export type LoadName = keyof typeof loads;

const throttledForMs = 2_000;
/** The largest steady load changes as many. */
const warmOpportunities = 300;

export interface LoadResult {
  readonly oursMs: readonly number[];
  readonly floorMs: readonly number[];
  readonly reads: number;
}

export interface LatencyRuns {
  readonly results: ReadonlyMap<LoadName, LoadResult>;
  readonly problems: VersionProblems;
  readonly events: number;
  readonly versions: number;
  /** Messages that were received again. */
  readonly repeats: number;
  readonly throttled: number;
  /** Reads beyond the quota, and all reads. */
  readonly overQuota: number;
  readonly reads: number;
  /** Median time of one read and one POST by hand. */
  readonly bareMs: number;
}

let allRuns: Promise<LatencyRuns> | undefined;

/** Plays all loads once, at true speed, for all measurements that need them. */
export function measureLoads(report: (line: string) => void): Promise<LatencyRuns> {
  allRuns ??= runAll(report);
  return allRuns;
}

async function runAll(report: (line: string) => void): Promise<LatencyRuns> {
  report('building the functions and synthesizing the stack');
  await synthesize({ folder, settings: { catalogs: 'AWS', ...deployedSettings } });
  const stage = { folder, timeScale: 1, quota: awsQuota, seed: 1 };
  const tracked = await startTrackedStage({ ...stage, onLine: () => undefined });
  try {
    const bareMs = await measureReadAndPost(tracked.simulator.url, createSilently(tracked));
    report(`${warmOpportunities} opportunities are created`);
    const created = await tracked.createOpportunities(warmOpportunities, false);
    await waitUntilFinished(tracked);
    const results = new Map<LoadName, LoadResult>();
    for (const [name, load] of loadEntries()) {
      report(`${load.events} events of ${load.opportunities} opportunities, ${load.perSecond} a second`);
      const added = load.opportunities - created.length;
      const ids = [...created, ...Array.from({ length: Math.max(0, added) }, () => createSilently(tracked))];
      results.set(name, await playLoad(tracked, ids, load, bareMs));
    }
    const { tracker, simulator } = tracked;
    return {
      results,
      problems: await checkStoredVersions(tracked),
      events: loadEntries().reduce((sum, [, { events }]) => sum + events, 0),
      versions: tracker.versionCount,
      repeats: tracker.repeatCount,
      throttled: simulator.throttled(),
      overQuota: simulator.quotaThrottled(),
      reads: simulator.reads(),
      bareMs,
    };
  } finally {
    await tracked.stop();
  }
}

function loadEntries(): readonly (readonly [LoadName, Load])[] {
  return [
    ['one', loads.one],
    ['ten', loads.ten],
    ['hundred', loads.hundred],
    ['throttled', loads.throttled],
    ['burst', loads.burst],
  ];
}

/** Without an event: the first event that names it is one of the load. */
function createSilently({ partner }: TrackedStage): string {
  return partner.createOpportunity('AWS', { events: 0 });
}

async function playLoad(
  tracked: TrackedStage,
  ids: readonly string[],
  { events, opportunities, perSecond, throttledAt = [] }: Load,
  bareMs: number,
): Promise<LoadResult> {
  const { tracker, simulator } = tracked;
  tracker.seen.length = 0;
  const readsBefore = simulator.reads('GetOpportunity');
  const startedAtMs = Date.now();
  const timers = throttledAt.map((second) =>
    setTimeout(() => simulator.throttleFor(throttledForMs), 1_000 * second),
  );
  const made: MadeChange[] = [];
  for (let index = 0; index < events; index += 1) {
    const waitMs = startedAtMs + (1_000 * index) / perSecond - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    const record = ids[index % opportunities] ?? '';
    made.push({ record, madeAtMs: Date.now() });
    await tracked.changeOpportunity(record);
  }
  await waitUntilFinished(tracked);
  for (const timer of timers) clearTimeout(timer);
  const floorMs = quotaWaitsMs(made, awsQuota.perSecond).map((ms) => ms + bareMs);
  const oursMs = tracker.seen.map(({ lagMs }: SeenChange) => lagMs);
  return { oursMs, floorMs, reads: simulator.reads('GetOpportunity') - readsBefore };
}

async function waitUntilFinished(tracked: TrackedStage): Promise<void> {
  const left = await tracked.waitUntilFinished(finishMs);
  if (left.length > 0) throw new Error(`the stage did not finish: ${left.join(', ')}`);
}
