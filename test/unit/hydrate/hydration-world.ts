import { instantOf } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { EventKind } from '../../../lambdas/core/partner-event.ts';
import type { RecordKind } from '../../../lambdas/core/record.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { HydrateLevel, HydrateMetric } from '../../../lambdas/hydrate/contract.ts';
import { readEngagementEarly } from '../../../lambdas/hydrate/early-engagement.ts';
import { readInvitationEarly } from '../../../lambdas/hydrate/early-invitation.ts';
import { readOpportunityEarly } from '../../../lambdas/hydrate/early-opportunity.ts';
import { type HydrateBatchDeps, hydrateBatch } from '../../../lambdas/hydrate/hydrate-batch.ts';
import { hydrateEngagement } from '../../../lambdas/hydrate/hydrate-engagement.ts';
import {
  type HydrateInvitationDeps,
  hydrateInvitation,
} from '../../../lambdas/hydrate/hydrate-invitation.ts';
import {
  type HydrateOpportunityDeps,
  hydrateOpportunity,
} from '../../../lambdas/hydrate/hydrate-opportunity.ts';
import type { Ripening } from '../../../lambdas/hydrate/wait-until-ripe.ts';
import type { Sightings } from '../../../lambdas/ports/sightings.ts';
import type { QueuedMessage } from '../../../lambdas/ports/work-queue.ts';
import { fixedRandom } from '../../fakes/fixed-random.ts';
import { type InMemoryWorkQueue, inMemoryWorkQueue } from '../../fakes/in-memory-queue.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { type InMemoryRecordStore, inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { inMemorySightings } from '../../fakes/in-memory-sightings.ts';
import { type ManualClock, manualClock } from '../../fakes/manual-clock.ts';
import { type RecordedLog, recordedLog } from '../../fakes/recorded-log.ts';
import { type RecordedMetrics, recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { type ScriptedPartnerCentral, scriptedPartnerCentral } from '../../fakes/scripted-partner-central.ts';

/** Everything that outlives one run of a hydrate function. */
export interface HydrationWorld {
  readonly partnerCentral: ScriptedPartnerCentral;
  readonly records: InMemoryRecordStore;
  /** Names of the partner's solutions, by id. */
  readonly solutionNames: Map<string, string>;
  readonly sightings: Sightings;
  readonly queue: InMemoryWorkQueue;
  readonly clock: ManualClock;
  readonly log: RecordedLog;
  readonly metrics: RecordedMetrics<HydrateMetric, HydrateLevel>;
}

const settleMs = 3_000;
/** With the second of truncation. */
const ripeAfterMs = settleMs + 1_000;
const freshMs = 60_000;

/**
 * The clock is five seconds after the events of the builders: they are fresh, and reads return
 * their changes.
 */
export function hydrationWorld(): HydrationWorld {
  return {
    partnerCentral: scriptedPartnerCentral(),
    records: inMemoryRecordStore(),
    solutionNames: new Map(),
    sightings: inMemorySightings(),
    queue: inMemoryWorkQueue(),
    clock: manualClock('2026-03-01T10:00:05.000Z'),
    log: recordedLog(),
    metrics: recordedMetrics(),
  };
}

type Deps = HydrateInvitationDeps &
  HydrateOpportunityDeps &
  Omit<HydrateBatchDeps<EventKind>, 'kind' | 'hydrate' | 'ripening'>;
type Ports = Partial<Deps> & {
  /** Whether young events wait for their ripe read. @default they do not */
  readonly waits?: 'after an early read' | 'without an early read';
};

/** Runs the function of the opportunity queue on a batch. `ports` replace those of the world. */
export function hydrateOpportunities(
  world: HydrationWorld,
  messages: readonly QueuedMessage[],
  ports: Ports = {},
): Promise<string[]> {
  const deps = depsOf(world, ports);
  return hydrateBatch<'opportunity'>(received(world, messages), {
    ...deps,
    kind: 'opportunity',
    hydrate: (events) => hydrateOpportunity(events, deps),
    ripening: ripeningOf(ports, (events) => readOpportunityEarly(events, { ...deps, ripeAfterMs })),
  });
}

/** Runs the function of the invitation queue on a batch. */
export function hydrateInvitations(
  world: HydrationWorld,
  messages: readonly QueuedMessage[],
  ports: Ports = {},
): Promise<string[]> {
  const deps = depsOf(world, ports);
  return hydrateBatch<'engagement-invitation'>(received(world, messages), {
    ...deps,
    kind: 'engagement-invitation',
    hydrate: (events) => hydrateInvitation(events, deps),
    ripening: ripeningOf(ports, (events) => readInvitationEarly(events, { ...deps, ripeAfterMs })),
  });
}

/** Runs the function of the engagement queue on a batch. */
export function hydrateEngagements(
  world: HydrationWorld,
  messages: readonly QueuedMessage[],
  ports: Ports = {},
): Promise<string[]> {
  const deps = depsOf(world, ports);
  return hydrateBatch<'engagement'>(received(world, messages), {
    ...deps,
    kind: 'engagement',
    hydrate: (events) => hydrateEngagement(events, deps),
    ripening: ripeningOf(ports, (events) => readEngagementEarly(events, { ...deps, ripeAfterMs })),
  });
}

/** SQS delivers a message of `queued` at the time of the clock. */
function received({ clock }: HydrationWorld, delivered: readonly QueuedMessage[]): QueuedMessage[] {
  return delivered.map((message) => ({
    ...message,
    firstReceivedAtMs: message.firstReceivedAtMs || clock.nowMs(),
  }));
}

function ripeningOf<Kind extends EventKind>(
  { waits }: Ports,
  readEarly: Ripening<Kind>['readEarly'],
): Ripening<Kind> | undefined {
  if (waits === undefined) return undefined;
  return { ripeAfterMs, readEarly: waits === 'after an early read' ? readEarly : undefined };
}

function depsOf(world: HydrationWorld, ports: Ports): Deps {
  return {
    ...world,
    index: inMemoryRecordIndex(world.records),
    solutions: {
      namesOf: async () => world.solutionNames,
      knownNamesOf: async () => world.solutionNames,
    },
    random: fixedRandom(),
    settleMs,
    freshMs,
    outboxGraceMs: 60_000,
    redactRejected: false,
    timeScale: 1,
    concurrentRecords: 10,
    ...ports,
  };
}

let messages = 0;

/** Returns a queue message. A text is used as its body unchanged. */
export function queued(event: JsonObject | string, timesSentAgain = 0): QueuedMessage {
  messages += 1;
  const body = typeof event === 'string' ? event : JSON.stringify(event);
  return { messageId: `message-${messages}`, body, timesSentAgain, firstReceivedAtMs: 0 };
}

/** Returns the messages that were sent to the queue again. */
export function sentAgain({ queue }: HydrationWorld, from = 0): QueuedMessage[] {
  return queue.sent.slice(from).map(({ body, timesSentAgain }) => queued(body, timesSentAgain));
}

export function versionsOf({ records }: HydrationWorld, kind: RecordKind): Version[] {
  return records.versions().filter((version) => version.kind === kind);
}

export function outcomesOf({ log }: HydrationWorld): unknown[] {
  return log.of('record.hydrated').map(({ outcome }) => outcome);
}

/** Returns `2026-03-01T10:00:00Z` plus some seconds, in the format of EventBridge. */
export function eventTime(seconds: number): string {
  return instantOf(Date.parse('2026-03-01T10:00:00Z') + seconds * 1_000).replace('.000Z', 'Z');
}
