import { describe, expect, it } from 'vitest';
import {
  acquireSlot,
  type EndpointGate,
  type GatePolicy,
  releaseSlot,
  type SlotResult,
} from '../../../lambdas/core/endpoint-gate.ts';

const nowMs = Date.parse('2026-03-01T10:00:00.000Z');
const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const policy: GatePolicy = { lanes: 2, leaseMs: 2 * minute, timeScale: 1 };
const none: EndpointGate = { lanes: {}, failuresInARow: 0, openings: 0 };

function entered(
  lanes: EndpointGate | undefined,
  ask: { worker?: string; atMs?: number; wanted?: number } = {},
) {
  const { worker = 'a', atMs = nowMs, wanted = 1 } = ask;
  return acquireSlot(lanes, { worker, nowMs: atMs, wanted }, policy);
}

function lanesOf(entry: ReturnType<typeof acquireSlot>): EndpointGate {
  if (entry.outcome !== 'entered') throw new Error(`it is ${entry.outcome}`);
  return entry.lanes;
}

function left(lanes: EndpointGate, of: Partial<SlotResult> = {}) {
  return releaseSlot(lanes, { worker: 'a', nowMs, delivered: 0, failed: 0, ...of }, policy);
}

/** What stands after a breaker opened so many times in a row, each as soon as it could. */
function opened(times: number): { lanes: EndpointGate; atMs: number } {
  let lanes = none;
  let atMs = nowMs;
  for (let time = 0; time < times; time += 1) {
    const leaving = left(lanes, { failed: time === 0 ? 5 : 1, nowMs: atMs });
    lanes = leaving.lanes;
    atMs += leaving.openedForMs ?? 0;
  }
  return { lanes, atMs };
}

/** Fails once every so many milliseconds, for five days. */
function failingEvery(ms: number): EndpointGate {
  let { lanes } = left(none, { failed: 1 });
  for (let atMs = nowMs + ms; atMs < nowMs + 5 * day; atMs += ms)
    lanes = left(lanes, { failed: 1, nowMs: atMs }).lanes;
  return lanes;
}

describe('lanes', () => {
  it('are as many as there are', () => {
    const one = lanesOf(entered(undefined, { wanted: 3 }));
    const two = lanesOf(entered(one, { worker: 'b' }));
    expect(two.lanes).toEqual({ a: '2026-03-01T10:02:00.000Z', b: '2026-03-01T10:02:00.000Z' });
    expect(entered(two, { worker: 'c' })).toEqual({ outcome: 'full' });
    expect(entered(left(two).lanes, { worker: 'c' })).toMatchObject({ outcome: 'entered' });
  });

  it('start all deliveries at once where there is no rate', () => {
    expect(entered(undefined, { wanted: 3 })).toMatchObject({
      startsAtMs: [nowMs, nowMs, nowMs],
      dueAtMs: [],
    });
  });

  it('are free again when a lease runs out, and at once for the worker itself', () => {
    const both = lanesOf(entered(lanesOf(entered(none)), { worker: 'b' }));
    expect(entered(both, { worker: 'c', atMs: nowMs + 2 * minute - 1 })).toEqual({ outcome: 'full' });
    expect(entered(both, { worker: 'c', atMs: nowMs + 2 * minute })).toMatchObject({ outcome: 'entered' });
    expect(entered(both, { worker: 'a' })).toMatchObject({ outcome: 'entered' });
  });
});

describe('the breaker', () => {
  it('opens after five failures in a row, not after four, and not where one was delivered between', () => {
    const four = left(none, { failed: 4 });
    expect(four).toMatchObject({ lanes: { failuresInARow: 4, openings: 0 } });
    expect(four.openedForMs).toBeUndefined();
    expect(left(four.lanes, { failed: 1 })).toMatchObject({ openedForMs: 30 * second });
    const between = left(four.lanes, { failed: 3, delivered: 1 }).lanes;
    expect(between).toEqual(none);
  });

  it('is open for 30 s, then twice as long each time, at most 10 minutes', () => {
    const durations = [1, 2, 3, 4, 5, 6, 7].map((times) => {
      const { lanes, atMs } = opened(times - 1);
      return left(lanes, { failed: 5, nowMs: atMs }).openedForMs;
    });
    expect(durations).toEqual([30, 60, 120, 240, 480, 600, 600].map((seconds) => seconds * second));
  });

  it('refuses everybody while it is open', () => {
    const { lanes, atMs } = opened(1);
    expect(entered(lanes, { atMs: atMs - 1 })).toEqual({ outcome: 'open', untilMs: atMs });
  });

  it('then lets one worker try one delivery; the others come back later', () => {
    const { lanes, atMs } = opened(1);
    const trial = entered(lanes, { atMs, wanted: 3 });
    expect(trial).toMatchObject({
      startsAtMs: [atMs],
      dueAtMs: [atMs + 30 * second, atMs + 30 * second],
    });
    expect(entered(lanesOf(trial), { worker: 'b', atMs })).toEqual({
      outcome: 'open',
      untilMs: atMs + 30 * second,
    });
  });

  it('closes with the first that is delivered', () => {
    const { lanes, atMs } = opened(4);
    expect(left(lanes, { delivered: 1, nowMs: atMs }).lanes).toEqual(none);
  });

  it('is not opened further by those that were under way', () => {
    const { lanes, atMs } = opened(1);
    const late = left(lanes, { failed: 10, nowMs: atMs - 1 });
    expect(late.openedForMs).toBeUndefined();
    expect(late.lanes).toMatchObject({ openings: 1, openUntil: lanes.openUntil, failuresInARow: 15 });
  });

  it('says nothing of who made no attempt', () => {
    const { lanes, atMs } = opened(2);
    expect(left(lanes, { nowMs: atMs })).toEqual({ lanes });
  });

  it('takes as long as the scale of time says', () => {
    const exit = { worker: 'a', nowMs, delivered: 0, failed: 5 };
    expect(releaseSlot(none, exit, { timeScale: 0.01 }).openedForMs).toBe(300);
  });
});

describe('an endpoint that fails', () => {
  it('for five days and nothing else is given up, whether the breaker is open or not', () => {
    const lanes = failingEvery(1.2 * day);
    expect(lanes.failingSince).toBe('2026-03-01T10:00:00.000Z');
    expect(left(lanes, { failed: 1, nowMs: nowMs + 5 * day - 1 }).failingTooLongSince).toBeUndefined();
    expect(left(lanes, { failed: 1, nowMs: nowMs + 5 * day }).failingTooLongSince).toBe(
      '2026-03-01T10:00:00.000Z',
    );
    expect(left(lanes, { failed: 9, nowMs: nowMs + 5 * day }).failingTooLongSince).toBe(
      '2026-03-01T10:00:00.000Z',
    );
  });

  it('is not, where nothing was sent for long in between: two failures are no five days of failure', () => {
    const { lanes } = left(none, { failed: 1 });
    expect(left(lanes, { failed: 1, nowMs: nowMs + 20 * day }).failingTooLongSince).toBeUndefined();
    expect(
      left(failingEvery(1.6 * day), { failed: 1, nowMs: nowMs + 5 * day }).failingTooLongSince,
    ).toBeUndefined();
    const half = left(lanes, { failed: 1, nowMs: nowMs + 1.5 * day }).lanes;
    expect(half.failingSince).toBe('2026-03-01T10:00:00.000Z');
  });

  it('is not, where anything was delivered meanwhile', () => {
    const well = left(failingEvery(day), { delivered: 1, failed: 3, nowMs: nowMs + 4.5 * day });
    expect(well.lanes).toEqual(none);
    const { lanes } = well;
    expect(left(lanes, { failed: 1, nowMs: nowMs + 5 * day }).failingTooLongSince).toBeUndefined();
  });
});

const paced = (lanes: EndpointGate | undefined, wanted: number, atMs = nowMs, ratePerSecond = 2) =>
  acquireSlot(lanes, { worker: 'a', nowMs: atMs, wanted }, { ...policy, ratePerSecond });
const inMs = (times: readonly number[]) => times.map((time) => time - nowMs);

describe('a rate', () => {
  it('spreads turns evenly, those of the next three seconds in place, the others later', () => {
    const entry = paced(undefined, 10);
    if (entry.outcome !== 'entered') throw new Error('it was refused');
    expect(inMs(entry.startsAtMs)).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]);
    expect(inMs(entry.dueAtMs)).toEqual([3_500, 4_000, 4_500]);
  });

  it('goes on where the batch before ended, and takes no lane where there is no turn', () => {
    const before = lanesOf(paced(undefined, 10));
    const entry = paced(before, 2);
    if (entry.outcome !== 'entered') throw new Error('it was refused');
    expect(entry.startsAtMs).toEqual([]);
    expect(entry.lanes.lanes).toEqual({});
    expect(inMs(entry.dueAtMs)).toEqual([5_000, 5_500]);
  });

  it('is kept over hours of a backlog: in no second more than it says, whoever asks when', () => {
    let lanes: EndpointGate | undefined;
    const due = Array.from({ length: 300 }, () => nowMs);
    const starts: number[] = [];
    for (let clockMs = nowMs; due.length > 0 && clockMs < nowMs + 10 * minute; clockMs += second) {
      const ready = due.filter((atMs) => atMs <= clockMs);
      due.splice(0, due.length, ...due.filter((atMs) => atMs > clockMs));
      for (let from = 0; from < ready.length; from += 10) {
        const entry = paced(lanes, ready.slice(from, from + 10).length, clockMs);
        if (entry.outcome !== 'entered') throw new Error('it was refused');
        lanes = left(entry.lanes, { delivered: 1, nowMs: clockMs }).lanes;
        starts.push(...entry.startsAtMs);
        due.push(...entry.dueAtMs);
      }
    }
    expect(starts).toHaveLength(300);
    const sorted = starts.toSorted((a, b) => a - b);
    const gaps = sorted.slice(1).map((start, index) => start - (sorted[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(499);
    // As fast as it may, or nearly: 300 at 2 a second are 150 seconds.
    expect((sorted.at(-1) ?? 0) - nowMs).toBeLessThan(180 * second);
  });

  it('that was raised does not leave a turn far ahead', () => {
    const slow = lanesOf(paced(undefined, 5, nowMs, 0.001));
    const entry = paced(slow, 1, nowMs, 100);
    if (entry.outcome !== 'entered') throw new Error('it was refused');
    expect(Math.max(...entry.startsAtMs, ...entry.dueAtMs) - nowMs).toBeLessThanOrEqual(15 * minute);
  });
});
