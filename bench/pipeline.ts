import { pairFunctionMemory } from '../local/function-memory.ts';
import { mebibytes } from '../local/machine.ts';
import { type Measured, type Measurement, median, spread } from './measurement.ts';
import { eventsAfter, eventsPerRound, lastRounds, measureRuns, type PipelineRuns } from './pipeline-runs.ts';

/**
 * Events per second after 20,000 events, divided by events per second of short runs. Compares the
 * medians of the last rounds of one long run and of warm short runs between them, because a long
 * run for each round would take hours.
 */
export const pipelineScaling: Measurement = {
  name: 'pipelineScaling',
  title: 'Events per second of the local stage after 20,000',
  bound: { atLeast: 0.9 },
  async run(report) {
    const { short, long, minutes } = await measureRuns(report);
    const last = long.slice(-lastRounds);
    return {
      ratio: median(last) / median(short),
      ours: `${median(last).toFixed(0)} events/s after ${eventsAfter(long.length)}`,
      floor: `${median(short).toFixed(0)} events/s after ${eventsAfter(1)}`,
      details: [
        `at ${eventsAfter(1)} events: ${spread(short, 'events/s', 0)}, each on a new stage`,
        `at ${eventsAfter(long.length)} events: ${spread(last, 'events/s', 0)}, the last rounds of one long run, each after a short run`,
        `all runs took ${minutes.toFixed(1)} minutes`,
      ],
    };
  },
};

/**
 * Memory of the functions after 20,000 events, divided by that after 1,000 events of the same run,
 * without garbage.
 */
export const pipelineMemory: Measurement = {
  name: 'pipelineMemory',
  title: 'Memory of the functions after 20,000 events',
  bound: { atMost: 1.2 },
  async run(report) {
    return compareMemory(await measureRuns(report));
  },
};

function compareMemory({ early, late, long }: PipelineRuns): Measured {
  const { both, missing } = pairFunctionMemory(early, late);
  if (missing.length > 0) throw new Error(`no longer report their memory: ${missing.join(', ')}`);
  const before = both.reduce((sum, each) => sum + each.before, 0);
  const after = both.reduce((sum, each) => sum + each.after, 0);
  const most = both.toSorted((a, b) => b.after / b.before - a.after / a.before)[0];
  return {
    ratio: after / before,
    ours: `${mebibytes(after)} after ${eventsAfter(long.length)} events`,
    floor: `${mebibytes(before)} after ${eventsPerRound} events`,
    details: [
      `one worker of each of ${both.length} functions: ${mebibytes(before)} after ${eventsPerRound} events, ${mebibytes(after)} after ${eventsAfter(long.length)}`,
      ...(most
        ? [`largest growth: ${most.name}, ${mebibytes(most.before)} to ${mebibytes(most.after)}`]
        : []),
    ],
  };
}
