import { latestUncertain, statusRankOf } from '../core/freshness.ts';
import { epochMsOf } from '../core/instant.ts';
import type { PartnerEvent } from '../core/partner-event.ts';
import type { Cause, RecordState } from '../core/version.ts';
import { eventResolutionSeconds } from './contract.ts';
import type { HydrateDeps } from './hydrate-deps.ts';

/**
 * Whether the stored state already contains the changes that all of these events report. A state
 * that is not certain reflects no event.
 */
export function isReflected(
  current: RecordState | undefined,
  events: readonly PartnerEvent[],
  settleMs: number,
): boolean {
  if (!current || latestUncertain(current.readAt, current.certainFrom)) return false;
  return events.every((event) => reflects(current, event, settleMs));
}

/**
 * What a list of Partner Central returned is compared with the stored state. For every other event
 * the stored state must come from a read that began `settleMs` after the change, or later.
 */
function reflects(current: RecordState, { time, listed }: PartnerEvent, settleMs: number): boolean {
  if (listed?.lastModifiedAt && current.lastModifiedAt)
    return current.lastModifiedAt >= listed.lastModifiedAt;
  if (listed?.status) {
    const listedRank = statusRankOf(current.kind, { Status: listed.status });
    return current.attributes.status === listed.status || current.statusRank > listedRank;
  }
  return epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= epochMsOf(current.readAt);
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
