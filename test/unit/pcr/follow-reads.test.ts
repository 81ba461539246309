import { expect, test } from 'vitest';
import { followReads } from '../../../bin/pcr/passes/follow-reads.ts';
import { virtualTime } from '../../fakes/virtual-time.ts';

/** @param depths of the queues, one per second; the last one repeats */
function following(before: number, ...depths: readonly number[]) {
  const time = virtualTime();
  const notes: string[] = [];
  let looks = 0;
  const depth = async () => depths[Math.min(looks++, depths.length - 1)] ?? 0;
  const left = followReads(depth, before, {
    clock: time.clock(),
    progress: () => ({ advance: () => undefined, of: () => undefined, end: () => undefined }),
    interrupted: () => new AbortController().signal,
    note: (text) => void notes.push(text),
  });
  return { time, notes, left, looks: () => looks };
}

test('followReads ends when no more messages wait than before', async () => {
  const { time, notes, left } = following(3, 10, 8, 3);
  await time.run(10_000);
  expect(time.sleeping()).toBe(0);
  expect(await left).toBe(0);
  expect(notes).toEqual([]);
});

test('followReads ends with a note when nothing is read for minutes', async () => {
  const { time, notes, left } = following(0, 10, 4, 6, 4);
  await time.run(4 * 60_000);
  expect(time.sleeping()).toBe(1);
  await time.run(2 * 60_000);
  expect(time.sleeping()).toBe(0);
  expect(await left).toBe(4);
  expect(notes).toEqual(['About 4 still wait, and none was read for 5 min: see `pcr quota`.']);
});

test('followReads continues as long as something is read', async () => {
  const slow = Array.from({ length: 3_000 }, (_, second) => 11 - Math.floor(second / 250));
  const { time, notes, left } = following(0, ...slow, 0);
  await time.run(3_010_000);
  expect(await left).toBe(0);
  expect(notes).toEqual([]);
});
