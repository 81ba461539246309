import { describe, expect, it } from 'vitest';
import {
  durationValue,
  endpointIdValue,
  instantValue,
  repeated,
  wholeNumberValue,
} from '../../../bin/pcr/values.ts';
import { manualClock } from '../../fakes/manual-clock.ts';

describe('instantValue', () => {
  const read = instantValue(manualClock('2026-03-10T12:00:00.000Z'));

  it.each([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00.5+02:00', '2026-03-01T08:00:00.500Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['90s', '2026-03-10T11:58:30.000Z'],
    ['30m', '2026-03-10T11:30:00.000Z'],
    ['12h', '2026-03-10T00:00:00.000Z'],
    ['7d', '2026-03-03T12:00:00.000Z'],
  ])('reads %s as %s', (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  it.each(['', 'yesterday', '2026-02-30', '2026-03-01T10:00:00', '7w', '-1d', '1.5h', '10'])(
    'refuses %j',
    (text) => {
      expect(() => read(text)).toThrow('Allowed: a time such as 2026-03-01T10:00:00Z');
    },
  );
});

describe('durationValue', () => {
  it('reads a number with its unit', () => {
    expect(['2s', '3m', '4h', '5d'].map(durationValue)).toEqual([2_000, 180_000, 14_400_000, 432_000_000]);
  });

  it.each(['', '5', 'd', '5 d', '5D'])('refuses %j', (text) => {
    expect(() => durationValue(text)).toThrow('Allowed: a number with s, m, h or d');
  });
});

describe('wholeNumberValue', () => {
  const read = wholeNumberValue(1, 30);

  it('accepts both limits', () => {
    expect([read('1'), read('30')]).toEqual([1, 30]);
  });

  it.each(['0', '31', '-1', '1.5', '1e1', 'ten', '', ' 5'])('refuses %j', (text) => {
    expect(() => read(text)).toThrow('Allowed: a whole number from 1 to 30.');
  });
});

describe('endpointIdValue', () => {
  it('requires the prefix ep_', () => {
    expect(endpointIdValue('ep_crm')).toBe('ep_crm');
    expect(() => endpointIdValue('crm')).toThrow('Allowed: ep_ and 1 to 64 letters and digits');
  });
});

describe('repeated', () => {
  it('collects values in order', () => {
    expect(repeated('b', repeated('a'))).toEqual(['a', 'b']);
  });
});
