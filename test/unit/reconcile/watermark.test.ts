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
  readonly newestTimestamp?: Instant;
  readonly oldestChange?: Instant;
}

describe('advanceWatermark', () => {
  it.each<[string, Case, Instant | undefined]>([
    ['returns nothing if nothing was ever listed', {}, undefined],
    ['returns nothing if only the last minute has changes', { oldestChange: t1 }, undefined],
    ['keeps the watermark if nothing was listed', { watermark: t1 }, t1],
    ['advances to the newest timestamp', { watermark: t1, newestTimestamp: t3 }, t3],
    ['never moves back', { watermark: t3, newestTimestamp: t1 }, t3],
    ['holds at the oldest change', { watermark: t1, newestTimestamp: t3, oldestChange: t2 }, t2],
    ['holds at the oldest change in the first pass too', { newestTimestamp: t3, oldestChange: t1 }, t1],
    [
      'advances to the newest timestamp if that is the oldest change',
      { newestTimestamp: t3, oldestChange: t3 },
      t3,
    ],
    [
      'holds until the change is stored, so that a refused finding is not forgotten',
      { watermark: t1, newestTimestamp: t3, oldestChange: t1 },
      t1,
    ],
    ['holds at the next change', { watermark: t1, newestTimestamp: t3, oldestChange: t2 }, t2],
  ])('%s', (_what, { watermark, newestTimestamp, oldestChange }, next) => {
    const progress = { ...beginProgress(now, false), newestTimestamp, oldestChange };
    expect(advanceWatermark(watermark, progress)).toBe(next);
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
