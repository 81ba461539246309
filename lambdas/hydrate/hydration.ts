import { lastModifiedAtOf } from '../core/freshness.ts';
import { epochMsOf, type Instant, instantOf, later } from '../core/instant.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { laterAfter, never, ServiceError } from '../core/service-error.ts';
import { type Cause, decide, type Observation, type RecordState } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { eventResolutionSeconds } from './contract.ts';

/** What hydrating needs of the world. */
export interface Hydration {
  readonly partnerCentral: PartnerCentral;
  readonly records: Pick<RecordStore, 'current' | 'append' | 'confirm'>;
  readonly clock: Clock;
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
export interface Hydrated {
  readonly key: RecordKey;
  readonly outcome: Outcome;
  readonly reads: number;
}

/** What hydrating asks of an event. */
export interface Occasion {
  readonly eventId: string;
  readonly detailType: string;
  readonly time: Instant;
}

/** Whether the stored state was read late enough to show what every one of the events told. */
export function isReflected(
  current: RecordState | undefined,
  events: readonly Occasion[],
  settleMs: number,
): boolean {
  const readAtMs = current ? epochMsOf(current.readAt) : Number.NEGATIVE_INFINITY;
  return events.every(({ time }) => epochMsOf(time) + 1_000 * eventResolutionSeconds + settleMs <= readAtMs);
}

/** Whether any of the events is so young that Partner Central may not show it yet. */
export function isFresh(events: readonly Occasion[], { clock, freshMs }: Hydration): boolean {
  return events.some(({ time }) => clock.nowMs() - epochMsOf(time) < freshMs);
}

/** How soon to look again for what a fresh event has told and a read does not show yet. */
export const lookAgainMs = 3_000;

/** A record that was just created may take some seconds until it can be found: later, and for good once that is over. */
export function laterIfEarly(
  error: ServiceError,
  createdType: string,
  events: readonly Occasion[],
  hydration: Hydration,
): ServiceError {
  const created = events.some(({ detailType }) => detailType === createdType);
  const early = created && error.code === 'partner-central.not-found' && isFresh(events, hydration);
  return new ServiceError(error.code, error.details, {
    retry: early ? laterAfter(lookAgainMs) : never,
    cause: error,
  });
}

/** How many event ids a version names: a burst is told by its newest. */
const namedEvents = 100;

/** @param events one or more. */
export function causeOf(events: readonly Occasion[]): Cause {
  const ordered = events.toSorted((a, b) => epochMsOf(a.time) - epochMsOf(b.time));
  const newest = ordered.at(-1);
  if (!newest) throw new RangeError('a cause needs at least one event');
  const eventIds = [...new Set(ordered.map(({ eventId }) => eventId))].slice(-namedEvents);
  return { detailType: newest.detailType, eventIds, eventTime: newest.time };
}

export function now(clock: Clock): Instant {
  return instantOf(clock.nowMs());
}

/** A later read with an older stamp of AWS's was answered from before what is stored: it proves nothing about now. */
function isBehind({ payload, readAt }: Observation, current: RecordState | undefined): boolean {
  const stamp = lastModifiedAtOf(payload);
  return (
    stamp !== undefined &&
    current?.lastModifiedAt !== undefined &&
    stamp < current.lastModifiedAt &&
    readAt > current.readAt
  );
}

/** A writer that loses so many races in a row meets a crowd: it had better come back later. */
const mostRaces = 8;
const contendedMs = 2_000;
/** Long enough for the stream to fan the version out; then `sweep` rings. */
const outboxGraceMs = 60_000;

/**
 * Stores what was observed as the next version, if it is one.
 * @param known the state as just read, to save a read; a lost race reads again.
 * @param observe what was observed, given the state it would replace.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function store(
  key: RecordKey,
  known: RecordState | undefined,
  observe: (current: RecordState | undefined) => Observation,
  { records, clock }: Hydration,
): Promise<'stored' | 'unchanged' | 'stale' | 'behind'> {
  let current = known;
  for (let race = 0; race < mostRaces; race += 1) {
    const observation = observe(current);
    const decision = decide(current, observation);
    if (decision.outcome === 'stale') return isBehind(observation, current) ? 'behind' : 'stale';
    if (decision.outcome === 'stored') {
      const outboxDueAt = later(now(clock), outboxGraceMs);
      if ((await records.append(current, decision.version, outboxDueAt)) === 'stored') return 'stored';
    } else {
      // Whoever read later has confirmed the state already.
      if (!current || observation.readAt <= current.readAt) return 'unchanged';
      // A confirmation that loses a race is decided again too: what was written meanwhile may be older than this read.
      if ((await records.confirm(current, observation.readAt)) === 'confirmed') return 'unchanged';
    }
    current = await records.current(key);
  }
  throw new ServiceError('store.contended', { record: recordPath(key) }, { retry: laterAfter(contendedMs) });
}
