import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareFreshness } from '../../lambdas/core/freshness.ts';
import { type Instant, instantOf } from '../../lambdas/core/instant.ts';
import type { Intent, IntentRef } from '../../lambdas/core/intent.ts';
import type { JsonObject } from '../../lambdas/core/json.ts';
import type { RecordKey, RecordKind, VersionRef } from '../../lambdas/core/record.ts';
import type { Observation, RecordState, Version } from '../../lambdas/core/version.ts';
import type { RecordStore } from '../../lambdas/ports/record-store.ts';
import { storeObservation } from '../../lambdas/records/store-observation.ts';
import { applyChanges } from '../../local/apply-changes.ts';
import {
  cause,
  engagementKey,
  invitationKey,
  opportunityKey,
  summaryKey,
  versionOf,
} from '../builders/versions.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { scriptedPartnerCentral } from '../fakes/scripted-partner-central.ts';

/** Few payloads, so that some return: AWS changes a member and changes it back. */
const payloads: Readonly<Record<RecordKind, readonly JsonObject[]>> = {
  // Two payloads with the same AWS timestamp, and one with a later one.
  opportunity: [
    { LastModifiedDate: '2026-03-01T10:00:00Z', LifeCycle: { Stage: 'Prospect' } },
    { LastModifiedDate: '2026-03-01T10:00:00.000Z', LifeCycle: { Stage: 'Qualified' } },
    { LastModifiedDate: '2026-03-01T10:00:00.5Z', LifeCycle: { Stage: 'Committed' } },
  ],
  // Payloads without an AWS timestamp: the time of the read orders them.
  'aws-opportunity-summary': [{ InvolvementType: 'Co-Sell' }, { InvolvementType: 'For Visibility Only' }],
  'engagement-invitation': [
    { Status: 'PENDING' },
    { Status: 'ACCEPTED' },
    { Status: 'PENDING', EngagementTitle: 'Renamed' },
  ],
  engagement: [
    { CreatedAt: '2026-03-01T10:00:00Z', MemberCount: 1 },
    { CreatedAt: '2026-03-01T10:00:00Z', MemberCount: 2 },
    { CreatedAt: '2026-03-01T10:00:00Z', ModifiedAt: '2026-03-01T10:00:00.000000001Z', MemberCount: 1 },
  ],
  command: [{ status: 'accepted' }, { status: 'succeeded' }],
};

const firstReadMs = Date.parse('2026-03-01T10:00:01.000Z');

/** Up to six reads of one record at different times, in any order. */
const reads: fc.Arbitrary<readonly Observation[]> = fc
  .constantFrom(opportunityKey, summaryKey, invitationKey, engagementKey)
  .chain((key) =>
    fc.uniqueArray(
      fc.record({
        key: fc.constant(key),
        payload: fc.constantFrom(...payloads[key.kind]),
        readAt: fc
          .integer({ min: 0, max: 9 })
          .map((seconds): Instant => instantOf(firstReadMs + seconds * 1_000)),
        cause: fc.constant(cause),
      }),
      { minLength: 2, maxLength: 6, selector: ({ readAt }) => readAt },
    ),
  );

/** The store whose calls and answers wait for the scheduler. */
function scheduled(records: RecordStore, scheduler: fc.Scheduler): RecordStore {
  const held =
    <Args extends unknown[], Result>(name: string, call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      await scheduler.schedule(Promise.resolve(), name);
      const result = await call(...args);
      await scheduler.schedule(Promise.resolve(), `${name} answered`);
      return result;
    };
  return {
    ...records,
    current: held('current', (key: RecordKey) => records.current(key)),
    storesVersion: held('storesVersion', (ref: VersionRef) => records.storesVersion(ref)),
    findIntent: held('findIntent', (state: RecordState) => records.findIntent(state)),
    putIntent: held('putIntent', (intent: Intent) => records.putIntent(intent)),
    removeIntent: held('removeIntent', (ref: IntentRef) => records.removeIntent(ref)),
    commit: held('commit', (...args: Parameters<RecordStore['commit']>) => records.commit(...args)),
    putVersion: held('putVersion', (...args: Parameters<RecordStore['putVersion']>) =>
      records.putVersion(...args),
    ),
    confirm: held('confirm', (...args: Parameters<RecordStore['confirm']>) => records.confirm(...args)),
  };
}

function freshestOf(observations: readonly Observation[]): Version | undefined {
  return observations
    .map((observed) => versionOf(observed))
    .toSorted(compareFreshness)
    .at(-1);
}

async function historyOf(records: RecordStore, current: RecordState): Promise<Version[]> {
  const numbers = Array.from({ length: current.version + 1 }, (_, index) => index + 1);
  const found = await Promise.all(numbers.map((version) => records.version({ ...keyOf(current), version })));
  return found.filter((version) => version !== undefined);
}

function keyOf({ catalog, kind, id }: RecordKey): RecordKey {
  return { catalog, kind, id };
}

/** Concurrent hydrations of one record. @param newStore makes an empty store. */
export function recordInterleavingSuite(newStore: () => Promise<RecordStore>, numRuns: number): void {
  test('promises 2 and 3: concurrent hydrations end at the freshest state with contiguous versions', async () => {
    await fc.assert(
      fc.asyncProperty(reads, fc.scheduler(), async (observations, scheduler) => {
        const records = await newStore();
        const hydration = {
          records: scheduled(records, scheduler),
          partnerCentral: scriptedPartnerCentral(),
          index: { findByEngagement: async () => [], findOpportunitiesByTitle: async () => [] },
          solutions: { namesOf: async () => new Map<string, string>() },
          redactRejected: true,
          clock: manualClock(),
          settleMs: 0,
          freshMs: 0,
          outboxGraceMs: 60_000,
        };
        const hydrated = observations.map(async (observed) => {
          const known = await hydration.records.current(observed.key);
          return storeObservation(observed.key, known, () => observed, hydration);
        });
        await scheduler.waitFor(Promise.all(hydrated));

        const freshest = freshestOf(observations);
        const current = freshest && (await records.current(freshest));
        if (!freshest || !current) throw new Error('nothing was stored');
        expect(current.payload).toEqual(freshest.payload);
        expect(current.readAt).toBe(freshest.readAt);
        const history = await historyOf(records, current);
        expect(history.map(({ version }) => version)).toEqual(
          Array.from({ length: current.version }, (_, index) => index + 1),
        );
        // Each version follows from the one before and is not older.
        for (const [index, version] of history.entries()) {
          const before = history[index - 1];
          if (!before) continue;
          expect(applyChanges(before.payload, version.changes)).toEqual(version.payload);
          expect(compareFreshness(version, before)).toBeGreaterThan(0);
        }
      }),
      { numRuns },
    );
  });
}
