import { messageIdsIn } from '../core/correlation.ts';
import { epochMsOf, instantOf } from '../core/instant.ts';
import { parseJsonText } from '../core/json-text.ts';
import { lateWorkMs } from '../core/late-work.ts';
import { type EventKind, type PartnerEvent, parseEventOf } from '../core/partner-event.ts';
import { errorName, ServiceError } from '../core/service-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sightings } from '../ports/sightings.ts';
import type { QueuedMessage } from '../ports/work-queue.ts';
import { reportRepairedRow } from '../records/report-repaired-row.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { type FailedMessage, type PostponeOrParkDeps, postponeOrPark } from './postpone-or-park.ts';
import { reasonToStop } from './reason-to-stop.ts';
import { type EventsOf, eventsIn, groupByRecord, type Received } from './received.ts';
import { reportResults } from './report-results.ts';
import { divideByAge, type Ripening, waitUntilRipe } from './wait-until-ripe.ts';

export interface HydrateBatchDeps<Kind extends EventKind> extends PostponeOrParkDeps {
  /**
   * What the events of this queue are about. An event about anything else is parked as
   * `event.unhandled`.
   */
  readonly kind: Kind;
  /** Brings one record up to date. The events are all about that record, oldest first. */
  readonly hydrate: (events: EventsOf<Kind>) => Promise<readonly HydrationResult[]>;
  /** @default the queue has delayed the events until they are ripe */
  readonly ripening?: Ripening<Kind> | undefined;
  readonly sightings: Pick<Sightings, 'recordEvent'>;
  readonly clock: Clock;
  /**
   * Number of records that are read at once: the reads of one second. So one reservation of permits
   * serves them all, and few reads are under way when Partner Central begins to throttle.
   */
  readonly concurrentRecords: number;
}

/**
 * Hydrates the records that a batch of events is about, each record once. A young event waits for
 * its ripe read. The retry decision of its error says what happens to a message that fails:
 * `later` is sent again with a delay, `never` is parked.
 * @returns ids of the messages that failed unexpectedly, or could not be sent again or parked: SQS
 *   redelivers them, so their receive count rises for no other reason.
 */
export async function hydrateBatch<Kind extends EventKind>(
  messages: readonly QueuedMessage[],
  deps: HydrateBatchDeps<Kind>,
): Promise<string[]> {
  const { received, failed } = parseMessages(messages, deps.kind);
  reportOldestEvent(received, deps);
  const { ripe, young } = divideByAge(received, deps);
  const work = [hydrateRecords(ripe, deps), waitUntilRipe(young, ripe, deps)];
  failed.push(...(await Promise.all(work)).flat());
  const results = await Promise.allSettled(failed.map((each) => postponeOrPark(each, deps)));
  return results.flatMap((result, index) => {
    const message = failed[index]?.message;
    if (result.status === 'fulfilled' || !message) return [];
    const error = result.reason instanceof ServiceError ? result.reason.code : errorName(result.reason);
    deps.log.error('message.failed', { ...messageIdsIn(message), error });
    return [message.messageId];
  });
}

function parseMessages<Kind extends EventKind>(messages: readonly QueuedMessage[], kind: Kind) {
  const received: Received<Kind>[] = [];
  const failed: FailedMessage[] = [];
  for (const message of messages) {
    try {
      received.push({ message, event: parseEventOf(kind, parseJsonText(message.body)) });
    } catch (error) {
      failed.push({ message, error });
    }
  }
  return { received, failed };
}

/** Events of `reconcile` do not count: their age says nothing about how long events wait here. */
function reportOldestEvent<Kind extends EventKind>(
  received: readonly { readonly event: PartnerEvent }[],
  { clock, metrics }: HydrateBatchDeps<Kind>,
): void {
  const agesMs = received.flatMap(({ event }) => (event.listed ? [] : clock.nowMs() - epochMsOf(event.time)));
  const oldestMs = Math.max(0, ...agesMs);
  if (oldestMs >= lateWorkMs) metrics.level('OldestWorkAge', oldestMs / 1_000);
}

/** Hydrates some records at once, then the next ones, until there is a reason to stop. */
async function hydrateRecords<Kind extends EventKind>(
  received: readonly Received<Kind>[],
  deps: HydrateBatchDeps<Kind>,
): Promise<FailedMessage[]> {
  const records = groupByRecord(received);
  const failed: FailedMessage[] = [];
  const startedAtMs = deps.clock.nowMs();
  let stop: ServiceError | undefined;
  for (let from = 0; from < records.length; from += deps.concurrentRecords) {
    const some = records.slice(from, from + deps.concurrentRecords);
    if (stop) failed.push(...some.flat().map(({ message }) => ({ message, error: stop })));
    else failed.push(...(await Promise.all(some.map((each) => hydrateRecord(each, deps)))).flat());
    stop ??= reasonToStop(failed, deps.clock.nowMs() - startedAtMs);
  }
  return failed;
}

/** @returns all messages about the record if hydrating it fails. */
async function hydrateRecord<Kind extends EventKind>(
  received: readonly Received<Kind>[],
  deps: HydrateBatchDeps<Kind>,
): Promise<FailedMessage[]> {
  const { hydrate, clock, sightings } = deps;
  const startedAtMs = clock.nowMs();
  const events = eventsIn(received);
  if (!events) return [];
  try {
    const results = await hydrate(events);
    reportResults(results, events, { startedAtMs }, deps);
    const pending = results.find((each) => each.pending)?.pending;
    if (pending) throw pending;
    if (events.some(({ listed }) => !listed))
      reportRepairedRow('sightings event', await sightings.recordEvent(instantOf(clock.nowMs())), deps);
    return [];
  } catch (error) {
    return received.map(({ message, event }) => ({ message, error, isListed: event.listed !== undefined }));
  }
}
