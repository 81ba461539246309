import { latestUncertain } from '../core/freshness.ts';
import { addMs, epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import type { PartnerEvent } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { decide, type Observation, type RecordState } from '../core/version.ts';
import { addEchoes } from '../records/add-echoes.ts';
import { tryAppend } from '../records/append.ts';
import { withOptimisticLock } from '../records/optimistic-lock.ts';
import { causeOf } from './events.ts';
import { type HydrateDeps, type HydrationResult, hydrationResult } from './hydrate-deps.ts';

/** Reads of `partnerCentral` have a low priority: they are refused where others need the quota. */
export interface EarlyReadDeps extends HydrateDeps {
  /** How long after the second of its event a read is ripe, milliseconds. */
  readonly ripeAfterMs: number;
}

/** What an early read returned. */
type EarlyContent = Omit<Observation, 'key' | 'readAt' | 'cause'>;

/** The number of reads of Partner Central, and what they returned, if anything can be stored. */
interface EarlyAnswer {
  readonly content: EarlyContent | undefined;
  readonly reads?: number;
}

/**
 * Reads a record before its events are ripe, and stores what is new. The answer may lack the
 * change: the ripe read follows in any case.
 * @returns undefined if the record must not be read early
 * @throws what `read` throws; ServiceError `store.*`
 */
export async function readRecordEarly(
  key: RecordKey,
  current: RecordState | undefined,
  events: readonly PartnerEvent[],
  read: () => Promise<EarlyAnswer>,
  deps: EarlyReadDeps,
): Promise<HydrationResult | undefined> {
  const readAt = instantOf(deps.clock.nowMs());
  if (!mayReadEarly(current, readAt, deps) || looksSettled(events, readAt, deps)) return undefined;
  const { content, reads = 1 } = await read();
  if (!content) return undefined;
  const observation = { ...content, key, readAt, cause: causeOf(events) };
  return hydrationResult(key, await storeEarly(current, observation, deps), reads, events);
}

/**
 * Whether an early read can return nothing older than what is stored: it begins so long after the
 * stored state was read that it returns every change in that state. So the events of one change
 * cost one early read, and the state of a record without timestamps never goes backwards.
 */
function mayReadEarly(
  current: RecordState | undefined,
  readAt: Instant,
  { ripeAfterMs }: EarlyReadDeps,
): boolean {
  if (!current) return true;
  if (latestUncertain(current.readAt, current.certainFrom)) return false;
  return addMs(current.readAt, ripeAfterMs) <= readAt;
}

/**
 * Whether a read would seem to reflect an event that is not ripe: the clock of this worker is
 * ahead, or the message comes late.
 */
function looksSettled(
  events: readonly PartnerEvent[],
  readAt: Instant,
  { ripeAfterMs }: EarlyReadDeps,
): boolean {
  return events.some(({ time }) => epochMsOf(time) + ripeAfterMs <= epochMsOf(readAt));
}

/**
 * Stores an observation only if it is the newest state without doubt. Unlike a ripe read, one
 * that disagrees with the stored state changes nothing: it does not make that state uncertain.
 */
async function storeEarly(
  known: RecordState | undefined,
  observation: Observation,
  deps: EarlyReadDeps,
): Promise<'stored' | 'unchanged' | 'stale'> {
  const { records, lagMs } = deps;
  return withOptimisticLock(observation.key, known, records, async (current) => {
    // Another worker stored a read meanwhile.
    if (!mayReadEarly(current, observation.readAt, deps)) return 'stale';
    const decision = decide(current, observation, lagMs);
    if (decision.outcome === 'stored') {
      if (isOlder(decision.version, current)) return 'stale';
      const version = await addEchoes(current, decision.version, deps);
      return (await tryAppend(current, version, deps)) ? 'stored' : undefined;
    }
    if (decision.outcome === 'stale' || !current) return 'stale';
    return (await records.confirm(current, observation.readAt)) === 'confirmed' ? 'unchanged' : undefined;
  });
}

/** By AWS's timestamp. A ripe read may still be right, because AWS's clock can go back. */
function isOlder({ lastModifiedAt }: RecordState, current: RecordState | undefined): boolean {
  const stored = current?.lastModifiedAt;
  return lastModifiedAt !== undefined && stored !== undefined && lastModifiedAt < stored;
}
