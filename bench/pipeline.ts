import { type Measured, type Measurement, median, spread } from './measurement.ts';
import { eventsAfter, eventsPerRound, lastRounds, measureRuns, type PipelineRuns } from './pipeline-runs.ts';

/**
 * Events per second at 20,000 events over those of short runs, which are measured once the engine is warm: medians of the last turns
 * of one long run, and of short runs between them. A long run for every turn would take hours.
 */
export const pipelineScaling: Measurement = {
  name: 'pipelineScaling',
  bound: { atLeast: 0.9 },
  async run(told) {
    const { short, long, minutes } = await measureRuns(told);
    const last = long.slice(-lastRounds);
    return {
      ratio: median(last) / median(short),
      details: [
        `at ${eventsAfter(1)} events: ${spread(short, 'events/s', 0)}, each on a stage of its own`,
        `at ${eventsAfter(long.length)} events: ${spread(last, 'events/s', 0)}, the last of one run, each after one of the others`,
        `all runs took ${minutes.toFixed(1)} minutes`,
      ],
    };
  },
};

/** What the functions hold after 20,000 events over what they hold after 1,000, garbage not counted, in the same long run. */
export const pipelineMemory: Measurement = {
  name: 'pipelineMemory',
  bound: { atMost: 1.2 },
  async run(told) {
    return comparedMemory(await measureRuns(told));
  },
};

function comparedMemory({ early, late, long }: PipelineRuns): Measured {
  // One that nothing called by then is no ground for comparison.
  const both = [...early].flatMap(([name, before]) => {
    const after = late.get(name);
    return after === undefined ? [] : [{ name, before, after }];
  });
  const before = both.reduce((sum, each) => sum + each.before, 0);
  const after = both.reduce((sum, each) => sum + each.after, 0);
  const most = both.toSorted((a, b) => b.after / b.before - a.after / a.before)[0];
  return {
    ratio: after / before,
    details: [
      `one worker of each of ${both.length} functions: ${mebibytes(before)} after ${eventsPerRound} events, ${mebibytes(after)} after ${eventsAfter(long.length)}`,
      ...(most ? [`grew most: ${most.name}, ${mebibytes(most.before)} to ${mebibytes(most.after)}`] : []),
    ],
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
