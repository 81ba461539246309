import { percentile } from '../local/change-tracker.ts';
import { deployedSettings } from './deployed-settings.ts';
import { type LatencyRuns, type LoadName, loads, measureLoads } from './latency-runs.ts';
import { type Bound, type Measurement, timeText } from './measurement.ts';

const shares = [0.5, 0.95, 0.99];

interface LatencyProps {
  readonly name: string;
  readonly title: string;
  readonly load: LoadName;
  readonly bound?: Bound;
}

/**
 * Time from an event to the 2xx for the first message that shows its change, on the local stage at
 * true speed with the read quota of AWS. The floor is what the quota alone allows, and one read and
 * one POST by hand. The ratio compares the 95th percentiles.
 */
function latencyOf({ name, title, load, bound }: LatencyProps): Measurement {
  return {
    name,
    title,
    ...(bound && { bound }),
    async run(report) {
      const runs = await measureLoads(report);
      const { oursMs = [], floorMs = [], reads = 0 } = runs.results.get(load) ?? {};
      return {
        ratio: percentile(oursMs, 0.95) / percentile(floorMs, 0.95),
        ours: percentilesText(oursMs),
        floor: percentilesText(floorMs),
        details: [
          ...describeLoad(load, runs),
          `${oursMs.length} changes seen, ${reads} reads of opportunities`,
        ],
      };
    },
  };
}

function describeLoad(load: LoadName, { bareMs }: LatencyRuns): readonly string[] {
  const { events, opportunities, perSecond } = loads[load];
  const rate = Number.isFinite(perSecond) ? `${perSecond} a second` : 'all at once';
  return [
    'from the event to the 2xx for the message that shows its change: 50th, 95th and 99th percentile',
    `${events} events of ${opportunities} opportunities without a summary, ${rate}; 10 reads a second allowed, ${deployedSettings.settleSeconds} s to settle`,
    `compared with what the quota makes a reader wait that loses no time, and ${bareMs.toFixed(0)} ms for a read and a POST by hand`,
  ];
}

function percentilesText(lagsMs: readonly number[]): string {
  return shares.map((share) => `p${100 * share} ${timeText(percentile(lagsMs, share))}`).join(', ');
}

export const latencyAt1 = latencyOf({
  name: 'latencyAt1',
  title: 'Latency at 1 event a second, 95th percentile',
  load: 'one',
});
export const latencyAt10 = latencyOf({
  name: 'latencyAt10',
  title: 'Latency at 10 events a second, 95th percentile',
  load: 'ten',
});
export const latencyAt100 = latencyOf({
  name: 'latencyAt100',
  title: 'Latency at 100 events a second, 95th percentile',
  load: 'hundred',
  bound: { atMost: 2 },
});
export const latencyOfBurst = latencyOf({
  name: 'latencyOfBurst',
  title: 'Latency of a burst of 5,000 events, 95th percentile',
  load: 'burst',
  bound: { atMost: 1.3 },
});
export const latencyThrottled = latencyOf({
  name: 'latencyThrottled',
  title: 'Latency while Partner Central throttles, 95th percentile',
  load: 'throttled',
});

interface CountProps {
  readonly name: string;
  readonly title: string;
  readonly count: (runs: LatencyRuns) => number;
  readonly describe: (runs: LatencyRuns) => readonly string[];
}

/** A count that must be 0, over all loads. */
function countOf({ name, title, count, describe }: CountProps): Measurement {
  return {
    name,
    title,
    isCount: true,
    bound: { atMost: 0 },
    async run(report) {
      const runs = await measureLoads(report);
      const found = count(runs);
      return {
        ratio: found,
        ours: `${found} of ${runs.events} events`,
        floor: 'none',
        details: describe(runs),
      };
    },
  };
}

export const eventsLost = countOf({
  name: 'eventsLost',
  title: 'Events lost, all loads together',
  count: ({ problems }) => problems.lost.length,
  describe: ({ problems, throttled }) => [
    `changes that no message shows, and versions that were not received; ${throttled} reads were throttled`,
    ...problems.lost.slice(0, 5),
  ],
});

export const duplicateVersions = countOf({
  name: 'duplicateVersions',
  title: 'Duplicate versions, all loads together',
  count: ({ problems }) => problems.duplicates.length,
  describe: ({ problems, versions, repeats }) => [
    `versions that say nothing new, or have two webhook ids, of ${versions}; ${repeats} messages were repeated`,
    ...problems.duplicates.slice(0, 5),
  ],
});

/**
 * The share of reads that arrive beyond 10 in a second. Permits are 5 % further apart than the
 * quota requires. On a machine whose timers are later than that, reads arrive together. So 1 % is
 * allowed: a refused read is repeated, and nothing is lost.
 */
export const readsRefused: Measurement = {
  name: 'readsRefused',
  title: 'Share of reads beyond the quota',
  bound: { atMost: 0.01 },
  async run(report) {
    const { overQuota, reads } = await measureLoads(report);
    return {
      ratio: overQuota / reads,
      ours: `${overQuota} of ${reads} reads refused`,
      floor: 'no read refused',
      details: ['reads that arrive beyond 10 in a second, counted by the simulator; each is repeated later'],
    };
  },
};
