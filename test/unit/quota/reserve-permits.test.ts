import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { callsOfDay, type QuotaLedger } from '../../../lambdas/quota/ledger.ts';
import { type ReadPurpose, readPurposes } from '../../../lambdas/quota/purposes.ts';
import {
  closeLedger,
  type PermitRequest,
  type Refusal,
  type Reservation,
  reservePermits,
} from '../../../lambdas/quota/reserve-permits.ts';

const limits = { perSecond: 10, perDay: 100_000 };
const at = (instant: Instant) => epochMsOf(instant);
const nowMs = at('2026-03-01T10:00:00.000Z');

type Asked = Partial<Omit<PermitRequest, 'purpose'>> & { readonly purpose?: ReadPurpose };

function ask({ purpose = 'record', ...overrides }: Asked = {}): PermitRequest {
  const request = { wanted: 1, writer: 'a', nowMs, offsetMs: 0, leadMs: 0, ...overrides };
  return { ...request, purpose: readPurposes[purpose] };
}

function granted(ledger: QuotaLedger | undefined, asked: Asked = {}, within = limits): Reservation {
  const answer = reservePermits(ledger, ask(asked), within);
  if ('waitMs' in answer) throw new Error(`refused: ${answer.limit}`);
  return answer;
}

function refused(ledger: QuotaLedger | undefined, asked: Asked = {}, within = limits): Refusal {
  const answer = reservePermits(ledger, ask(asked), within);
  if ('granted' in answer) throw new Error(`granted ${answer.granted}`);
  return answer;
}

/** A ledger that contains only these reads. */
function counting(hours: QuotaLedger['hours']): QuotaLedger {
  return {
    writer: 'b',
    writtenAt: '2026-03-01T08:00:00.000Z',
    nextFreeAt: '2026-03-01T08:00:00.000Z',
    closures: 0,
    hours,
  };
}

describe('reservePermits', () => {
  it('grants the first permit at once, and spaces permits 5 % further apart than the limit requires', () => {
    const first = granted(undefined, { wanted: 5 });
    expect(first).toMatchObject({ granted: 5, firstAtMs: nowMs });
    expect(first.spacingMs).toBeCloseTo(105.26, 2);
    expect(first.ledger).toEqual({
      writer: 'a',
      writtenAt: '2026-03-01T10:00:00.000Z',
      nextFreeAt: '2026-03-01T10:00:00.527Z',
      closures: 0,
      hours: { '2026-03-01T10': 5 },
    });
  });

  it('grants permits after the previous reservation, without a burst after a pause', () => {
    const first = granted(undefined, { wanted: 5 }).ledger;
    expect(granted(first).firstAtMs).toBe(at(first.nextFreeAt));
    const laterMs = nowMs + 20_000;
    const next = granted(first, { nowMs: laterMs, wanted: 100 });
    expect(next.firstAtMs).toBe(laterMs);
    expect(next.granted).toBe(15);
  });

  it('grants the first permit for the time when the reservation is written', () => {
    expect(granted(undefined, { leadMs: 80 })).toMatchObject({
      firstAtMs: nowMs + 80,
      ledger: { writtenAt: instantOf(nowMs) },
    });
  });

  it('grants an early read its permit after a write that took long', () => {
    const answer = granted(undefined, { purpose: 'early', leadMs: 500, withinMs: 480 });
    expect(answer.firstAtMs).toBe(nowMs + 250);
  });

  it('grants no permit for which the calls would not wait', () => {
    expect(granted(undefined, { wanted: 10, withinMs: 300 }).granted).toBe(3);
    expect(refused(undefined, { leadMs: 50, withinMs: 40 })).toEqual({ limit: 'rate', waitMs: 30 });
  });

  it.each([
    ['invitation', 29],
    ['record', 15],
    ['reconcile', 8],
  ] as const)('reach for %s only so far ahead: %i', (purpose, most) => {
    const answer = granted(undefined, { purpose, wanted: 100 });
    expect(answer.granted).toBe(most);
    const { limit, waitMs } = refused(answer.ledger, { purpose });
    expect(limit).toBe('rate');
    // Half of the horizon is free by then, and the earlier permits are still in the future.
    const again = granted(answer.ledger, { purpose, nowMs: nowMs + waitMs, wanted: 100 });
    expect(again.granted).toBe(Math.floor(most / 2) + (most % 2));
    expect(again.firstAtMs).toBe(at(answer.ledger.nextFreeAt));
  });

  it('leaves permits for more urgent purposes', () => {
    const records = granted(undefined, { wanted: 100 }).ledger;
    expect(refused(records, { purpose: 'reconcile' }).limit).toBe('rate');
    expect(granted(records, { purpose: 'invitation' }).firstAtMs).toBe(at(records.nextFreeAt));
  });
});

describe('a timestamp of another worker', () => {
  // The clock of `b` is a second ahead: what it calls 10:00:01 is 10:00:00 here.
  const ledger = granted(undefined, { writer: 'b', nowMs: nowMs + 1_000, wanted: 3 }).ledger;

  it('is translated to the clock of the user', () => {
    const answer = granted(ledger, { offsetMs: -1_000 });
    expect(answer.firstAtMs).toBe(at(ledger.nextFreeAt) - 1_000);
    expect(answer.ledger).toMatchObject({ writer: 'a', writtenAt: instantOf(nowMs) });
  });

  it('reserves permits for a minute, in whichever direction the clocks differ', () => {
    expect(granted(ledger, { nowMs: nowMs + 61_000, offsetMs: 60_000 }).firstAtMs).toBeGreaterThan(
      nowMs + 61_000,
    );
    expect(granted(ledger, { nowMs: nowMs + 61_001, offsetMs: 60_001 }).firstAtMs).toBe(nowMs + 61_001);
    expect(granted(ledger, { nowMs: nowMs - 59_001, offsetMs: -60_001 }).firstAtMs).toBe(nowMs - 59_001);
  });
});

describe('the daily limit', () => {
  const small = { perSecond: 10, perDay: 100 };
  it.each([
    ['invitation', 100],
    ['record', 90],
    ['reconcile', 80],
  ] as const)('leaves %s no more than %i of 100', (purpose, most) => {
    const nearly = counting({ '2026-03-01T03': most - 2 });
    expect(granted(nearly, { purpose, wanted: 5 }, small).granted).toBe(2);
    expect(refused(counting({ '2026-03-01T03': most }), { purpose }, small).limit).toBe('day');
  });

  it('counts the current hour, the 24 hours before it and one more minute', () => {
    const ledger = counting({ '2026-02-28T10': 60, '2026-03-01T09': 40 });
    const { waitMs } = refused(ledger, { purpose: 'invitation' }, small);
    expect(instantOf(nowMs + waitMs)).toBe('2026-03-01T11:01:00.000Z');
    const last = { purpose: 'invitation', nowMs: nowMs + waitMs - 1 } as const;
    expect(refused(ledger, last, small).waitMs).toBe(1);
    const next = granted(ledger, { ...last, nowMs: nowMs + waitMs, wanted: 3 }, small);
    expect(next.ledger.hours).toEqual({ '2026-03-01T09': 40, '2026-03-01T11': 3 });
    expect(callsOfDay(next.ledger, nowMs + waitMs)).toBe(43);
  });

  it('counts all reads of a reservation for the hour of the last one', () => {
    const lateMs = at('2026-03-01T10:59:59.500Z');
    const { ledger } = granted(undefined, { nowMs: lateMs, wanted: 10 });
    expect(ledger.hours).toEqual({ '2026-03-01T11': 10 });
    expect(callsOfDay(ledger, lateMs)).toBe(10);
  });

  it('is never exceeded in any 24 hours, measured over every read', () => {
    const steps = fc.array(
      fc.record({
        afterMs: fc.oneof(fc.nat(5_000), fc.nat(4 * 3_600_000)),
        wanted: fc.integer({ min: 1, max: 12 }),
        purpose: fc.constantFrom<ReadPurpose>('invitation', 'record', 'reconcile'),
        skewMs: fc.integer({ min: -1_000, max: 1_000 }),
      }),
      { minLength: 30, maxLength: 80 },
    );
    const few = { perSecond: 10, perDay: 25 };
    let days = 0;
    fc.assert(
      fc.property(steps, (taken) => {
        let ledger: QuotaLedger | undefined;
        let trueMs = at('2026-03-01T10:30:00.000Z');
        let writerSkewMs = 0;
        const readsMs: number[] = [];
        for (const { afterMs, wanted, purpose, skewMs } of taken) {
          trueMs += afterMs;
          const offsetMs = skewMs - writerSkewMs;
          const answer = reservePermits(
            ledger,
            ask({ nowMs: trueMs + skewMs, offsetMs, wanted, purpose }),
            few,
          );
          if ('waitMs' in answer) {
            days += answer.limit === 'day' ? 1 : 0;
            continue;
          }
          for (let index = 0; index < answer.granted; index += 1)
            readsMs.push(answer.firstAtMs + index * answer.spacingMs - skewMs);
          ledger = answer.ledger;
          writerSkewMs = skewMs;
        }
        const tooSoon = readsMs.filter(
          (readMs, index) => readMs - (readsMs[index - few.perDay] ?? 0) < 24 * 3_600_000,
        );
        expect(tooSoon).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // The property is only meaningful if the limit was reached.
    expect(days).toBeGreaterThan(300);
  });
});

describe('closeLedger', () => {
  const user = { writer: 'a', nowMs, offsetMs: 0 };

  it('closes the ledger for one second after the first throttle', () => {
    const { closedForMs, ledger } = closeLedger(undefined, user);
    expect(closedForMs).toBe(1_000);
    expect(ledger).toMatchObject({ closedUntil: '2026-03-01T10:00:01.000Z', closures: 1 });
    expect(granted(ledger).firstAtMs).toBe(nowMs + 1_000);
    expect(refused(ledger, { purpose: 'reconcile' })).toEqual({ limit: 'throttled', waitMs: 625 });
  });

  it('keeps permits that other workers hold beyond the closure', () => {
    const held = granted(undefined, { purpose: 'invitation', wanted: 100 }).ledger;
    const { ledger } = closeLedger(held, user);
    expect(ledger).toMatchObject({ nextFreeAt: held.nextFreeAt, hours: held.hours });
  });

  it('counts a throttle of several concurrent reads once', () => {
    const { ledger } = closeLedger(undefined, user);
    expect(closeLedger(ledger, { ...user, nowMs: nowMs + 400 })).toEqual({ closedForMs: 600 });
  });

  it('doubles the closure after each throttle within 10 s of the reopening, up to 5 min, and later starts again at one second', () => {
    let ledger: QuotaLedger | undefined;
    let timeMs = nowMs;
    const closedForMs: number[] = [];
    for (let throttle = 0; throttle < 11; throttle += 1) {
      const closing = closeLedger(ledger, { ...user, nowMs: timeMs });
      closedForMs.push(closing.closedForMs);
      // A reservation in between keeps the number of closures.
      timeMs += closing.closedForMs + 9_000;
      ledger = granted(closing.ledger, { nowMs: timeMs }).ledger;
      timeMs += 999;
    }
    expect(closedForMs.map((ms) => ms / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    expect(closeLedger(ledger, { ...user, nowMs: timeMs + 1 }).closedForMs).toBe(1_000);
    expect(granted(ledger, { nowMs: timeMs + 1 }).ledger).toMatchObject({ closures: 0 });
    expect(granted(ledger, { nowMs: timeMs + 1 }).ledger).not.toHaveProperty('closedUntil');
  });

  it('keeps a closure for longer than the minute in which permits are reserved', () => {
    const writtenAt = instantOf(nowMs - 120_000);
    const closedUntil = instantOf(nowMs + 60_000);
    const ledger = { ...counting({}), writtenAt, nextFreeAt: closedUntil, closedUntil, closures: 9 };
    expect(refused(ledger, { offsetMs: 120_000 })).toEqual({ limit: 'throttled', waitMs: 59_250 });
  });
});
