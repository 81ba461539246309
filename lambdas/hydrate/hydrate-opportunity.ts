import { isTimestampUnreadable } from '../core/freshness.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import type { OpportunityEvent } from '../core/partner-event.ts';
import type { RecordKey } from '../core/record.ts';
import { isLocked } from '../core/review-lock.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import { type RingLineDeps, ringLine } from '../records/ring-line.ts';
import { storeObservation } from '../records/store-observation.ts';
import { causeOf, isReflected, listedAsOf } from './events.ts';
import { type HydrateDeps, type HydrationResult, hydrationResult } from './hydrate-deps.ts';
import { lookAgainIfUncertain } from './read.ts';
import {
  type ReadContent,
  type ReadOpportunityDeps,
  readOpportunity,
  readSummary,
} from './read-opportunity.ts';

export interface HydrateOpportunityDeps extends ReadOpportunityDeps {
  /** Lines of commands. Undefined if the deployment takes no commands. */
  readonly commands?: (RingLineDeps & { readonly lines: Pick<CommandStore, 'signal'> }) | undefined;
}

/**
 * Reads and stores an opportunity and its AWS-side summary: `Opportunity Updated` is sent for a
 * change of either. The opportunity is stored first: if the summary fails, the retry finds the
 * opportunity reflected and reads the summary alone.
 * @param events all about one opportunity.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function hydrateOpportunity(
  events: readonly [OpportunityEvent, ...OpportunityEvent[]],
  deps: HydrateOpportunityDeps,
): Promise<HydrationResult[]> {
  const [{ key }] = events;
  const summaryKey = { ...key, kind: 'aws-opportunity-summary' } as const;
  const [current, [summaryState]] = await Promise.all([
    deps.records.current(key),
    Promise.allSettled([deps.records.current(summaryKey)]),
  ]);
  const makeSummaryRead = async () =>
    summaryState.status === 'fulfilled'
      ? makeRead(summaryState.value, events, deps, () => readSummary(summaryKey, key, deps))
      : undefined;
  // Reads that wait together get their permits with one write of the quota ledger.
  const [opportunityRead, earlySummaryRead] = await Promise.all([
    makeRead(current, events, deps, () => readOpportunity(key, events, deps)),
    isPendingSubmission(current?.payload) ? undefined : makeSummaryRead(),
  ]);
  const opportunity = await storeRead(key, current, opportunityRead, events, deps);
  await signalIfUnlocked(key, current, opportunity, deps);
  if (isPendingSubmission(opportunity.payload, current?.payload)) return [opportunity];
  // The opportunity is stored by now, also if the item of its summary is unreadable.
  if (summaryState.status === 'rejected') throw summaryState.reason;
  const summaryRead = earlySummaryRead ?? (await makeSummaryRead());
  const summary = await storeRead(summaryKey, summaryState.value, summaryRead, events, deps);
  return [opportunity, summary];
}

interface MadeRead {
  /** When the read began. */
  readonly readAt: Instant;
  readonly result: PromiseSettledResult<ReadContent | undefined>;
}

const operations = {
  opportunity: 'GetOpportunity',
  'aws-opportunity-summary': 'GetAwsOpportunitySummary',
} as const;

/**
 * Reads unless the stored state reflects the events. Never rejects: both reads end before the
 * failure of one of them ends the invocation.
 */
async function makeRead(
  current: RecordState | undefined,
  events: readonly OpportunityEvent[],
  deps: HydrateDeps,
  read: () => Promise<ReadContent | undefined>,
): Promise<MadeRead | undefined> {
  if (isReflected(current, events, deps)) return undefined;
  const readAt = instantOf(deps.clock.nowMs());
  const [result] = await Promise.allSettled([read()]);
  return { readAt, result };
}

type StoredRead = HydrationResult & Partial<ReadContent>;

async function storeRead(
  key: RecordKey & { readonly kind: keyof typeof operations },
  current: RecordState | undefined,
  made: MadeRead | undefined,
  events: readonly OpportunityEvent[],
  deps: HydrateDeps,
): Promise<StoredRead> {
  if (!made) return hydrationResult(key, 'reflected', 0, events);
  const { readAt, result } = made;
  if (result.status === 'rejected') throw result.reason;
  const content = result.value;
  if (!content) return hydrationResult(key, 'absent', 1, events);
  const observed = { key, ...content, readAt, cause: causeOf(events) };
  const observation = { ...observed, listedAs: listedAsOf(events, observed, deps) };
  const observe = async (replaced: RecordState | undefined) => {
    const owner = replaced || !content.owner ? undefined : await deps.records.current(content.owner);
    return { ...observation, erased: owner?.erased };
  };
  const stored = await storeObservation(key, current, observe, deps);
  const pending = lookAgainIfUncertain(operations[key.kind], stored, deps);
  return {
    ...hydrationResult(key, stored.outcome, 1, events),
    pending,
    payload: content.payload,
    isTimestampUnreadable: isTimestampUnreadable(key.kind, content.payload, current?.payload),
  };
}

/** Commands that wait for the end of AWS's review are due. A lost signal costs them an hour. */
export async function signalIfUnlocked(
  key: OpportunityEvent['key'],
  current: RecordState | undefined,
  { outcome, payload }: Pick<StoredRead, 'outcome' | 'payload'>,
  { commands, clock }: Pick<HydrateOpportunityDeps, 'commands' | 'clock'>,
): Promise<void> {
  const wasLocked = current !== undefined && isLocked(current.payload);
  if (!commands || !wasLocked || outcome !== 'stored' || !payload || isLocked(payload)) return;
  await commands.lines.signal(key, instantOf(clock.nowMs()));
  await ringLine(key, commands);
}

/**
 * AWS makes the summary when an opportunity is submitted, and a submission is never withdrawn. So
 * one state that says submitted is enough, even if a later read returns an older state. Until then
 * a read of the summary would be wasted.
 */
function isPendingSubmission(...payloads: readonly (JsonObject | undefined)[]): boolean {
  return payloads.every(
    (payload) =>
      payload === undefined || textAt(payload, 'LifeCycle', 'ReviewStatus') === 'Pending Submission',
  );
}
