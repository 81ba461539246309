import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareFreshness } from '../../../lambdas/core/freshness.ts';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { canonicalJson } from '../../../lambdas/core/json-text.ts';
import type { Observation, Version } from '../../../lambdas/core/version.ts';
import { applyChanges } from '../../../local/apply-changes.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload } from '../../builders/payloads.ts';
import { historyOf, invitationKey, observation, summaryKey, versionOf } from '../../builders/versions.ts';

const instant: fc.Arbitrary<Instant> = fc
  .integer({ min: 0, max: 4 })
  .map((s) => instantOf(1_772_359_200_000 + s * 1_000));
const opportunity: fc.Arbitrary<Observation> = fc
  .record({
    stage: fc.constantFrom('Prospect', 'Qualified', 'Committed'),
    lastModifiedDate: instant,
    readAt: instant,
  })
  .map(({ stage, lastModifiedDate, readAt }) =>
    observation({ payload: opportunityPayload({ stage, lastModifiedDate }), readAt }),
  );
const invitation: fc.Arbitrary<Observation> = fc
  .record({
    status: fc.constantFrom('PENDING', 'ACCEPTED', 'EXPIRED'),
    title: fc.constantFrom('A', 'B'),
    readAt: instant,
  })
  .map(({ status, title, readAt }) =>
    observation({ key: invitationKey, payload: invitationPayload({ status, title }), readAt }),
  );
const summary: fc.Arbitrary<Observation> = fc
  .record({ engagementScore: fc.constantFrom('Low', 'Medium', 'High'), readAt: instant })
  .map(({ engagementScore, readAt }) =>
    observation({ key: summaryKey, payload: awsSummaryPayload({ engagementScore }), readAt }),
  );

const sizes = { minLength: 1, maxLength: 7 };
const observations = fc.oneof(
  fc.array(opportunity, sizes),
  fc.array(invitation, sizes),
  fc.array(summary, sizes),
);

function freshest(observed: readonly Observation[]): Version | undefined {
  return observed
    .map((each) => versionOf(each))
    .toSorted(compareFreshness)
    .at(-1);
}

describe('decide, for observations in any order', () => {
  it('ends at the freshest observation', () => {
    fc.assert(
      fc.property(observations, (observed) => {
        const expected = freshest(observed);
        const { current } = historyOf(observed);
        expect(current?.contentHash).toBe(expected?.contentHash);
        expect(current?.readAt).toBe(expected?.readAt);
      }),
      { numRuns: 200 },
    );
  });

  it('ends at the same state for every order', () => {
    const twoOrders = observations.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(twoOrders, ([one, other]) => {
        expect(historyOf(other).current?.payload).toEqual(historyOf(one).current?.payload);
      }),
      { numRuns: 100 },
    );
  });

  it('numbers versions 1, 2, 3 without gaps, each fresher than the one before (promise 3)', () => {
    fc.assert(
      fc.property(observations, (observed) => {
        const { versions } = historyOf(observed);
        expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
        expect(versions.toSorted(compareFreshness)).toEqual(versions);
      }),
      { numRuns: 100 },
    );
  });

  it('returns changes that lead from version to version', () => {
    fc.assert(
      fc.property(observations, (observed) => {
        const [first, ...rest] = historyOf(observed).versions;
        const followed = rest.reduce(
          (payload, { changes }) => applyChanges(payload, changes),
          first?.payload ?? {},
        );
        expect(canonicalJson(followed)).toBe(canonicalJson(rest.at(-1)?.payload ?? first?.payload ?? {}));
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing if all observations are repeated', () => {
    fc.assert(
      fc.property(observations, (observed) => {
        expect(historyOf([...observed, ...observed]).versions).toEqual(historyOf(observed).versions);
      }),
      { numRuns: 100 },
    );
  });
});
