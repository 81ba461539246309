import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { advanceWatermark, beginProgress, runIdOf } from '../../../lambdas/core/pass.ts';

const now: Instant = '2026-03-02T12:00:00.000Z';
const dayAgo: Instant = '2026-03-01T12:00:00.000Z';
const [t1, t2, t3] = [
  '2026-02-01T00:00:01.000Z',
  '2026-02-01T00:00:02.000Z',
  '2026-02-01T00:00:03.000Z',
] as const satisfies readonly Instant[];

interface Case {
  readonly watermark?: Instant;
  readonly heldSince?: Instant;
  readonly newestTimestamp?: Instant;
  readonly oldestChange?: Instant;
}

describe('advanceWatermark', () => {
  it.each<[string, Case, object]>([
    ['returns nothing if nothing was ever listed', {}, { watermark: undefined }],
    ['keeps the watermark if nothing was listed', { watermark: t1 }, { watermark: t1 }],
    ['advances to the newest timestamp', { watermark: t1, newestTimestamp: t3 }, { watermark: t3 }],
    ['never moves back', { watermark: t3, newestTimestamp: t1 }, { watermark: t3 }],
    [
      'holds at the oldest change',
      { watermark: t1, newestTimestamp: t3, oldestChange: t2 },
      { watermark: t2, heldSince: now },
    ],
    [
      'holds at the oldest change in the first pass too',
      { newestTimestamp: t3, oldestChange: t1 },
      { watermark: t1, heldSince: now },
    ],
    [
      'advances to the newest timestamp if that is the oldest change',
      { newestTimestamp: t3, oldestChange: t3 },
      { watermark: t3 },
    ],
    [
      'holds until the change is stored, so that a refused finding is not forgotten',
      { watermark: t1, heldSince: dayAgo, newestTimestamp: t3, oldestChange: t1 },
      { watermark: t1, heldSince: dayAgo },
    ],
    [
      'holds at the next change',
      { watermark: t1, heldSince: dayAgo, newestTimestamp: t3, oldestChange: t2 },
      { watermark: t2, heldSince: now },
    ],
  ])('%s', (_what, { watermark, heldSince, newestTimestamp, oldestChange }, next) => {
    const progress = { ...beginProgress(now, false), newestTimestamp, oldestChange };
    expect(advanceWatermark({ watermark, heldSince }, progress, now)).toEqual(next);
  });
});

it('runIdOf derives the id from the catalog, the list and the start', () => {
  const ids = [
    runIdOf({ catalog: 'AWS', name: 'engagements' }, now),
    runIdOf({ catalog: 'AWS', name: 'engagements' }, dayAgo),
    runIdOf({ catalog: 'Sandbox', name: 'engagements' }, now),
    runIdOf({ catalog: 'AWS', name: 'expirations' }, now),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(runIdOf({ catalog: 'AWS', name: 'engagements' }, now)).toBe(ids[0]);
});
