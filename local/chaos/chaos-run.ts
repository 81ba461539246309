import { setTimeout as sleep } from 'node:timers/promises';
import { isDoorbell, isParked, skewSeconds, staleSeconds, timeScale } from './chaos-stage.ts';
import { type ChaosProps, startWorld, type World } from './chaos-world.ts';
import { checkAfterReconcile, checkAfterStorm } from './checker.ts';
import type { Evidence, ParkedMessage, Violation } from './evidence.ts';
import { readStoredRecords, takeParkedMessages } from './final-state.ts';
import { type Entry, linesAbout } from './history.ts';
import { type FaultCounts } from './nemesis.ts';
import { generateStorm, type Targets } from './nemesis-generator.ts';
import { areEventQueuesEmpty, waitForQuiescence } from './quiescence.ts';

/** What one seed came to. */
export interface SeedResult extends FaultCounts {
  readonly seed: number;
  /** Events put on the bus. */
  readonly events: number;
  readonly violations: readonly ReportedViolation[];
  readonly elapsedMs: number;
  /** Boot, storm, rest, reconciliation. */
  readonly phasesMs: readonly number[];
}

/** A violation with the shortest history that led to it. */
export interface ReportedViolation extends Violation {
  readonly lines: readonly string[];
}

/** How long the partner works, how long it is calm meanwhile, so that the functions can start, and how long it storms then. */
const workMs = 4_900;
const calmMs = 800;
const stormMs = 6_200;
/** Long enough to settle, to be read and to be changed once more. */
const calmAfterMs = 2_000;
/** Beside the staleness of an answer: the skew of a clock, and what a busy machine takes to answer. */
const tolerance = { staleMs: (staleSeconds + skewSeconds) * 1_000 * timeScale + 100 };

/** Plays one storm over one stage, the quiet after it and a reconciliation, and says what does not hold. */
export async function runSeed(props: ChaosProps): Promise<SeedResult> {
  const marks = [performance.now()];
  const mark = (): void => void marks.push(performance.now());
  const world = await startWorld(props, stormMs);
  try {
    mark();
    await storm(world);
    mark();
    const unfinished = await waitForQuiescence(world.chaos, world.worksDone);
    const parked = await takeParkedMessages(world.chaos.sqs, world.chaos.stage);
    const afterStorm = await evidenceOf(world, parked, unfinished);
    const violations = checkAfterStorm(afterStorm, tolerance);
    mark();
    // What is violated already would only be told twice.
    const after = violations.length > 0 ? [] : await reconciled(world, parked);
    mark();
    const found = violations.length > 0 ? violations : after;
    const { mischief } = world.adversary;
    return {
      seed: props.seed,
      events: world.carrier.put,
      ...mischief,
      throttles: mischief.throttles + world.simulator.throttled(),
      violations: found.map((violation) => ({ ...violation, lines: linesOf(violation, world, afterStorm) })),
      elapsedMs: Math.round(performance.now() - (marks[0] ?? 0)),
      phasesMs: marks.slice(1).map((at, index) => Math.round(at - (marks[index] ?? 0))),
    };
  } finally {
    await world.stop();
  }
}

async function storm({ adversary, workload, carrier, chaos, simulator, plans }: World): Promise<void> {
  const working = workload.run(workMs);
  await sleep(calmMs);
  simulator.serveStaleReads(staleSeconds * 1_000 * timeScale);
  const plan = generateStorm(plans, targetsOf(chaos), stormMs);
  await adversary.storm(plan, stormMs, async () => !(await areEventQueuesEmpty(chaos)));
  await working;
  simulator.serveStaleReads(0);
  workload.changeLast();
  await adversary.holdAnswersBack(calmAfterMs);
  workload.close();
  await carrier.arrived();
}

function targetsOf({ stage, queues }: World['chaos']): Targets {
  const queueIds = [...queues.keys()];
  return {
    functionIds: stage.functions.all().map(({ id }) => id),
    doorbellIds: queueIds.filter(isDoorbell),
    eventQueueIds: queueIds.filter((id) => !isDoorbell(id) && !isParked(id)),
  };
}

async function reconciled(world: World, parkedBefore: readonly ParkedMessage[]): Promise<Violation[]> {
  const { chaos, passes } = world;
  const open = await passes.finish(chaos.stage);
  const unfinished = await waitForQuiescence(chaos, world.worksDone);
  const parked = await takeParkedMessages(chaos.sqs, chaos.stage);
  const evidence = await evidenceOf(world, [...parkedBefore, ...parked], [...open, ...unfinished]);
  return checkAfterReconcile(evidence, tolerance);
}

async function evidenceOf(
  world: World,
  parked: readonly ParkedMessage[],
  unfinished: readonly string[],
): Promise<Evidence> {
  const { chaos, truth, receivers, carrier, strange, simulator, canaries, workload } = world;
  const posts = receivers.flatMap((receiver) => receiver.posts);
  for (const { queueId, body, reason = '' } of parked) canaries.look(queueId, `${body} ${reason}`);
  return {
    truth: truth.states,
    ...(await readStoredRecords(chaos.dynamodb, chaos.tables.records)),
    subscriptions: receivers.map(({ subscription }) => subscription),
    goneEndpoints: new Set(
      posts.filter(({ outcome }) => outcome === 'gone').map(({ endpointId }) => endpointId),
    ),
    posts,
    events: carrier.events,
    strange,
    parked,
    quotaThrottled: simulator.quotaThrottled(),
    sightings: canaries.sightings,
    unfinished,
    acceptedByTask: workload.acceptedByTask,
  };
}

function linesOf({ path }: Violation, { history }: World, { versions }: Evidence): string[] {
  if (path === undefined) return [];
  const stored = (versions.get(path) ?? []).map(
    ({ version, readAt, type, lastModifiedAt }): Entry => ({
      atMs: Date.parse(readAt),
      paths: [path],
      text: `version ${version}, ${type}, is from a read at ${readAt}${lastModifiedAt ? ` of a state of ${lastModifiedAt}` : ''}`,
    }),
  );
  return linesAbout(path, history.entries, stored);
}
