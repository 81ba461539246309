import { maxClockSkewMs } from '../core/clock-skew.ts';
import { epochMsOf } from '../core/instant.ts';
import type { EventKind, PartnerEvent } from '../core/partner-event.ts';
import { recordPath } from '../core/record.ts';
import { errorName, isFailure, ServiceError } from '../core/service-error.ts';
import type { QueuedMessage, WorkQueue } from '../ports/work-queue.ts';
import { refusals } from '../records/read-or-refusal.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import type { FailedMessage } from './postpone-or-park.ts';
import { type EventsOf, eventsIn, groupByRecord, type Received } from './received.ts';
import { type ReportResultsDeps, reportResults } from './report-results.ts';

/** When the events of a queue are ripe, and what is read before. */
export interface Ripening<Kind extends EventKind> {
  /**
   * How long after the second of its event a read is sure to return the change, milliseconds. A
   * younger event is sent to the queue again.
   */
  readonly ripeAfterMs: number;
  /** @default no early reads */
  readonly readEarly?: ReadEarly<Kind> | undefined;
}

/**
 * Reads one record early. The events are all about it, oldest first.
 * @returns each result as soon as it is stored: what follows may fail
 */
type ReadEarly<Kind extends EventKind> = (events: EventsOf<Kind>) => AsyncIterable<HydrationResult>;

export interface WaitDeps<Kind extends EventKind> extends ReportResultsDeps {
  /** @default the queue has delayed the events until they are ripe */
  readonly ripening?: Ripening<Kind> | undefined;
  readonly queue: Pick<WorkQueue, 'sendAgain'>;
  readonly concurrentRecords: number;
}

/** Divides messages into those whose event is ripe by now, and younger ones. */
export function divideByAge<Kind extends EventKind>(
  received: readonly Received<Kind>[],
  deps: WaitDeps<Kind>,
): { readonly ripe: readonly Received<Kind>[]; readonly young: readonly Received<Kind>[] } {
  const isYoung = (each: Received<Kind>) => msUntilRipe(each, deps) > 0;
  return {
    ripe: received.filter((each) => !isYoung(each)),
    young: received.filter(isYoung),
  };
}

/**
 * Reads the records of young events early, and sends the messages to the queue again, with the
 * delay until the ripe read. A worker that ends in between leaves the messages to SQS.
 * @param ripe the ripe messages of the same batch: their records are read anyway.
 * @returns the messages that could not be sent.
 */
export async function waitUntilRipe<Kind extends EventKind>(
  young: readonly Received<Kind>[],
  ripe: readonly Received<Kind>[],
  deps: WaitDeps<Kind>,
): Promise<FailedMessage[]> {
  const readAnyway = new Set(ripe.map(({ event }) => recordPath(event.key)));
  // `reconcile` finds a change minutes or days late: a few seconds less do not matter.
  const fromAws = young.filter(({ event }) => !event.listed && !readAnyway.has(recordPath(event.key)));
  await readEarly(fromAws, deps);
  const sent = await Promise.all(young.map((each) => sendWhenRipe(each, deps)));
  return sent.flat();
}

/**
 * The age of an event is between two timestamps of AWS, whatever the clock of this worker says.
 * An event from the far future was not sent by AWS: it would stay young for too long.
 */
function msUntilRipe<Kind extends EventKind>(
  { message, event }: Received<Kind>,
  { ripening }: Pick<WaitDeps<Kind>, 'ripening'>,
): number {
  const ageMs = message.firstReceivedAtMs - epochMsOf(event.time);
  if (!ripening || ageMs < -maxClockSkewMs) return 0;
  return Math.min(Math.max(ripening.ripeAfterMs - ageMs, 0), ripening.ripeAfterMs);
}

/** The ripe reads of the batch wait no longer for its early reads. */
const longestEarlyReadsMs = 5_000;

/**
 * Reads some records at once, then the next ones, until Partner Central or the quota is busy or
 * slow.
 */
async function readEarly<Kind extends EventKind>(
  received: readonly Received<Kind>[],
  deps: WaitDeps<Kind>,
): Promise<void> {
  const read = deps.ripening?.readEarly;
  if (!read) return;
  const records = groupByRecord(received);
  const startedAtMs = deps.clock.nowMs();
  for (let from = 0; from < records.length; from += deps.concurrentRecords) {
    const some = records.slice(from, from + deps.concurrentRecords);
    const areRead = await Promise.all(some.map((each) => tryReadEarly(each, read, deps)));
    if (areRead.includes(false) || deps.clock.nowMs() - startedAtMs >= longestEarlyReadsMs) return;
  }
}

/**
 * An early read costs nothing if it fails: the ripe read decides.
 * @returns false if further early reads would fail too.
 */
async function tryReadEarly<Kind extends EventKind>(
  received: readonly Received<Kind>[],
  read: ReadEarly<Kind>,
  deps: WaitDeps<Kind>,
): Promise<boolean> {
  const events = eventsIn(received);
  if (!events) return true;
  const startedAtMs = deps.clock.nowMs();
  try {
    for await (const result of read(events))
      reportResults([result], events, { early: true, startedAtMs }, deps);
    return true;
  } catch (error) {
    reportFailure(error, events, deps);
    return isFailure(error, ...refusals, 'partner-central.behind', 'record.unreadable');
  }
}

function reportFailure(
  error: unknown,
  [first]: readonly [PartnerEvent, ...PartnerEvent[]],
  { log }: Pick<ReportResultsDeps, 'log'>,
) {
  const ids = { correlationId: first.eventId, record: recordPath(first.key) };
  if (error instanceof ServiceError) log.info('early-read.failed', { ...ids, code: error.code });
  else log.warn('early-read.failed', { ...ids, error: errorName(error) });
}

/** Not counted as sent again, because it is no failure. */
async function sendWhenRipe<Kind extends EventKind>(
  received: Received<Kind>,
  deps: WaitDeps<Kind>,
): Promise<FailedMessage[]> {
  const { message, event } = received;
  const uncounted: QueuedMessage = { ...message, timesSentAgain: message.timesSentAgain - 1 };
  try {
    await deps.queue.sendAgain(uncounted, msUntilRipe(received, deps));
    return [];
  } catch (error) {
    return [{ message, error, isListed: event.listed !== undefined }];
  }
}
