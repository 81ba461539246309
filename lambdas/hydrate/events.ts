import {
  lastModifiedAtOf,
  latestUncertain,
  longestLagMs,
  statusRankOf,
  timestampTextOf,
} from '../core/freshness.ts';
import { epochMsOf, type Instant } from '../core/instant.ts';
import type { PartnerEvent } from '../core/partner-event.ts';
import type { Cause, Observation, RecordState } from '../core/version.ts';
import { eventResolutionSeconds } from './contract.ts';
import type { HydrateDeps } from './hydrate-deps.ts';

/** The durations that decide whether a state reflects an event. */
type ReflectedTiming = Pick<HydrateDeps, 'settleMs' | 'lagMs'>;

/**
 * Whether the stored state already contains the changes that all of these events report. A state
 * that is not certain reflects no event.
 */
export function isReflected(
  current: RecordState | undefined,
  events: readonly PartnerEvent[],
  timing: ReflectedTiming,
): boolean {
  if (!current || latestUncertain(current.readAt, current.certainFrom)) return false;
  return events.every((event) => reflects(current, event, timing));
}

/**
 * What a list of Partner Central returned is compared with the stored state. For every other event
 * the stored state must come from a read that began `settleMs` after the change, or later.
 */
function reflects(current: RecordState, event: PartnerEvent, timing: ReflectedTiming): boolean {
  const { listed } = event;
  if (listed?.status) {
    const listedRank = statusRankOf(current.kind, { Status: listed.status });
    return current.attributes.status === listed.status || current.statusRank > listedRank;
  }
  const listedAs = listed?.lastModifiedAt ?? listed?.unreadable;
  if (listedAs !== undefined && (listedAs === current.lastModifiedAt || listedAs === current.listedAs))
    return true;
  if (listed?.lastModifiedAt && current.lastModifiedAt && !wasReadLongBefore(current, event, timing))
    return current.lastModifiedAt >= listed.lastModifiedAt;
  return wasReadAfter(current.readAt, event, timing);
}

function wasReadLongBefore(
  { readAt }: RecordState,
  { time }: PartnerEvent,
  { lagMs = longestLagMs }: ReflectedTiming,
): boolean {
  return epochMsOf(time) - epochMsOf(readAt) > lagMs;
}

/** Whether a read that began at `readAt` is sure to return what the event reports. */
function wasReadAfter(
  readAt: Instant,
  { time }: PartnerEvent,
  { settleMs }: Pick<HydrateDeps, 'settleMs'>,
): boolean {
  return epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= epochMsOf(readAt);
}

/**
 * Returns the timestamp of a list that disagrees with the read that it led to: an older one, or one
 * that cannot be read. It is stored, so that further lists with it lead to no more reads.
 */
export function listedAsOf(
  events: readonly PartnerEvent[],
  { key: { kind }, payload, readAt }: Pick<Observation, 'key' | 'payload' | 'readAt'>,
  timing: ReflectedTiming,
): string | undefined {
  const own = timestampTextOf(kind, payload);
  const { listed } = events.findLast((event) => event.listed && wasReadAfter(readAt, event, timing)) ?? {};
  const listedAs = listed?.lastModifiedAt ?? listed?.unreadable;
  if (own === undefined || listedAs === undefined || listedAs === own) return undefined;
  const isNewer = listed?.lastModifiedAt !== undefined && listed.lastModifiedAt > own;
  return isNewer && lastModifiedAtOf(kind, payload) ? undefined : listedAs;
}

/**
 * Whether any of the events is so young that a read may not return the change yet. An event from
 * further in the future was not sent with this time by AWS: it would stay young without end.
 */
export function isFresh(
  events: readonly PartnerEvent[],
  { clock, freshMs }: Pick<HydrateDeps, 'clock' | 'freshMs'>,
): boolean {
  return events.some(({ time }) => Math.abs(clock.nowMs() - epochMsOf(time)) < freshMs);
}

/** A version names the newest events of a burst, so that its item stays small. */
const maxEventIds = 100;

/** @param events one or more, in any order. */
export function causeOf(events: readonly PartnerEvent[]): Cause {
  const ordered = events.toSorted((a, b) => epochMsOf(a.time) - epochMsOf(b.time));
  const newest = ordered.at(-1);
  if (!newest) throw new RangeError('a cause needs at least one event');
  const eventIds = [...new Set(ordered.map(({ eventId }) => eventId))].slice(-maxEventIds);
  return { detailType: newest.detailType, eventIds, eventTime: newest.time };
}
