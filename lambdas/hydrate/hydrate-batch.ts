import { messageIdsIn } from '../core/correlation.ts';
import { epochMsOf, instantOf } from '../core/instant.ts';
import { parseJsonText } from '../core/json-text.ts';
import { type PartnerEvent, parsePartnerEvent, type UnhandledEvent } from '../core/partner-event.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { backOffMs, quotaWaitMs } from '../core/retry-schedule.ts';
import { isFailure, laterAfter, reasonOf, ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Random } from '../ports/random.ts';
import type { Sightings } from '../ports/sightings.ts';
import type { QueuedMessage, WorkQueue } from '../ports/work-queue.ts';
import type { HydrateLevel, HydrateMetric } from './contract.ts';
import type { HydrationResult, Outcome } from './hydrate-deps.ts';

export type HydratedEvent = Exclude<PartnerEvent, UnhandledEvent>;

export interface BatchWork<Event extends HydratedEvent> {
  /** Takes the kind of event that this queue is for; throws `event.unhandled` for any other. */
  readonly expect: (event: PartnerEvent) => Event;
  readonly keyOf: (event: Event) => RecordKey;
  /** Events of one record, by time. */
  readonly hydrate: (events: readonly [Event, ...Event[]]) => Promise<readonly HydrationResult[]>;
}

export interface BatchDeps {
  readonly queue: WorkQueue;
  readonly sightings: Pick<Sightings, 'eventSeen'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics<HydrateMetric, HydrateLevel>;
  /**
   * How many records wait for their turn to be read together: a second's worth of reads, so that one reservation serves
   * them all and little is under way when Partner Central begins to throttle.
   */
  readonly concurrentRecords: number;
  /** Factor on delays, see TIME_SCALE. */
  readonly timeScale: number;
}

interface Received<Event> {
  readonly message: QueuedMessage;
  readonly event: Event;
}

interface FailedMessage {
  readonly message: QueuedMessage;
  readonly error: unknown;
  /** True where `reconcile` sent it, and will send it again. */
  readonly listed?: boolean;
}

/**
 * Hydrates a batch of queued events, those of one record together. Whatever fails is settled by its retry decision:
 * `later` is sent again with a delay, `never` is parked with its reason.
 * @returns what failed in a way that nobody foresaw, by message id: left to the queue, whose receive count means just that.
 */
export async function hydrateBatch<Event extends HydratedEvent>(
  messages: readonly QueuedMessage[],
  work: BatchWork<Event>,
  deps: BatchDeps,
): Promise<ReadonlyMap<string, unknown>> {
  const received: Received<Event>[] = [];
  const failed: FailedMessage[] = [];
  for (const message of messages) {
    try {
      received.push({ message, event: work.expect(parsePartnerEvent(parseJsonText(message.body))) });
    } catch (error) {
      failed.push({ message, error });
    }
  }
  reportOldestEvent(received, deps);
  const groups = [...Map.groupBy(received, ({ event }) => recordPath(work.keyOf(event))).values()];
  const startedAtMs = deps.clock.nowMs();
  let stop: ServiceError | undefined;
  for (let from = 0; from < groups.length; from += deps.concurrentRecords) {
    const some = groups.slice(from, from + deps.concurrentRecords);
    if (stop) failed.push(...some.flat().map(({ message }) => ({ message, error: stop })));
    else failed.push(...(await Promise.all(some.map((group) => hydrateRecord(group, work, deps)))).flat());
    stop ??= reasonToStop(failed, deps.clock.nowMs() - startedAtMs);
  }
  const unforeseen = await Promise.all(failed.map((failure) => postponeOrPark(failure, deps)));
  return new Map(unforeseen.flat().map(({ message, error }) => [message.messageId, error]));
}

/** What reconcile found happened at some time before: its age tells nothing of how long events wait here. */
function reportOldestEvent(
  received: readonly { readonly event: HydratedEvent }[],
  { clock, metrics }: BatchDeps,
): void {
  const ages = received.flatMap(({ event }) => (event.listed ? [] : clock.nowMs() - epochMsOf(event.time)));
  if (ages.length > 0) metrics.level('OldestEventAge', Math.max(0, ...ages) / 1_000);
}

/**
 * How long a batch goes on taking up further records: so that those under way can wait for two turns and two slow answers
 * before the function's minute is over. A batch that ran into the timeout would be received again as a whole, and its receive count would rise for no fault of it.
 */
const maxBatchMs = 20_000;

/**
 * Once Partner Central throttles, or fails for more than one record, the rest of the batch would only add to it. Once the
 * quota leaves no turn, the rest would wait in vain.
 */
function reasonToStop(failed: readonly FailedMessage[], elapsedMs: number): ServiceError | undefined {
  const errors = [...new Set(failed.map(({ error }) => error))];
  const throttled = errors.find((error) => isFailure(error, 'partner-central.throttled', 'quota.waiting'));
  if (throttled) return throttled;
  const [first, second] = errors.filter((error) => isFailure(error, 'partner-central.unavailable'));
  if (second) return first;
  if (elapsedMs < maxBatchMs) return undefined;
  return new ServiceError('batch.interrupted', { elapsedMs }, { retry: laterAfter(0) });
}

/** @returns every message of the group with the error, where it failed. */
async function hydrateRecord<Event extends HydratedEvent>(
  group: readonly Received<Event>[],
  work: BatchWork<Event>,
  { clock, sightings, log, metrics }: BatchDeps,
): Promise<FailedMessage[]> {
  const startedAtMs = clock.nowMs();
  const [first, ...rest] = group
    .map(({ event }) => event)
    .toSorted((a, b) => epochMsOf(a.time) - epochMsOf(b.time));
  if (!first) return [];
  try {
    const hydrated = await work.hydrate([first, ...rest]);
    for (const { key, outcome, reads, repaired } of hydrated) {
      const metric = metricByOutcome[outcome];
      if (metric) metrics.count(metric);
      if (repaired) metrics.count('RecordsRepaired');
      metrics.count('ReadsSpent', reads);
      log.info('record.hydrated', {
        correlationId: first.eventId,
        detailType: rest.at(-1)?.detailType ?? first.detailType,
        record: recordPath(key),
        outcome,
        reads,
        eventIds: group.map(({ event }) => event.eventId),
        durationMs: clock.nowMs() - startedAtMs,
      });
    }
    const pending = hydrated.find((each) => each.pending)?.pending;
    if (pending) throw pending;
    if (group.some(({ event }) => !event.listed)) await sightings.eventSeen(instantOf(clock.nowMs()));
    return [];
  } catch (error) {
    return group.map(({ message, event }) => ({ message, error, listed: event.listed !== undefined }));
  }
}

const metricByOutcome: Readonly<Partial<Record<Outcome, HydrateMetric>>> = {
  stored: 'RecordsStored',
  unchanged: 'RecordsUnchanged',
  stale: 'RecordsStale',
  behind: 'RecordsStale',
};

/** @returns the failure itself where it could not be settled. */
async function postponeOrPark(
  failure: FailedMessage,
  { queue, random, log, metrics, timeScale }: BatchDeps,
): Promise<FailedMessage[]> {
  const { message, error } = failure;
  if (!(error instanceof ServiceError)) return [failure];
  const { messageId, correlationId } = messageIdsIn(message);
  const { code, reason } = reasonOf(error);
  try {
    const { retry } = error;
    const isGivenUp = retry.kind === 'never' || message.timesSentAgain >= (retry.times ?? Infinity);
    if (isGivenUp && failure.listed) {
      // The next pass finds the same again: parked, it would be there once more every hour.
      metrics.count('FindingsRefused');
      log.warn('finding.refused', { correlationId, messageId, code, reason });
    } else if (isGivenUp) {
      await queue.park(message.body, { code, reason });
      metrics.count('EventsParked');
      log.warn('event.parked', { correlationId, messageId, code, reason });
    } else {
      const isWaiting = error.code === 'quota.waiting';
      const delayMs = isWaiting
        ? quotaWaitMs(retry.afterMs, random.next())
        : timeScale * Math.max(retry.afterMs, backOffMs(message.timesSentAgain, random.next()));
      // To wait for the quota is no failure: it does not make the next failure wait longer.
      const timesSentAgain = message.timesSentAgain - (isWaiting ? 1 : 0);
      await queue.sendAgain({ ...message, timesSentAgain }, delayMs);
      metrics.count(isWaiting ? 'ReadsWaiting' : 'EventsPostponed');
      log.warn('event.postponed', {
        correlationId,
        messageId,
        code,
        reason,
        delayMs,
        timesSentAgain: message.timesSentAgain,
      });
    }
    return [];
  } catch (unsettled) {
    return [{ message, error: unsettled }];
  }
}
