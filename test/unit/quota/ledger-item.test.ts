import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMsOf, type Instant } from '../../../lambdas/core/instant.ts';
import { callsOfDay, type QuotaLedger } from '../../../lambdas/quota/ledger.ts';
import { ledgerItem, parseLedger } from '../../../lambdas/quota/ledger-item.ts';
import { readPurposes } from '../../../lambdas/quota/purposes.ts';
import { closeLedger, reservePermits } from '../../../lambdas/quota/reserve-permits.ts';

const limits = { perSecond: 10, perDay: 2_400 };
const now: Instant = '2026-03-01T10:00:00.000Z';
const nowMs = epochMsOf(now);
const by = { writer: 'reader', nowMs, limits };

const ledger: QuotaLedger = {
  writer: 'worker-1',
  writtenAt: '2026-03-01T09:59:59.000Z',
  nextFreeAt: '2026-03-01T10:00:00.500Z',
  closedUntil: '2026-03-01T10:00:00.200Z',
  closures: 1,
  hours: { '2026-02-28T21': 100, '2026-03-01T10': 7 },
};
/** As a release without the total wrote it. */
const item = { pk: 'quota', sk: 'reads', revision: 12, ...ledger };
const itemWithTotal = { ...item, ...ledgerItem(ledger) };
/** Longer than any reservation. */
const cautious: Partial<QuotaLedger> = {
  writer: 'reader',
  writtenAt: now,
  nextFreeAt: '2026-03-01T10:00:03.106Z',
};

describe('parseLedger', () => {
  it('returns the ledger of an unedited item', () => {
    expect(parseLedger(item, by)).toEqual({ ledger, isRepaired: false });
    expect(parseLedger(itemWithTotal, by)).toEqual({ ledger, isRepaired: false });
    const { closedUntil: _, ...open } = item;
    expect(parseLedger(open, by).isRepaired).toBe(false);
    expect(parseLedger(open, by).ledger).not.toHaveProperty('closedUntil');
  });

  it('repairs nothing in an item that a reservation or a closure wrote', () => {
    const user = { writer: 'worker-1', nowMs, offsetMs: 0 };
    const reserved = reservePermits(
      undefined,
      { ...user, purpose: readPurposes.invitation, wanted: 99, leadMs: 500 },
      limits,
    );
    const written = 'granted' in reserved ? reserved.ledger : undefined;
    for (let closed = closeLedger(written, user).ledger; closed; ) {
      expect(parseLedger(closed, by)).toEqual({ ledger: closed, isRepaired: false });
      const reopensAtMs = epochMsOf(closed.closedUntil ?? now);
      closed = closed.closures < 12 ? closeLedger(closed, { ...user, nowMs: reopensAtMs }).ledger : undefined;
    }
    expect(written && parseLedger(written, by)).toEqual({ ledger: written, isRepaired: false });
  });

  const edits: readonly (readonly [what: string, edit: object, repaired: Partial<QuotaLedger>])[] = [
    ['no writer', { writer: undefined }, cautious],
    ['an empty writer', { writer: '' }, cautious],
    ['an invalid writer', { writer: 7 }, cautious],
    ['no writing time', { writtenAt: undefined }, cautious],
    ['an invalid writing time', { writtenAt: 'yesterday' }, cautious],
    ['no next free time', { nextFreeAt: undefined }, cautious],
    ['an invalid next free time', { nextFreeAt: 1_772_359_200 }, cautious],
    ['a next free time in another year', { nextFreeAt: '2027-01-01T00:00:00.000Z' }, cautious],
    ['an invalid closure', { closedUntil: true }, { closedUntil: undefined }],
    [
      'a closure in the far future',
      { closedUntil: '2099-01-01T00:00:00.000Z' },
      { closedUntil: '2026-03-01T10:04:59.000Z' },
    ],
    [
      'a next free time in the far future',
      { closedUntil: '2099-01-01T00:00:00.000Z', nextFreeAt: '2099-01-01T00:00:00.000Z' },
      { ...cautious, closedUntil: '2026-03-01T10:05:00.000Z' },
    ],
    ['no number of closures', { closures: undefined }, { closures: 0 }],
    ['a fractional number of closures', { closures: 0.5 }, { closures: 0 }],
    ['a negative number of closures', { closures: -3 }, { closures: 0 }],
  ];
  it.each(edits)('repairs an item with %s and keeps its counts', (_what, edit, repaired) => {
    expect(parseLedger({ ...item, ...edit }, by)).toEqual({
      ledger: { ...ledger, ...repaired },
      isRepaired: true,
    });
  });

  it.each<[string, object]>([
    ['a text', { '2026-02-28T21': '7' }],
    ['a fraction', { '2026-02-28T21': 7.5 }],
    ['negative', { '2026-02-28T21': -1_000 }],
    ['infinite', { '2026-02-28T21': Number.POSITIVE_INFINITY }],
    ['a list', { '2026-02-28T21': [] }],
  ])('replaces an hourly count that is %s by a 24th of the daily limit', (_what, hours) => {
    const parsed = parseLedger({ ...item, hours }, by);
    expect(parsed).toEqual({ ledger: { ...ledger, hours: { '2026-02-28T21': 100 } }, isRepaired: true });
  });

  it.each(['yesterday', '2026-03-01', '2026-03-01T12', '2999-01-01T00', ''])(
    'counts what is filed under %j for the hour under way',
    (name) => {
      const parsed = parseLedger({ ...item, hours: { '2026-03-01T10': 7, [name]: 5 } }, by);
      expect(parsed).toEqual({ ledger: { ...ledger, hours: { '2026-03-01T10': 12 } }, isRepaired: true });
    },
  );

  it('accepts a count for the next hour, in which reserved permits may lie', () => {
    expect(parseLedger({ ...item, hours: { '2026-03-01T11': 5 } }, by).isRepaired).toBe(false);
  });

  const noMaps: readonly [unknown][] = [
    [undefined],
    ['all'],
    [null],
    [[1, 2]],
    [new Set(['2026-03-01T10'])],
    [new Uint8Array(2)],
  ];

  it.each(noMaps)('restores the reads of the day from their total if hours is %j', (hours) => {
    const parsed = parseLedger({ ...itemWithTotal, hours }, by);
    expect(parsed).toEqual({ ledger: { ...ledger, hours: { '2026-03-01T10': 107 } }, isRepaired: true });
  });

  it('restores from the total what is missing in one hour', () => {
    const hours = { '2026-02-28T21': 'many', '2026-03-01T10': 7 };
    const restored = { '2026-02-28T21': 0, '2026-03-01T10': 107 };
    const parsed = parseLedger({ ...itemWithTotal, hours }, by);
    expect(parsed).toEqual({ ledger: { ...ledger, hours: restored }, isRepaired: true });
  });

  it.each([['all'], [null], [-3], [7.5], [true], [[1]], [{}], [Number.POSITIVE_INFINITY], [3], [0]])(
    'believes the hours if their total is %j',
    (hoursTotal) => {
      expect(parseLedger({ ...itemWithTotal, hoursTotal }, by)).toEqual({ ledger, isRepaired: true });
    },
  );

  it('believes the larger number if the total is more than the hours', () => {
    const parsed = parseLedger({ ...itemWithTotal, hours: {} }, by);
    expect(parsed).toEqual({ ledger: { ...ledger, hours: { '2026-03-01T10': 107 } }, isRepaired: true });
  });

  it.each(noMaps)('grants no permit for a day if hours is %j and there is no total', (hours) => {
    const { ledger: parsed, isRepaired } = parseLedger({ ...item, hours }, by);
    expect(isRepaired).toBe(true);
    expect(callsOfDay(parsed, nowMs)).toBe(limits.perDay);
  });

  it.each([[{}], ['nonsense'], [null], [[]]])('makes a ledger of the item %j', (nothing) => {
    const { ledger: parsed, isRepaired } = parseLedger(nothing, by);
    expect(parsed).toMatchObject({ ...cautious, closures: 0 });
    expect(isRepaired).toBe(true);
  });

  it('makes a ledger of any item, and repairs a repaired one no further', () => {
    const anything = fc.anything({ withDate: true, withSet: true, withTypedArray: true, withBigInt: true });
    const hour = fc.oneof(fc.constantFrom('2026-03-01T10', '2026-03-01T09'), fc.string());
    const spoilt = fc.record(
      {
        writer: anything,
        writtenAt: fc.oneof(anything, fc.constant(ledger.writtenAt)),
        nextFreeAt: fc.oneof(anything, fc.constant(ledger.nextFreeAt)),
        closedUntil: anything,
        closures: anything,
        hours: fc.oneof(anything, fc.dictionary(hour, fc.oneof(anything, fc.nat()))),
        hoursTotal: fc.oneof(anything, fc.nat()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anything, spoilt), (value) => {
        const { ledger: parsed } = parseLedger(value, by);
        expect(parseLedger(ledgerItem(parsed), by)).toEqual({ ledger: parsed, isRepaired: false });
      }),
      { numRuns: 500 },
    );
  });
});
