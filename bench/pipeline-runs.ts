import { buildPipeline, type Pipeline, startPipeline } from './pipeline-stage.ts';

/**
 * Opportunities whose events are put at once: the next wave comes when all of one is delivered. A stage that is buried under
 * its backlog would tell of the backlog, not of what 20,000 events leave behind.
 */
const opportunitiesAtOnce = 20;
/** Each is created and submitted, then updated five times at once. */
const eventsOfOne = 7;
const wavesOfTurn = 7;
const eventsOfWave = opportunitiesAtOnce * eventsOfOne;
export const eventsPerRound = wavesOfTurn * eventsOfWave;
/**
 * Until the functions are as fast as they get, and the engine, whose virtual machine compiles while it works: it takes about 4,000
 * events. Cold starts are another measurement.
 */
const wavesToWarmUp = 30;

const longEvents = 20_000;
const longTurns = Math.ceil((longEvents - wavesToWarmUp * eventsOfWave) / eventsPerRound);
/** Turns of the long run that count, its last ones. */
export const lastRounds = 7;

/** Those that warm up are events too. */
export function eventsAfter(turns: number): number {
  return wavesToWarmUp * eventsOfWave + turns * eventsPerRound;
}

type Memory = ReadonlyMap<string, number>;

export interface PipelineRuns {
  /** Events per second, of one turn of each. */
  readonly short: readonly number[];
  /** The same of every turn of the long run. */
  readonly long: readonly number[];
  /** Bytes by function, in the long run after as many events as a turn has and after its last. */
  readonly early: Memory;
  readonly late: Memory;
  readonly minutes: number;
}

let done: Promise<PipelineRuns> | undefined;

/** The runs that both measurements are taken from: they are made once. */
export function measureRuns(told: (line: string) => void): Promise<PipelineRuns> {
  done ??= allRuns(told);
  return done;
}

async function allRuns(told: (line: string) => void): Promise<PipelineRuns> {
  const startedAtMs = performance.now();
  told('building the functions and synthesizing the stack');
  await buildPipeline();
  const made = await onNewStage((pipeline) => alternating(pipeline, told));
  return { ...made, minutes: (performance.now() - startedAtMs) / 60_000 };
}

async function alternating(
  pipeline: Pipeline,
  told: (line: string) => void,
): Promise<Omit<PipelineRuns, 'minutes'>> {
  await waves(wavesOfTurn, pipeline);
  const early = await pipeline.memory();
  await waves(wavesToWarmUp - wavesOfTurn, pipeline);
  const long: number[] = [];
  while (long.length < longTurns - lastRounds) long.push(await turn(pipeline, told));
  const short: number[] = [];
  // Two stages are up in either turn, one of them at rest: what else the machine does falls on both.
  while (long.length < longTurns)
    await onNewStage(async (fresh) => {
      await waves(wavesToWarmUp, fresh);
      short.push(await turn(fresh, told));
      long.push(await turn(pipeline, told));
    });
  return { short, long, early, late: await pipeline.memory() };
}

/** On an engine of its own: AWS's DynamoDB Local. dynoxide searches all of a table's stream in every write, and would be measured in place of the rest. */
async function onNewStage<T>(use: (pipeline: Pipeline) => Promise<T>): Promise<T> {
  const pipeline = await startPipeline('dynamodb-local');
  try {
    return await use(pipeline);
  } finally {
    await pipeline.stop();
  }
}

/** @returns events per second */
async function turn(pipeline: Pipeline, told: (line: string) => void): Promise<number> {
  const startedAtMs = performance.now();
  await waves(wavesOfTurn, pipeline);
  const rate = (1_000 * eventsPerRound) / (performance.now() - startedAtMs);
  told(`${pipeline.events()} events: ${rate.toFixed(0)} events/s, ${pipeline.messages()} messages so far`);
  return rate;
}

async function waves(howMany: number, pipeline: Pipeline): Promise<void> {
  for (let times = 0; times < howMany; times += 1) await wave(pipeline);
}

async function wave({ partner, ...pipeline }: Pipeline): Promise<void> {
  const ids = Array.from({ length: opportunitiesAtOnce }, () => {
    const id = partner.createOpportunity('AWS');
    partner.submitOpportunity(id);
    return id;
  });
  await pipeline.play();
  for (const id of ids)
    for (let update = 0; update < eventsOfOne - 2; update += 1) partner.updateOpportunity(id);
  await pipeline.play();
}
