import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { type ClockOffsets, clockOffsets } from '../../../lambdas/quota/clock-offsets.ts';
import type { QuotaLedger } from '../../../lambdas/quota/ledger.ts';

const startMs = Date.parse('2026-03-01T10:00:00Z');
const secondMs = 1_000;
const minuteMs = 60_000;

/** Learns from a ledger that another worker wrote this long ago, by its own clock. */
function learn(offsets: ClockOffsets, atMs: number, ageMs: number): number {
  const writtenAt = instantOf(startMs + atMs - ageMs);
  const ledger: QuotaLedger = { writer: 'other', writtenAt, nextFreeAt: writtenAt, hours: {}, closures: 0 };
  return offsets.learnOffsetMs(ledger, startMs + atMs);
}

function needsWrites(offsets: ClockOffsets, atMs: number): boolean {
  return offsets.needsWrites(startMs + atMs);
}

it('the smallest age of a write of another worker is the offset of its clock, for one to two minutes', () => {
  const offsets = clockOffsets('self');
  expect(learn(offsets, 0, 30)).toBe(30);
  expect(learn(offsets, 50, 80)).toBe(30);
  expect(learn(offsets, 1.5 * minuteMs, 80)).toBe(30);
  expect(learn(offsets, 3 * minuteMs, 80)).toBe(80);
});

it('an offset from before a long pause counts no more: the clock of the worker may have been set', () => {
  const offsets = clockOffsets('self');
  expect(learn(offsets, 0, 30)).toBe(30);
  expect(learn(offsets, 15 * minuteMs, 700)).toBe(700);
});

it('the clock of the worker itself has no offset', () => {
  expect(learn(clockOffsets('other'), 0, 30)).toBe(0);
});

describe('needsWrites', () => {
  it('a worker that is alone needs to see no write of others', () => {
    const offsets = clockOffsets('other');
    learn(offsets, 0, 30);
    expect(needsWrites(offsets, 1)).toBe(false);
  });

  it('the writes of another worker are needed until five different ones were seen', () => {
    const offsets = clockOffsets('self');
    const needed = Array.from({ length: 6 }, (_, write) => {
      learn(offsets, write * secondMs, 30);
      // The same write again tells nothing new.
      learn(offsets, write * secondMs + 40, 70);
      return needsWrites(offsets, write * secondMs + 50);
    });
    expect(needed).toEqual([true, true, true, true, false, false]);
  });

  it('the writes of a worker that has written nothing for three seconds are not needed', () => {
    const offsets = clockOffsets('self');
    learn(offsets, 0, 30);
    expect(needsWrites(offsets, 3 * secondMs)).toBe(true);
    expect(needsWrites(offsets, 3 * secondMs + 1)).toBe(false);
  });

  it('after some minutes the offset of a worker is learned again', () => {
    const offsets = clockOffsets('self');
    for (let write = 0; write < 5; write += 1) learn(offsets, write * secondMs, 30);
    expect(needsWrites(offsets, 4 * secondMs)).toBe(false);
    learn(offsets, 10 * minuteMs, 30);
    expect(needsWrites(offsets, 10 * minuteMs)).toBe(true);
  });
});
