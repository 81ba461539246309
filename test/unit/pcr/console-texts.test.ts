import { describe, expect, it } from 'vitest';
import { listLeaves } from '../../../bin/pcr/console/page/deals/leaf-values.ts';
import { moneyText, shortMoneyText } from '../../../bin/pcr/console/page/money-text.ts';
import { nameText, pointerText, valueText } from '../../../bin/pcr/console/page/pointer-text.ts';
import { daysBetween, latencyText, relativeText, utcText } from '../../../bin/pcr/console/page/time-text.ts';

const nowMs = Date.parse('2026-03-01T10:00:00.000Z');

describe('moneyText', () => {
  it.each([
    ['531.0', 'USD', 'USD 531'],
    ['1200.5', 'USD', 'USD 1,200.50'],
    ['12345678901234567890.123', 'EUR', 'EUR 12,345,678,901,234,567,890.123'],
    ['12', undefined, '12'],
    ['a lot', 'USD', 'a lot USD'],
  ])('writes %s %s as %s', (amount, currency, text) => {
    expect(moneyText(amount, currency)).toBe(text);
  });

  it('writes a sum with its order of size', () => {
    expect(shortMoneyText(1_234_567, 'USD')).toBe('USD 1.2M');
  });
});

describe('the words of a path', () => {
  it.each([
    ['/LifeCycle/TargetCloseDate', 'Life cycle › Target close date'],
    ['/Project/ExpectedCustomerSpend/0/Amount', 'Project › Expected customer spend › no. 1 › Amount'],
    ['/AwsTeam/CRMId', 'AWS team › CRM ID'],
    ['/a~1b/c~0d', 'A/b › C~d'],
  ])('are those of %s: %s', (pointer, words) => {
    expect(pointerText(pointer)).toBe(words);
  });

  it('are made of the name of a kind', () => {
    expect(nameText('engagement-invitation')).toBe('Engagement invitation');
  });
});

describe('valueText', () => {
  it.each([
    [undefined, 'absent'],
    ['', 'empty text'],
    ['Qualified', 'Qualified'],
    [null, 'null'],
    [{ a: [1] }, '{"a":[1]}'],
  ])('writes %j as %s', (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});

describe('listLeaves', () => {
  it('finds the values that contain no others, with their paths', () => {
    expect(listLeaves({ a: { 'b/c': 1 }, d: ['x', { e: null }], f: {} })).toEqual([
      { path: '/a/b~1c', value: 1 },
      { path: '/d/0', value: 'x' },
      { path: '/d/1/e', value: null },
    ]);
  });
});

describe('times', () => {
  it.each([
    ['2026-03-01T09:56:30.000Z', '3 min ago'],
    ['2026-03-03T10:00:00.000Z', 'in 2 d'],
    ['2026-03-01T09:59:59.500Z', 'now'],
    ['someday', ''],
  ])('compare %s with the present as "%s"', (at, text) => {
    expect(relativeText(at, nowMs)).toBe(text);
  });

  it('are written in UTC to the second', () => {
    expect(utcText('2026-03-01T10:00:05.123Z')).toBe('2026-03-01 10:00:05');
  });

  it.each([
    [412.4, '412 ms'],
    [3_420, '3.4 s'],
    [720_000, '12 min'],
  ])('write a latency of %d ms as %s', (ms, text) => {
    expect(latencyText(ms)).toBe(text);
  });

  it('count days from one date to another', () => {
    expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2);
  });
});
