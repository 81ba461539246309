import { parseCommandState } from '../../lambdas/core/command-state.ts';
import { longestLagMs } from '../../lambdas/core/freshness.ts';
import type { Json } from '../../lambdas/core/json.ts';
import { type PassName, passNames } from '../../lambdas/core/pass.ts';
import type { ReminderRule } from '../../lambdas/core/reminder-rule.ts';
import { createdOpportunities } from '../chaos/check-commands.ts';
import { checkAfterReconcile, checkAfterStorm } from '../chaos/checker.ts';
import type { Evidence, SwitchedOnReminders, Violation } from '../chaos/evidence.ts';
import { findSentAgain, passWeeks } from './aftermath.ts';
import { waitForCalm } from './calm.ts';
import type { FaultKind } from './faults.ts';
import type { TraceEntry } from './trace.ts';
import { createWorld, type SeedOptions, type World } from './world.ts';

export interface SeedResult {
  readonly seed: number;
  /** Of the whole trace: the same in every run of this seed on the same code. */
  readonly hash: string;
  readonly events: number;
  /** Number of steps of the scheduler. */
  readonly steps: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /**
   * How often the functions wrote each log line, how far they increased each count, and how the
   * commands of each action ended.
   */
  readonly met: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** Ids of the changes and faults that happened. */
  readonly happened: readonly string[];
  readonly trace: readonly TraceEntry[];
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How long the partner makes changes and faults strike. */
const stormMs = 15 * minuteMs;

/**
 * Plays one seed: storm, calm, check; then full passes, calm, check. Some seeds go on for weeks,
 * and are checked again.
 */
export async function runSeed(options: SeedOptions): Promise<SeedResult> {
  const world = createWorld(options);
  const { scheduler, faults, trace } = world;
  const violations = await findViolations(world, options);
  return {
    seed: options.seed,
    hash: trace.digest(),
    events: world.bus.put,
    steps: scheduler.done,
    faults: Object.fromEntries(faults.counts),
    met: { ...Object.fromEntries(world.logBook.counts), ...countCommands(world) },
    violations,
    happened: [...world.changes.made, ...faults.struck],
    trace: trace.entries,
  };
}

/** How many commands of each action have which status, such as `lead.accept succeeded`. */
function countCommands({ storage, clients }: World): Record<string, number> {
  const ends = [...storage.stored().current.values()].flatMap(({ kind, payload }) => {
    const state = kind === 'command' ? parseCommandState(payload) : undefined;
    return state ? [`${state.action} ${state.status}`] : [];
  });
  const refused = clients.permissions.refused.map(({ action }) => `${action} not-allowed`);
  const groups = Map.groupBy([...ends, ...refused], (name) => name);
  return Object.fromEntries([...groups].map(([name, same]) => [name, same.length]));
}

/** Plays the phases until one of them finds a violation. */
async function findViolations(world: World, { commands = 0 }: SeedOptions): Promise<readonly Violation[]> {
  const phases = [
    () => stormAndCheck(world, commands),
    () => reconcileAndCheck(world),
    ...(world.faults.isOn('ttl-late') ? [() => checkWeeks(world)] : []),
  ];
  for (const play of phases) {
    const found = await play();
    for (const { promise, path = '', what } of found)
      world.trace.note('checker', `promise ${promise}: ${path} ${what}`);
    if (world.violations.length > 0) return world.violations;
    if (found.length > 0) return found;
  }
  return [];
}

async function stormAndCheck(world: World, commands: number): Promise<readonly Violation[]> {
  await runStorm(world, commands);
  // A step that broke a promise has ended the run.
  if (world.violations.length > 0) return [];
  const unfinished = await waitForCalm(world);
  return checkAfterStorm(evidenceOf(world, unfinished), world.tolerance);
}

async function runStorm(world: World, commands: number): Promise<void> {
  const { scheduler, faults, workload, people, clients, receivers } = world;
  const endsAtMs = scheduler.nowMs() + stormMs;
  people.plan(stormMs);
  clients.plan(commands, stormMs * 0.8);
  world.schedules.start();
  const working = workload.run(stormMs * 0.8);
  await scheduler.run(() => scheduler.nowMs() >= endsAtMs);
  if (world.violations.length > 0) return;
  await working;
  faults.endStorm();
  receivers.mend();
  people.mend();
  if (commands > 0) endReviews(world);
  workload.makeLastChanges();
  workload.close();
}

/**
 * From now on AWS ends each review soon, also those of later submissions. The looks become rarer:
 * a stack that does not become calm is watched for weeks.
 */
function endReviews(world: World, nextLookMs = minuteMs): void {
  world.reviews.endAll();
  world.scheduler.after(nextLookMs, () => endReviews(world, nextLookMs * 1.05));
}

async function reconcileAndCheck(world: World): Promise<readonly Violation[]> {
  const { scheduler, reminders } = world;
  // A list that was read soon after a record does not tell which of the two is newer.
  const startsAtMs = scheduler.nowMs() + longestLagMs + 1_000;
  await scheduler.run(() => scheduler.nowMs() > startsAtMs);
  const open = await runPasses(world, { full: true }, passNames);
  const unfinished = [...open, ...(await waitForCalm(world))];
  if (reminders.length === 0) return checkAfterReconcile(evidenceOf(world, unfinished), world.tolerance);
  // What the full passes have stored may be what to remind of.
  const passAtMs = scheduler.nowMs();
  const stillOpen = await runPasses(world, { now: true }, ['reminders']);
  const left = [...unfinished, ...stillOpen, ...(await waitForCalm(world))];
  return checkAfterReconcile(evidenceOf(world, left, passAtMs), world.tolerance);
}

/** @returns the passes that did not finish within a day */
async function runPasses(
  { scheduler, account, finishedPasses, violations }: World,
  event: Json,
  names: readonly PassName[],
): Promise<readonly string[]> {
  const all = ['AWS', 'Sandbox'].flatMap((catalog) => names.map((name) => `${catalog} ${name}`));
  const isOpen = (): boolean => all.some((pass) => !finishedPasses.has(pass));
  const invoke = (request: Json): void =>
    account.reconcile.invoke({ event: request, onEnd: () => undefined, onThrottled: () => undefined });
  finishedPasses.clear();
  invoke(event);
  const deadlineMs = scheduler.nowMs() + dayMs;
  while (isOpen() && scheduler.nowMs() < deadlineMs && violations.length === 0) {
    const nextMs = scheduler.nowMs() + minuteMs;
    await scheduler.run(() => scheduler.nowMs() > nextMs || !isOpen());
    if (isOpen()) invoke({});
  }
  return all.filter((pass) => !finishedPasses.has(pass)).map((pass) => `pass ${pass}`);
}

async function checkWeeks(world: World): Promise<readonly Violation[]> {
  const { receivers, storage } = world;
  const posts = receivers.posts.length;
  const versions = new Map([...storage.rows.states].map(([path, { version }]) => [path, version]));
  const found = await passWeeks(world);
  if (found.length > 0) return found;
  const afterChange = await reconcileAndCheck(world);
  return [...afterChange, ...findSentAgain(world, posts, versions)];
}

/** @param remindedAtMs when the last pass over reminders began */
function evidenceOf(world: World, unfinished: readonly string[], remindedAtMs?: number): Evidence {
  const { truth, storage, receivers, bus, unusable, parked, partnerCentral, canaries, workload } = world;
  const { people, clients, partner, sending, rowReports, disturbedDeliveries, reminders } = world;
  const { posts } = receivers;
  const stored = storage.stored();
  return {
    truth: truth.states,
    ...stored,
    subscriptions: receivers.all().map(({ subscription }) => subscription),
    goneEndpoints: new Set(
      posts.filter(({ outcome }) => outcome === 'gone').map(({ endpointId }) => endpointId),
    ),
    posts,
    events: bus.events,
    unusable,
    parked,
    quotaThrottled: partnerCentral.quotaThrottled,
    sightings: canaries.sightings,
    unfinished,
    acceptedThroughApi: new Map([
      ...workload.acceptedThroughApi,
      ...createdOpportunities(clients.accepted, stored.current),
    ]),
    erased: people.erasures.erased,
    selectedForErasure: people.erasures.selected,
    removedMessages: people.removedMessages,
    rowEdits: people.handEdits.rows,
    sentCommands: clients.accepted,
    effectiveWrites: partner.writes.effective,
    permissions: clients.permissions,
    rowReports: rowReports.reports,
    functionFaults: rowReports.faults,
    isPersonal: canaries.isPersonal,
    sending,
    disturbedDeliveries,
    reminders: reminders.length > 0 ? switchedOn(reminders, remindedAtMs) : undefined,
  };
}

function switchedOn(rules: readonly ReminderRule[], passAtMs: number | undefined): SwitchedOnReminders {
  return { afterMs: new Map(rules.map(({ name, days }) => [name, days * dayMs])), passAtMs };
}
