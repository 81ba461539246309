import { describe, expect, it } from 'vitest';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import { isSameValue } from '../../../lambdas/core/same-value.ts';

describe('isSameValue', () => {
  it.for<[one: Json | undefined, other: Json | undefined, member?: string]>([
    ['Call', ' Call\n'],
    ['531', '531.0', 'Amount'],
    ['531.50', '531.5', 'Amount'],
    ['2026-03-09T01:50:25.685385Z', '2026-03-09T01:50:25.685385000Z'],
    ['2026-03-09T01:50:25Z', '2026-03-09T01:50:25.000Z'],
    [null, undefined],
    ['', null],
    [' ', undefined],
    [[], null],
    [
      ['S-1', 'S-2'],
      ['S-2', 'S-1', 'S-2'],
    ],
    [[{ Amount: '531', Note: null }], [{ Amount: '531.0' }]],
    [1, new ExactNumber('1.0')],
    [{ A: { B: ['x', 'y'] } }, { A: { B: ['y', 'x'] } }],
  ])('takes %j and %j for the same', ([one, other, member]) => {
    expect(isSameValue(one, other, member)).toBe(true);
    expect(isSameValue(other, one, member)).toBe(true);
  });

  it.for<[one: Json | undefined, other: Json | undefined, member?: string]>([
    ['Call', 'call'],
    ['531', '531.0', 'PartnerOpportunityIdentifier'],
    ['531', '532', 'Amount'],
    ['2026-03-09T01:50:25.685385Z', '2026-03-09T01:50:25.685385001Z'],
    [['S-1'], ['S-1', 'S-2']],
    [
      [{ Amount: '1' }, { Amount: '2' }],
      [{ Amount: '2' }, { Amount: '1' }],
    ],
    ['1', 1],
    [{ A: 1 }, null],
    [false, null],
    [0, null],
  ])('tells %j from %j', ([one, other, member]) => {
    expect(isSameValue(one, other, member)).toBe(false);
    expect(isSameValue(other, one, member)).toBe(false);
  });
});
