import { setTimeout as sleep } from 'node:timers/promises';
import { longestLagMs } from '../../lambdas/core/freshness.ts';
import { isUnpolled, type ParkedMessage, readAllParkedMessages, readStoredRecords } from '../observation.ts';
import { isDoorbell, skewSeconds, staleSeconds, timeScale } from './chaos-stage.ts';
import { type ChaosProps, startWorld, type World } from './chaos-world.ts';
import { createdOpportunities } from './check-commands.ts';
import { checkAfterReconcile, checkAfterStorm } from './checker.ts';
import type { Evidence, Violation } from './evidence.ts';
import { type Entry, linesAbout } from './history.ts';
import type { FaultCounts } from './nemesis.ts';
import { generateStorm, type Targets } from './nemesis-generator.ts';
import { areEventQueuesEmpty, waitForQuiescence } from './quiescence.ts';

/** The result of one seed. */
export interface SeedResult extends FaultCounts {
  readonly seed: number;
  /** Number of events put on the bus. */
  readonly events: number;
  /** Commands that were accepted. */
  readonly commands: number;
  /** Requests of the API that changed a record. */
  readonly writes: number;
  readonly violations: readonly ReportedViolation[];
  readonly elapsedMs: number;
  /** Start of the stage, storm, quiescence, reconciliation. */
  readonly phasesMs: readonly number[];
}

/** A violation with the part of the history that led to it. */
export interface ReportedViolation extends Violation {
  readonly lines: readonly string[];
}

/**
 * How long the partner works. The first `calmMs` are without faults, so that the functions can
 * start.
 */
const workMs = 4_900;
const calmMs = 800;
/** How many commands clients send. */
const commands = 12;
/** How often AWS ends reviews after the storm. */
const reviewMs = 1_000;
/** How long the nemesis injects faults. */
const stormMs = 6_200;
/** Enough time for a change to settle, to be read and to be followed by one more change. */
const calmAfterMs = 2_000;
/** The second read of the parked queues returns only messages that the first did not return. */
const hiddenSeconds = 600;
/** How old an answer may be: the simulator's staleness, the clock skew and a slow machine. */
const tolerance = {
  staleMs: (staleSeconds + skewSeconds) * 1_000 * timeScale + 100,
  lagMs: longestLagMs * timeScale,
};

/**
 * Runs one seed: storm, quiescence, check; then, if nothing is violated, reconciliation and check.
 */
export async function runSeed(props: ChaosProps): Promise<SeedResult> {
  const marks = [performance.now()];
  const mark = (): void => void marks.push(performance.now());
  const world = await startWorld(props, stormMs);
  let reviewing: NodeJS.Timeout | undefined;
  try {
    mark();
    await runStorm(world);
    // Also the reviews of later submissions end.
    reviewing = setInterval(() => world.reviews.endAll(), reviewMs);
    mark();
    const unfinished = await waitUntilFinished(world);
    const parked = await readAllParkedMessages(world.chaos.sqs, world.chaos.stage, hiddenSeconds);
    const evidence = await collectEvidence(world, parked, unfinished);
    const afterStorm = checkAfterStorm(evidence, tolerance);
    mark();
    // A promise that is violated already would only be reported twice.
    const violations = afterStorm.length > 0 ? afterStorm : await reconcileAndCheck(world, parked);
    mark();
    const { counts } = world.nemesis;
    return {
      seed: props.seed,
      events: world.carrier.put,
      commands: world.clients.accepted.length,
      writes: world.partner.writes.effective.length,
      ...counts,
      throttles: counts.throttles + world.simulator.throttled(),
      violations: violations.map((violation) => ({
        ...violation,
        lines: historyOf(violation, world, evidence),
      })),
      elapsedMs: Math.round(performance.now() - (marks[0] ?? 0)),
      phasesMs: marks.slice(1).map((at, index) => Math.round(at - (marks[index] ?? 0))),
    };
  } finally {
    clearInterval(reviewing);
    await world.stop();
  }
}

/** The partner works while the nemesis injects faults; afterwards only some answers are late. */
async function runStorm(world: World): Promise<void> {
  const { nemesis, workload, clients, reviews, carrier, chaos, simulator, plans } = world;
  const working = Promise.all([workload.run(workMs), clients.run(commands, workMs)]);
  await sleep(calmMs);
  simulator.serveStaleReads(staleSeconds * 1_000 * timeScale);
  const plan = generateStorm(plans, targetsOf(world), stormMs);
  await nemesis.run(plan, stormMs, async () => !(await areEventQueuesEmpty(chaos)));
  await working;
  simulator.serveStaleReads(0);
  workload.makeLastChanges();
  reviews.endAll();
  await nemesis.delayAnswers(calmAfterMs);
  workload.close();
  await carrier.waitUntilDelivered();
}

/** The operator retries what a function set aside at the last moment, so a wait may follow. */
async function waitUntilFinished({ chaos, progress, rowFaults }: World): Promise<readonly string[]> {
  const unfinished = await waitForQuiescence(chaos, progress);
  if ((await rowFaults.retry()) === 0) return unfinished;
  return waitForQuiescence(chaos, progress);
}

function targetsOf({ chaos: { stage, queues }, receivers }: World): Targets {
  const queueIds = [...queues.keys()];
  return {
    functionIds: stage.functions.all().map(({ id }) => id),
    doorbellIds: queueIds.filter(isDoorbell),
    eventQueueIds: queueIds.filter((id) => !isDoorbell(id) && !isUnpolled(id)),
    endpointIds: receivers.map(({ subscription }) => subscription.id).filter((id) => id !== 'ep_gone'),
  };
}

async function reconcileAndCheck(world: World, parkedBefore: readonly ParkedMessage[]): Promise<Violation[]> {
  const { chaos, passes } = world;
  // A list that was read soon after a record does not tell which of the two is newer.
  chaos.advance(tolerance.lagMs + 1_000);
  const open = await passes.run(chaos.stage);
  const unfinished = await waitUntilFinished(world);
  const parked = await readAllParkedMessages(chaos.sqs, chaos.stage, hiddenSeconds);
  const evidence = await collectEvidence(world, [...parkedBefore, ...parked], [...open, ...unfinished]);
  return checkAfterReconcile(evidence, tolerance);
}

async function collectEvidence(
  world: World,
  parked: readonly ParkedMessage[],
  unfinished: readonly string[],
): Promise<Evidence> {
  const {
    chaos,
    truth,
    receivers,
    carrier,
    unusable,
    simulator,
    partner,
    clients,
    canaries,
    workload,
    sending,
    recorder,
    recordFaults,
    rowFaults,
    rowReports,
  } = world;
  const stored = await readStoredRecords(chaos.dynamodb, chaos.tables.records);
  const posts = receivers.flatMap((receiver) => receiver.posts);
  for (const { queueId, body, reason = '' } of parked) canaries.search(queueId, `${body} ${reason}`);
  return {
    truth: truth.states,
    ...stored,
    subscriptions: receivers.map(({ subscription }) => subscription),
    goneEndpoints: new Set(
      posts.filter(({ outcome }) => outcome === 'gone').map(({ endpointId }) => endpointId),
    ),
    posts,
    events: carrier.events,
    unusable,
    parked,
    quotaThrottled: simulator.quotaThrottled(),
    sightings: canaries.sightings,
    unfinished: [...unfinished, ...clients.unanswered],
    acceptedThroughApi: new Map([
      ...workload.acceptedThroughApi,
      ...createdOpportunities(clients.accepted, stored.current),
    ]),
    erased: recordFaults.erased,
    selectedForErasure: recordFaults.selected,
    removedMessages: recordFaults.removed,
    rowEdits: rowFaults.edits,
    rowReports: rowReports.reports,
    functionFaults: rowReports.faults,
    isPersonal: canaries.isPersonal,
    sending,
    sentCommands: clients.accepted,
    effectiveWrites: partner.writes.effective,
    disturbedDeliveries: recorder.disturbedDeliveries,
  };
}

/** The history of the record that a violation is about, including its stored versions. */
function historyOf({ path }: Violation, { history }: World, { versions }: Evidence): string[] {
  if (path === undefined) return [];
  const stored = (versions.get(path) ?? []).map(
    ({ version, readAt, type, lastModifiedAt }): Entry => ({
      atMs: Date.parse(readAt),
      paths: [path],
      text: `version ${version}, ${type}, was read at ${readAt}${lastModifiedAt ? `, last modified at ${lastModifiedAt}` : ''}`,
    }),
  );
  return linesAbout(path, history.entries, stored);
}
