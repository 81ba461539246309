import { describe, expect, it } from 'vitest';
import {
  acquireSlot,
  type EndpointGate,
  type GatePolicy,
  idleGate,
  isQuick,
  mendGate,
  type Pause,
  registerSlot,
  releaseSlot,
  type SlotAnswer,
  type SlotResult,
} from '../../../lambdas/core/endpoint-gate.ts';

const nowMs = Date.parse('2026-03-01T10:00:00.000Z');
const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;
const policy: GatePolicy = { slots: 2, leaseMs: 2 * minute, timeScale: 1 };

function acquire(
  gate: EndpointGate | undefined,
  request: { worker?: string; atMs?: number; wanted?: number } = {},
) {
  const { worker = 'a', atMs = nowMs, wanted = 1 } = request;
  return acquireSlot(gate, { worker, nowMs: atMs, wanted }, policy);
}

function acquired(answer: SlotAnswer): Extract<SlotAnswer, { outcome: 'acquired' }> {
  if (answer.outcome !== 'acquired') throw new Error(`it is ${answer.outcome}`);
  return answer;
}

function release(gate: EndpointGate, result: Partial<SlotResult> = {}) {
  return releaseSlot(gate, { worker: 'a', nowMs, delivered: 0, failed: 0, isSlow: false, ...result }, policy);
}

/** A gate whose breaker opened this many times in a row, each time as early as possible. */
function opened(times: number): { gate: EndpointGate; atMs: number } {
  let gate = idleGate;
  let atMs = nowMs;
  for (let time = 0; time < times; time += 1) {
    const released = release(gate, { failed: time === 0 ? 5 : 1, nowMs: atMs });
    gate = released.gate;
    atMs += released.openedForMs ?? 0;
  }
  return { gate, atMs };
}

/** A gate of an endpoint that fails once per interval for five days. */
function failingEvery(ms: number): EndpointGate {
  let { gate } = release(idleGate, { failed: 1 });
  for (let atMs = nowMs + ms; atMs < nowMs + 5 * day; atMs += ms)
    gate = release(gate, { failed: 1, nowMs: atMs }).gate;
  return gate;
}

describe('a quick endpoint', () => {
  const pause: Pause = {
    cause: 'own-fault',
    until: '2026-03-01T09:00:00.000Z',
    since: '2026-03-01T08:00:00.000Z',
    reason: 'made up',
  };

  it.each<[string, EndpointGate | undefined]>([
    ['has no gate yet', undefined],
    ['has an idle gate', idleGate],
    ['was slow ten minutes ago', { ...idleGate, slowAt: '2026-03-01T09:50:00.000Z' }],
  ])('is one that %s', (_, gate) => {
    expect(isQuick(gate, nowMs, policy)).toBe(true);
  });

  it.each<[string, EndpointGate]>([
    ['has a slot', { ...idleGate, slots: { b: '2026-03-01T10:02:00.000Z' } }],
    ['has an expired slot', { ...idleGate, slots: { b: '2026-03-01T09:59:00.000Z' } }],
    ['failed last', { ...idleGate, breaker: { failuresInARow: 1, openings: 0 } }],
    ['has a half-open breaker', { ...idleGate, breaker: { failuresInARow: 0, openings: 1 } }],
    ['waits for a trial', { ...idleGate, pause }],
    ['was slow within ten minutes', { ...idleGate, slowAt: '2026-03-01T09:50:00.001Z' }],
    ['was edited by hand', { ...idleGate, slowAt: '2036-03-01T09:50:00.001Z' }],
  ])('is not one that %s', (_, gate) => {
    expect(isQuick(gate, nowMs, policy)).toBe(false);
  });

  it('becomes slow when a slow delivery registers its slot, and stays slow after its release', () => {
    const registered = registerSlot(undefined, { worker: 'a', nowMs }, policy);
    expect(registered.slots).toEqual({ a: '2026-03-01T10:02:00.000Z' });
    const { gate } = release(registered, { delivered: 1, isSlow: true });
    expect(gate).toEqual({ ...idleGate, slowAt: '2026-03-01T10:00:00.000Z' });
  });

  it('counts a slow delivery beyond the number of slots', () => {
    const two: EndpointGate = {
      ...idleGate,
      slots: { b: '2026-03-01T10:02:00.000Z', c: '2026-03-01T10:02:00.000Z' },
    };
    const three = registerSlot(two, { worker: 'a', nowMs }, policy);
    expect(Object.keys(three.slots)).toHaveLength(3);
    expect(acquire(three, { worker: 'd' })).toEqual({ outcome: 'full' });
  });
});

describe('slots of an endpoint', () => {
  it('refuses a worker when all slots are taken, and accepts it after one is released', () => {
    const one = acquired(acquire(undefined, { wanted: 3 })).gate;
    const two = acquired(acquire(one, { worker: 'b' })).gate;
    expect(two.slots).toEqual({ a: '2026-03-01T10:02:00.000Z', b: '2026-03-01T10:02:00.000Z' });
    expect(acquire(two, { worker: 'c' })).toEqual({ outcome: 'full' });
    expect(acquire(release(two).gate, { worker: 'c' })).toMatchObject({ outcome: 'acquired' });
  });

  it('starts all deliveries at once if the endpoint has no rate limit', () => {
    expect(acquire(undefined, { wanted: 3 })).toMatchObject({
      startsAtMs: [nowMs, nowMs, nowMs],
      dueAtMs: [],
    });
  });

  it('frees a slot when its lease expires, and lets the same worker acquire its slot again at once', () => {
    const both = acquired(acquire(acquired(acquire(idleGate)).gate, { worker: 'b' })).gate;
    expect(acquire(both, { worker: 'c', atMs: nowMs + 2 * minute - 1 })).toEqual({ outcome: 'full' });
    expect(acquire(both, { worker: 'c', atMs: nowMs + 2 * minute })).toMatchObject({ outcome: 'acquired' });
    expect(acquire(both, { worker: 'a' })).toMatchObject({ outcome: 'acquired' });
  });
});

describe('circuit breaker of an endpoint', () => {
  it('opens after five failures in a row, but not after four or if a delivery succeeds in between', () => {
    const four = release(idleGate, { failed: 4 });
    expect(four).toMatchObject({ gate: { breaker: { failuresInARow: 4, openings: 0 } } });
    expect(four.openedForMs).toBeUndefined();
    expect(release(four.gate, { failed: 1 })).toMatchObject({ openedForMs: 30 * second });
    expect(release(four.gate, { failed: 3, delivered: 1 }).gate).toEqual(idleGate);
  });

  it('stays open for 30 s, then twice as long each time, at most 10 minutes', () => {
    const durations = [1, 2, 3, 4, 5, 6, 7].map((times) => {
      const { gate, atMs } = opened(times - 1);
      return release(gate, { failed: 5, nowMs: atMs }).openedForMs;
    });
    expect(durations).toEqual([30, 60, 120, 240, 480, 600, 600].map((seconds) => seconds * second));
  });

  it('refuses every worker while it is open', () => {
    const { gate, atMs } = opened(1);
    expect(acquire(gate, { atMs: atMs - 1 })).toEqual({ outcome: 'open', untilMs: atMs });
  });

  it('lets one worker send one delivery while it is half-open, and postpones all others', () => {
    const { gate, atMs } = opened(1);
    const trial = acquired(acquire(gate, { atMs, wanted: 3 }));
    expect(trial).toMatchObject({
      startsAtMs: [atMs],
      dueAtMs: [atMs + 30 * second, atMs + 30 * second],
    });
    expect(acquire(trial.gate, { worker: 'b', atMs })).toEqual({
      outcome: 'open',
      untilMs: atMs + 30 * second,
    });
  });

  it('closes when a delivery succeeds', () => {
    const { gate, atMs } = opened(4);
    expect(release(gate, { delivered: 1, nowMs: atMs }).gate).toEqual(idleGate);
  });

  it('is not opened further by attempts that were under way when it opened', () => {
    const { gate, atMs } = opened(1);
    const late = release(gate, { failed: 10, nowMs: atMs - 1 });
    const { openUntil } = gate.breaker;
    expect(late.openedForMs).toBeUndefined();
    expect(late.gate.breaker).toMatchObject({ openings: 1, openUntil, failuresInARow: 15 });
  });

  it('does not change when a worker made no attempt', () => {
    const { gate, atMs } = opened(2);
    expect(release(gate, { nowMs: atMs })).toEqual({ gate });
  });

  it('scales the time that it stays open by the time scale', () => {
    const result = { worker: 'a', nowMs, delivered: 0, failed: 5, isSlow: false };
    expect(releaseSlot(idleGate, result, { ...policy, timeScale: 0.01 }).openedForMs).toBe(300);
  });
});

describe('an endpoint that keeps failing', () => {
  it('is to be disabled after five days without success, whether its breaker is open or not', () => {
    const gate = failingEvery(1.2 * day);
    const since = '2026-03-01T10:00:00.000Z';
    expect(gate.breaker.failingSince).toBe(since);
    expect(release(gate, { failed: 1, nowMs: nowMs + 5 * day - 1 }).failingTooLongSince).toBeUndefined();
    expect(release(gate, { failed: 1, nowMs: nowMs + 5 * day }).failingTooLongSince).toBe(since);
    expect(release(gate, { failed: 9, nowMs: nowMs + 5 * day }).failingTooLongSince).toBe(since);
  });

  it('stays enabled if nothing was sent for a long time between two failures', () => {
    const { gate } = release(idleGate, { failed: 1 });
    expect(release(gate, { failed: 1, nowMs: nowMs + 20 * day }).failingTooLongSince).toBeUndefined();
    const seldom = release(failingEvery(1.6 * day), { failed: 1, nowMs: nowMs + 5 * day });
    expect(seldom.failingTooLongSince).toBeUndefined();
    const half = release(gate, { failed: 1, nowMs: nowMs + 1.5 * day }).gate;
    expect(half.breaker.failingSince).toBe('2026-03-01T10:00:00.000Z');
  });

  it('stays enabled if a delivery succeeded in between', () => {
    const { gate } = release(failingEvery(day), { delivered: 1, failed: 3, nowMs: nowMs + 4.5 * day });
    expect(gate).toEqual(idleGate);
    expect(release(gate, { failed: 1, nowMs: nowMs + 5 * day }).failingTooLongSince).toBeUndefined();
  });
});

const acquireAtRate = (gate: EndpointGate | undefined, wanted: number, atMs = nowMs, ratePerSecond = 2) =>
  acquired(acquireSlot(gate, { worker: 'a', nowMs: atMs, wanted }, { ...policy, ratePerSecond }));
const sinceNow = (times: readonly number[]) => times.map((time) => time - nowMs);

describe('rate limit of an endpoint', () => {
  it('spreads starts evenly over the next three seconds and postpones the other deliveries', () => {
    const { startsAtMs, dueAtMs } = acquireAtRate(undefined, 10);
    expect(sinceNow(startsAtMs)).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]);
    expect(sinceNow(dueAtMs)).toEqual([3_500, 4_000, 4_500]);
  });

  it('continues after the previous batch, and takes no slot if no delivery may start now', () => {
    const before = acquireAtRate(undefined, 10).gate;
    const { startsAtMs, gate, dueAtMs } = acquireAtRate(before, 2);
    expect(startsAtMs).toEqual([]);
    expect(gate.slots).toEqual({});
    expect(sinceNow(dueAtMs)).toEqual([5_000, 5_500]);
  });

  it('is kept in every second of a long backlog, in whatever order the batches come', () => {
    let gate: EndpointGate | undefined;
    const due = Array.from({ length: 300 }, () => nowMs);
    const starts: number[] = [];
    for (let clockMs = nowMs; due.length > 0 && clockMs < nowMs + 10 * minute; clockMs += second) {
      const ready = due.filter((atMs) => atMs <= clockMs);
      due.splice(0, due.length, ...due.filter((atMs) => atMs > clockMs));
      for (let from = 0; from < ready.length; from += 10) {
        const answer = acquireAtRate(gate, ready.slice(from, from + 10).length, clockMs);
        gate = release(answer.gate, { delivered: 1, nowMs: clockMs }).gate;
        starts.push(...answer.startsAtMs);
        due.push(...answer.dueAtMs);
      }
    }
    expect(starts).toHaveLength(300);
    const sorted = starts.toSorted((a, b) => a - b);
    const gaps = sorted.slice(1).map((start, index) => start - (sorted[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(499);
    // 300 messages at 2 a second take 150 seconds; the backlog needs little more.
    expect((sorted.at(-1) ?? 0) - nowMs).toBeLessThan(180 * second);
  });

  it('forgets starts reserved far ahead at a lower rate', () => {
    const slow = acquireAtRate(undefined, 5, nowMs, 0.001).gate;
    const { startsAtMs, dueAtMs } = acquireAtRate(slow, 1, nowMs, 100);
    expect(Math.max(...startsAtMs, ...dueAtMs) - nowMs).toBeLessThanOrEqual(15 * minute);
  });
});

describe('pause of an endpoint', () => {
  const requested = { cause: 'retry-after', untilMs: nowMs + minute, reason: 'answered 429' } as const;
  const fault = { cause: 'own-fault', reason: 'secret.unusable' } as const;

  it('keeps every worker waiting as long as Retry-After requests, even if a delivery succeeded', () => {
    const { gate } = release(idleGate, { delivered: 1, pause: requested });
    expect(acquire(gate, { atMs: nowMs + minute - 1 })).toEqual({ outcome: 'open', untilMs: nowMs + minute });
    expect(acquire(gate, { atMs: nowMs + minute, wanted: 3 })).toMatchObject({
      startsAtMs: [nowMs + minute, nowMs + minute, nowMs + minute],
    });
  });

  it('lasts until the latest of two requests, at most a day', () => {
    const { gate } = release(idleGate, { pause: requested });
    const sooner = release(gate, { pause: { ...requested, untilMs: nowMs + second } });
    expect(sooner.gate.pause?.until).toBe('2026-03-01T10:01:00.000Z');
    const late = release(gate, { pause: { ...requested, untilMs: nowMs + 400 * day } });
    expect(late.gate.pause?.until).toBe('2026-03-02T10:00:00.000Z');
  });

  it('grows from 10 seconds to 5 minutes while a fault of this stack lasts', () => {
    let gate = idleGate;
    let atMs = nowMs;
    const waits: number[] = [];
    for (let time = 0; time < 9; time += 1) {
      gate = release(gate, { pause: fault, nowMs: atMs }).gate;
      const untilMs = Date.parse(gate.pause?.until ?? '');
      waits.push((untilMs - atMs) / second);
      atMs = untilMs;
    }
    expect(waits).toEqual([10, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(gate.pause?.since).toBe('2026-03-01T10:00:00.000Z');
  });

  it('sends one trial after a fault of this stack, and ends with the next attempt, even a failed one', () => {
    const { gate } = release(idleGate, { pause: fault });
    const trial = acquired(acquire(gate, { atMs: nowMs + 10 * second, wanted: 3 }));
    expect(trial.startsAtMs).toHaveLength(1);
    const pausedSince = gate.pause?.since;
    const after = release(trial.gate, { failed: 1, nowMs: nowMs + 11 * second, pausedSince });
    expect(after.gate.pause).toBeUndefined();
  });

  it('does not end with an attempt that began before the fault of this stack', () => {
    const { gate } = release(idleGate, { pause: fault });
    const after = release(gate, { delivered: 1, nowMs: nowMs + second, pausedSince: undefined });
    expect(after.gate.pause).toEqual(gate.pause);
    const before = '2026-03-01T09:00:00.000Z';
    const other = release(gate, { delivered: 1, nowMs: nowMs + second, pausedSince: before });
    expect(other.gate.pause).toEqual(gate.pause);
  });
});

describe('instants that no worker can have written', () => {
  const never = '9999-12-31T23:59:59.999Z';
  const edited: EndpointGate = {
    slots: { b: never, c: never },
    breaker: { failuresInARow: 9, openings: 1, openUntil: never, failingSince: never, lastFailedAt: never },
    pace: {},
    pause: { cause: 'retry-after', until: never, since: never, reason: 'edited' },
  };

  it('are removed: the endpoint is tried, and a failure leaves only possible instants', () => {
    const answer = acquired(acquire(edited));
    expect(answer).toMatchObject({ startsAtMs: [nowMs], isMended: true });
    const { gate } = release(answer.gate, { failed: 1 });
    expect(JSON.stringify(gate)).not.toContain('9999');
  });

  it('do not include those of the longest lease, opening and pause', () => {
    const gate: EndpointGate = {
      slots: { b: '2026-03-01T10:02:00.000Z' },
      breaker: { failuresInARow: 9, openings: 7, openUntil: '2026-03-01T09:59:00.000Z' },
      pace: {},
      pause: {
        cause: 'retry-after',
        until: '2026-03-02T10:00:00.000Z',
        since: '2026-03-01T10:00:00.000Z',
        reason: 'answered 503 with Retry-After',
      },
    };
    expect(acquire(gate)).toEqual({ outcome: 'open', untilMs: nowMs + day });
    expect(mendGate(gate, nowMs, policy)).toEqual({ gate, isMended: false });
  });
});
