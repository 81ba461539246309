import { buildPipeline, type Pipeline, startPipeline } from './pipeline-stage.ts';

/**
 * Opportunities of one wave. The next wave starts when all messages of a wave are delivered, so
 * that a backlog does not distort the measurement.
 */
const opportunitiesAtOnce = 20;
/** Each is created and submitted, then updated five times at once. */
const eventsPerOpportunity = 7;
const wavesPerRound = 7;
const eventsPerWave = opportunitiesAtOnce * eventsPerOpportunity;
export const eventsPerRound = wavesPerRound * eventsPerWave;
/**
 * Waves until the functions and the engine's virtual machine have reached full speed: about 4,000
 * events. Cold starts are measured elsewhere.
 */
const wavesToWarmUp = 30;

const longEvents = 20_000;
const longRounds = Math.ceil((longEvents - wavesToWarmUp * eventsPerWave) / eventsPerRound);
/** How many rounds at the end of the long run count. */
export const lastRounds = 7;

/** Number of events after these rounds, including the warm-up. */
export function eventsAfter(rounds: number): number {
  return wavesToWarmUp * eventsPerWave + rounds * eventsPerRound;
}

type Memory = ReadonlyMap<string, number>;

export interface PipelineRuns {
  /** Events per second in the one round of each short run. */
  readonly short: readonly number[];
  /** Events per second in every round of the long run. */
  readonly long: readonly number[];
  /** Bytes by function in the long run: after the events of one round, and after the last round. */
  readonly early: Memory;
  readonly late: Memory;
  readonly minutes: number;
}

let allRuns: Promise<PipelineRuns> | undefined;

/** Runs the pipeline once for both measurements that need it. */
export function measureRuns(report: (line: string) => void): Promise<PipelineRuns> {
  allRuns ??= runAll(report);
  return allRuns;
}

async function runAll(report: (line: string) => void): Promise<PipelineRuns> {
  const startedAtMs = performance.now();
  report('building the functions and synthesizing the stack');
  await buildPipeline();
  const made = await onNewStage((pipeline) => alternateRuns(pipeline, report));
  return { ...made, minutes: (performance.now() - startedAtMs) / 60_000 };
}

async function alternateRuns(
  pipeline: Pipeline,
  report: (line: string) => void,
): Promise<Omit<PipelineRuns, 'minutes'>> {
  await playWaves(wavesPerRound, pipeline);
  const early = await pipeline.memory();
  await playWaves(wavesToWarmUp - wavesPerRound, pipeline);
  const long: number[] = [];
  while (long.length < longRounds - lastRounds) long.push(await playRound(pipeline, report));
  const short: number[] = [];
  // Two stages are up in each round, one of them idle: other load on the machine affects both.
  while (long.length < longRounds)
    await onNewStage(async (fresh) => {
      await playWaves(wavesToWarmUp, fresh);
      short.push(await playRound(fresh, report));
      long.push(await playRound(pipeline, report));
    });
  return { short, long, early, late: await pipeline.memory() };
}

/**
 * Uses AWS's DynamoDB Local: dynoxide searches the whole stream of a table at every write, which
 * would distort the result.
 */
async function onNewStage<T>(use: (pipeline: Pipeline) => Promise<T>): Promise<T> {
  const pipeline = await startPipeline('dynamodb-local');
  try {
    return await use(pipeline);
  } finally {
    await pipeline.stop();
  }
}

/** @returns events per second */
async function playRound(pipeline: Pipeline, report: (line: string) => void): Promise<number> {
  const startedAtMs = performance.now();
  await playWaves(wavesPerRound, pipeline);
  const rate = (1_000 * eventsPerRound) / (performance.now() - startedAtMs);
  report(`${pipeline.events()} events so far: ${rate.toFixed(0)} events/s, ${pipeline.messages()} messages`);
  return rate;
}

async function playWaves(howMany: number, pipeline: Pipeline): Promise<void> {
  for (let times = 0; times < howMany; times += 1) await playWave(pipeline);
}

async function playWave({ partner, ...pipeline }: Pipeline): Promise<void> {
  const ids = Array.from({ length: opportunitiesAtOnce }, () => {
    const id = partner.createOpportunity('AWS');
    partner.submitOpportunity(id);
    return id;
  });
  await pipeline.play();
  for (const id of ids)
    for (let update = 0; update < eventsPerOpportunity - 2; update += 1) partner.updateOpportunity(id);
  await pipeline.play();
}
