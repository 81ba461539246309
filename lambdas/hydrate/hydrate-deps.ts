import { statusRankOf } from '../core/freshness.ts';
import { epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import type { Listed } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { isFailure, laterAfter, never, ServiceError } from '../core/service-error.ts';
import type { Cause, RecordState } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { eventResolutionSeconds } from './contract.ts';

/** What hydrating needs of the world, whatever it hydrates. */
export interface HydrateDeps {
  readonly partnerCentral: PartnerCentral;
  readonly records: Pick<RecordStore, 'current' | 'append' | 'confirm'>;
  readonly clock: Clock;
  /** How long a new version is left to the stream before `sweep` rings for it, milliseconds. */
  readonly outboxGraceMs: number;
  /** How long after an event a read surely shows what the event told, milliseconds. */
  readonly settleMs: number;
  /** How old an event may be whose record is not found, or is behind it, and may just be early, milliseconds. */
  readonly freshMs: number;
}

/**
 * `stored`, `unchanged`, `stale`: see `decide`. `behind`: stale by AWS's own stamp although it was read later, so that the
 * read proves nothing about now. `reflected`: the stored state was read after the event, nothing was read.
 * `absent`: AWS has no such record yet. `gone`: access was taken away and that is already recorded.
 */
export type Outcome = 'stored' | 'unchanged' | 'stale' | 'behind' | 'reflected' | 'absent' | 'gone';

/** What became of one record, for the log and the counts. */
export interface HydrationResult {
  readonly key: RecordKey;
  readonly outcome: Outcome;
  readonly reads: number;
  /** Whether it was stored although no event of AWS's told of it: `reconcile` alone did, and an event was due. */
  readonly repaired: boolean;
  /** What is still to be done of the event, later: it is thrown once the rest is told. */
  readonly pending?: ServiceError | undefined;
}

export function hydrationResult(
  key: RecordKey,
  outcome: Outcome,
  reads: number,
  events: readonly Occasion[],
): HydrationResult {
  const repaired = outcome === 'stored' && events.every(({ listed }) => listed?.drift === true);
  return { key, outcome, reads, repaired };
}

/** What hydrating asks of an event. */
export interface Occasion {
  readonly eventId: string;
  readonly detailType: string;
  readonly time: Instant;
  readonly listed?: Listed | undefined;
}

/** Whether the stored state shows what every one of the events told. */
export function isReflected(
  current: RecordState | undefined,
  events: readonly Occasion[],
  settleMs: number,
): boolean {
  return current !== undefined && events.every((event) => reflects(current, event, settleMs));
}

/** What a list has shown is compared with what is stored; of anything else, only a read that came late enough surely shows it. */
function reflects(current: RecordState, { time, listed }: Occasion, settleMs: number): boolean {
  if (listed?.lastModifiedAt && current.lastModifiedAt)
    return current.lastModifiedAt >= listed.lastModifiedAt;
  if (listed?.status) {
    const listedRank = statusRankOf(current.kind, { Status: listed.status });
    return current.attributes.status === listed.status || current.statusRank > listedRank;
  }
  return epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= epochMsOf(current.readAt);
}

/** Whether any of the events is so young that Partner Central may not show it yet. */
export function isFresh(events: readonly Occasion[], { clock, freshMs }: HydrateDeps): boolean {
  return events.some(({ time }) => clock.nowMs() - epochMsOf(time) < freshMs);
}

/** How soon to look again for what a fresh event has told and a read does not show yet. */
export const lookAgainMs = 3_000;

/** Partner Central refuses a read for good. Which of the three it answers where access was taken away is not documented. */
export type Refusal = ServiceError<
  'partner-central.not-found' | 'partner-central.access-denied' | 'partner-central.invalid'
>;

const refusals = [
  'partner-central.not-found',
  'partner-central.access-denied',
  'partner-central.invalid',
] as const;

/** What a read came to: its answer, or its refusal. Whatever else it fails with is thrown. */
export async function readOrRefusal<Answer>(
  read: () => Promise<Answer>,
): Promise<{ readonly answer: Answer } | { readonly refusal: Refusal }> {
  try {
    return { answer: await read() };
  } catch (error) {
    if (isFailure(error, ...refusals)) return { refusal: error };
    throw error;
  }
}

/**
 * A record that was just created may take some seconds until it can be found: later, and for good once that is over.
 * @param tellingOfNew those events that may be faster than the record.
 */
export function retryIfFresh(
  refusal: Refusal,
  tellingOfNew: readonly Occasion[],
  hydration: HydrateDeps,
): ServiceError {
  const early = refusal.code === 'partner-central.not-found' && isFresh(tellingOfNew, hydration);
  return new ServiceError(refusal.code, refusal.details, {
    retry: early ? laterAfter(lookAgainMs) : never,
    cause: refusal,
  });
}

/** The read answered from before what is known. */
export function behindError(operation: string): ServiceError {
  return new ServiceError('partner-central.behind', { operation }, { retry: laterAfter(lookAgainMs) });
}

/** How many event ids a version names: a burst is told by its newest. */
const maxEventIds = 100;

/** @param events one or more. */
export function causeOf(events: readonly Occasion[]): Cause {
  const ordered = events.toSorted((a, b) => epochMsOf(a.time) - epochMsOf(b.time));
  const newest = ordered.at(-1);
  if (!newest) throw new RangeError('a cause needs at least one event');
  const eventIds = [...new Set(ordered.map(({ eventId }) => eventId))].slice(-maxEventIds);
  return { detailType: newest.detailType, eventIds, eventTime: newest.time };
}

export function now(clock: Clock): Instant {
  return instantOf(clock.nowMs());
}
