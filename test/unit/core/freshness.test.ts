import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareFreshness,
  type Freshness,
  lastModifiedAtOf,
  statusRankOf,
} from '../../../lambdas/core/freshness.ts';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { engagementPayload } from '../../builders/engagement-payloads.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';

const state: Freshness = {
  lastModifiedAt: '2026-03-01T10:00:00.000Z',
  statusRank: 0,
  readAt: '2026-03-01T10:00:05.000Z',
  contentHash: 'aa',
};
const { lastModifiedAt: _, ...unstamped } = state;

describe('compareFreshness', () => {
  it('prefers the later AWS timestamp, although it was read up to five minutes earlier', () => {
    const newer: Freshness = {
      ...state,
      lastModifiedAt: '2026-03-01T10:00:00.001Z',
      readAt: '2026-03-01T09:55:05.000Z',
    };
    expect(compareFreshness(newer, state)).toBeGreaterThan(0);
    expect(compareFreshness(state, newer)).toBeLessThan(0);
  });

  it('prefers the later read if more than five minutes lie between the reads', () => {
    const later: Freshness = {
      ...state,
      lastModifiedAt: '2026-03-01T09:59:59.950Z',
      readAt: '2026-03-01T10:05:05.001Z',
    };
    expect(compareFreshness(later, state)).toBeGreaterThan(0);
    expect(compareFreshness(state, later)).toBeLessThan(0);
  });

  it('prefers the later read if one of the AWS timestamps cannot be read', () => {
    const later: Freshness = { ...unstamped, readAt: '2026-03-01T10:00:05.001Z' };
    expect(compareFreshness(later, state)).toBeGreaterThan(0);
    const earlier: Freshness = { ...unstamped, readAt: '2026-03-01T10:00:04.999Z' };
    expect(compareFreshness(earlier, state)).toBeLessThan(0);
  });

  it('prefers a final status, although PENDING was read later', () => {
    const pending = {
      ...unstamped,
      statusRank: statusRankOf('engagement-invitation', invitationPayload()),
      readAt: '2026-03-02T10:00:00.000Z' as const,
    };
    for (const status of ['ACCEPTED', 'REJECTED', 'EXPIRED']) {
      const settled = {
        ...unstamped,
        statusRank: statusRankOf('engagement-invitation', invitationPayload({ status })),
      };
      expect(compareFreshness(settled, pending)).toBeGreaterThan(0);
    }
  });

  it('prefers the later read if there are no AWS timestamps', () => {
    const later: Freshness = { ...unstamped, readAt: '2026-03-01T10:00:05.001Z' };
    expect(compareFreshness(later, unstamped)).toBeGreaterThan(0);
  });

  it('prefers the later read if the AWS timestamps are equal', () => {
    expect(compareFreshness({ ...state, readAt: '2026-03-01T10:00:05.001Z' }, state)).toBeGreaterThan(0);
  });

  it('always prefers the same state if only the content differs', () => {
    expect(compareFreshness({ ...state, contentHash: 'bb' }, state)).toBeGreaterThan(0);
    expect(compareFreshness(state, { ...state, contentHash: 'bb' })).toBeLessThan(0);
  });

  it('returns 0 for equal states', () => expect(compareFreshness(state, { ...state })).toBe(0));
});

describe('statusRankOf', () => {
  it('ranks any status but PENDING above PENDING', () => {
    const ranks = ['PENDING', 'ACCEPTED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'].map((status) =>
      statusRankOf('engagement-invitation', { Status: status }),
    );
    expect(ranks).toEqual([0, 1, 1, 1, 1]);
  });

  it('treats an invitation without a status as open', () => {
    expect(statusRankOf('engagement-invitation', {})).toBe(0);
    expect(statusRankOf('engagement-invitation', { Status: null })).toBe(0);
  });

  it('is 0 for every other kind', () => {
    expect(statusRankOf('opportunity', { Status: 'ACCEPTED' })).toBe(0);
    expect(statusRankOf('aws-opportunity-summary', { Status: 'ACCEPTED' })).toBe(0);
    expect(statusRankOf('engagement', { Status: 'ACCEPTED' })).toBe(0);
  });
});

describe('lastModifiedAtOf', () => {
  it('is LastModifiedDate, and ModifiedAt for an engagement', () => {
    const payload = {
      LastModifiedDate: '2026-03-01T10:00:00Z',
      ModifiedAt: '2026-03-02T10:00:00.123456789Z',
    };
    expect(lastModifiedAtOf('opportunity', payload)).toBe('2026-03-01T10:00:00.000Z');
    expect(lastModifiedAtOf('engagement', payload)).toBe('2026-03-02T10:00:00.123Z');
  });

  it('is the creation date of an engagement that was never modified', () => {
    expect(lastModifiedAtOf('engagement', engagementPayload())).toBe('2026-03-01T09:00:00.123Z');
    expect(lastModifiedAtOf('engagement', { ModifiedAt: 'never', CreatedAt: '2026-03-01T09:00:00Z' })).toBe(
      '2026-03-01T09:00:00.000Z',
    );
  });

  it('is undefined without a valid timestamp', () => {
    expect(lastModifiedAtOf('engagement', {})).toBeUndefined();
    expect(lastModifiedAtOf('engagement-invitation', invitationPayload())).toBeUndefined();
    expect(lastModifiedAtOf('opportunity', { LastModifiedDate: 'today' })).toBeUndefined();
  });
});

/** Few values for each member, so that ties are as frequent as differences. */
const instant: fc.Arbitrary<Instant> = fc
  .integer({ min: 0, max: 2 })
  .map((ms) => instantOf(1_772_359_200_000 + ms));
const freshness = fc.record<Freshness>({
  lastModifiedAt: instant,
  statusRank: fc.integer({ min: 0, max: 1 }),
  readAt: instant,
  contentHash: fc.constantFrom('a', 'b', 'c'),
});

describe('compareFreshness, as a total order of reads within five minutes', () => {
  it('is an antisymmetric comparison', () => {
    fc.assert(
      fc.property(freshness, freshness, (a, b) => {
        expect(Math.sign(compareFreshness(a, b)) + Math.sign(compareFreshness(b, a))).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it('is a transitive comparison', () => {
    fc.assert(
      fc.property(freshness, freshness, freshness, (a, b, c) => {
        if (compareFreshness(a, b) >= 0 && compareFreshness(b, c) >= 0)
          expect(compareFreshness(a, c)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  it('returns 0 for equal states only', () => {
    fc.assert(
      fc.property(freshness, freshness, (a, b) => {
        expect(compareFreshness(a, b) === 0).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 200 },
    );
  });

  it('sorts states to the same sequence from any order', () => {
    fc.assert(
      fc.property(fc.array(freshness, { maxLength: 6 }), (states) => {
        expect(states.toReversed().toSorted(compareFreshness)).toEqual(states.toSorted(compareFreshness));
      }),
    );
  });
});
