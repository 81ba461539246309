import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startBareHydrate } from './bare-hydrate-loop.ts';
import { alternate, type Measured, type Measurement, median, ratioOf, spread } from './measurement.ts';
import { buildPipeline, startPipeline } from './pipeline-stage.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** As many as `npm start -- --events 2000` creates. */
const opportunities = 275;
/** Each is created and submitted, then updated five times at once. */
const updates = 5;
/** What an idle machine with two cores should reach. */
const aims = { eventsPerSecond: 400, secondsToFirstEvent: 3 };
const eventsPerRound = opportunities * (2 + updates);

/**
 * Processor time of the local stage per event, divided by that of a bare handler with one
 * GetOpportunity and one PutItem for each event. It covers the simulator, the queues, all functions
 * with their cold starts, and the receiver, which verifies every message. Engines of DynamoDB are
 * processes of their own and count on neither side.
 */
export const stageThroughput: Measurement = {
  name: 'stageThroughput',
  title: 'Processor time of the local stage for an event',
  bound: { atMost: 7 },
  async run(report) {
    await using cleanUps = new AsyncDisposableStack();
    return await measure(report, cleanUps);
  },
};

interface Round {
  readonly eventsPerSecond: number;
  readonly repeats: number;
}

async function measure(report: (line: string) => void, cleanUps: AsyncDisposableStack): Promise<Measured> {
  const folder = await temporaryFolder(cleanUps);
  report('building the functions and synthesizing the stack');
  await buildPipeline();
  const startSeconds = await measureStarts(report);
  const bare = await startBareHydrate(folder, cleanUps);
  const rounds: Round[] = [];
  report(`${eventsPerRound} events on a new stage, and as many through a bare handler, in each round …`);
  const sides = await alternate({
    baseline: () => bare(eventsPerRound),
    product: async () => {
      const { cpuMs, ...round } = await playOnNewStage();
      rounds.push(round);
      report(`${round.eventsPerSecond.toFixed(0)} events/s`);
      return (1_000 * cpuMs) / eventsPerRound;
    },
  });
  const perSecond = rounds.map(({ eventsPerSecond }) => eventsPerSecond);
  const repeats = rounds.reduce((sum, round) => sum + round.repeats, 0);
  if (repeats > 0)
    throw new Error(`${repeats} fan-outs and deliveries were done again because they waited for too long`);
  return {
    ratio: ratioOf(sides),
    ours: `${median(sides.product).toFixed(0)} µs an event, ${median(perSecond).toFixed(0)} events/s`,
    floor: `${median(sides.baseline).toFixed(0)} µs an event, a bare handler`,
    details: [
      `processor time per event, ${eventsPerRound} events, ${availableParallelism()} cores`,
      `the stage: ${spread(sides.product, 'µs', 0)}`,
      `a bare handler: ${spread(sides.baseline, 'µs', 0)}`,
      `events per second of the stage: ${spread(perSecond, 'events/s', 0)}; the aim is at least ${aims.eventsPerSecond}`,
      `from npm start to the first event: ${spread(startSeconds, 's')}; the aim is at most ${aims.secondsToFirstEvent} s`,
      `no fan-out and no delivery was done again in ${rounds.length} rounds`,
    ],
  };
}

async function playOnNewStage(): Promise<Round & { readonly cpuMs: number }> {
  const pipeline = await startPipeline();
  const { partner } = pipeline;
  try {
    const before = process.cpuUsage();
    const startedAtMs = performance.now();
    const ids = Array.from({ length: opportunities }, () => {
      const id = partner.createOpportunity('AWS');
      partner.submitOpportunity(id);
      return id;
    });
    await pipeline.play();
    for (const id of ids) for (let update = 0; update < updates; update += 1) partner.updateOpportunity(id);
    await pipeline.play();
    const { user, system } = process.cpuUsage(before);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    return {
      cpuMs: (user + system) / 1_000,
      eventsPerSecond: eventsPerRound / seconds,
      repeats: pipeline.repeats(),
    };
  } finally {
    await pipeline.stop();
  }
}

const program = fileURLToPath(new URL('../local/main.ts', import.meta.url));
const starts = 7;

/** Seconds from the start of the process to the first event on the bus, with current bundles. */
async function measureStarts(report: (line: string) => void): Promise<readonly number[]> {
  report('starting the stage as npm start does …');
  const seconds: number[] = [];
  while (seconds.length < starts) seconds.push(await secondsToFirstEvent());
  return seconds;
}

/** @throws Error with what the program printed, if it ends before its first event */
async function secondsToFirstEvent(): Promise<number> {
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, [program, '--once', '--json'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const printed: string[] = [];
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      printed.push(line);
      if (line.endsWith('opportunities are created and submitted'))
        return (performance.now() - startedAtMs) / 1_000;
    }
    throw new Error(`npm start ended before its first event:\n${printed.join('\n')}`);
  } finally {
    child.kill('SIGTERM');
  }
}
