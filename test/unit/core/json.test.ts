import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  at,
  isDeeperThan,
  isJsonObject,
  type Json,
  omitNulls,
  sortMembers,
  textAt,
} from '../../../lambdas/core/json.ts';
import { canonicalJson, isSameJson, parseJson } from '../../../lambdas/core/json-text.ts';
import { anyJson, anyJsonObject } from '../../builders/arbitrary-json.ts';

const withOwnProto: Json = JSON.parse('{"__proto__":{"Stage":"Prospect"}}');

describe('isDeeperThan', () => {
  it.each([
    [0, 'text', false],
    [0, {}, true],
    [1, {}, false],
    [1, { a: 1, b: [] }, true],
    [2, { a: 1, b: [null] }, false],
    [2, [1, [2, [3]]], true],
  ])('compares the deepest list or object with %i levels: %j', (levels, value, expected) => {
    expect(isDeeperThan(levels, value)).toBe(expected);
  });

  it('answers for a value nested to 100,000 levels', () => {
    const deep: Json = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(isDeeperThan(99_999, deep)).toBe(true);
    expect(isDeeperThan(100_000, deep)).toBe(false);
  });
});

describe('at', () => {
  it('follows member names', () => {
    expect(at({ a: { b: [1] } }, 'a', 'b')).toEqual([1]);
    expect(at({ a: { b: null } }, 'a', 'b')).toBeNull();
  });

  it('returns undefined if a step is missing, an array or inherited', () => {
    expect(at({ a: null }, 'a', 'b')).toBeUndefined();
    expect(at({ a: ['x'] }, 'a', '0')).toBeUndefined();
    expect(at({}, 'constructor')).toBeUndefined();
    expect(at(undefined, 'a')).toBeUndefined();
  });

  it('reads a member named __proto__', () => {
    expect(at(withOwnProto, '__proto__', 'Stage')).toBe('Prospect');
    expect(at({}, '__proto__')).toBeUndefined();
  });
});

describe('textAt', () => {
  it('reads a non-empty string', () => expect(textAt({ a: { b: 'text' } }, 'a', 'b')).toBe('text'));

  it.each<Json>(['', 'null', null, 5, false, ['x'], {}])('treats %j as absent', (value) =>
    expect(textAt({ a: value }, 'a')).toBeUndefined(),
  );
});

describe('sortMembers', () => {
  it('copies only objects and lists in which something is out of order', () => {
    const ordered = { a: [1, { b: 2, c: null }], d: { e: 'text' } };
    expect(sortMembers(ordered)).toBe(ordered);
    const mixed = sortMembers({ z: ordered, a: [{ c: 1, b: [ordered] }] });
    expect(JSON.stringify(mixed)).toBe(JSON.stringify({ a: [{ b: [ordered], c: 1 }], z: ordered }));
    expect(at(mixed, 'z')).toBe(ordered);
  });

  it('sorts any value as a copy of every member would be', () => {
    const sortedCopy = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(sortedCopy);
      if (!isJsonObject(value)) return value;
      const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
      return Object.fromEntries(members.map(([name, inner]) => [name, sortedCopy(inner)]));
    };
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.stringify(sortMembers(value))).toBe(JSON.stringify(sortedCopy(value)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('omitNulls', () => {
  it('removes null members at every depth, also inside arrays', () => {
    const body = { A: null, B: { C: null, D: 1 }, E: [{ F: null, G: 'x' }] };
    expect(omitNulls(body)).toEqual({ B: { D: 1 }, E: [{ G: 'x' }] });
  });

  it('keeps null elements, empty objects and falsy values', () => {
    const body = { A: [null, 1, null], B: {}, C: '', D: 0, E: false, F: 'null' };
    expect(omitNulls(body)).toEqual(body);
    expect(omitNulls({ A: { B: null } })).toEqual({ A: {} });
  });

  it('changes nothing the second time, and does not change its argument', () => {
    fc.assert(
      fc.property(anyJsonObject, (object) => {
        const before = JSON.stringify(object);
        const once = omitNulls(object);
        expect(JSON.stringify(omitNulls(once))).toBe(JSON.stringify(once));
        expect(JSON.stringify(object)).toBe(before);
      }),
    );
  });

  it('keeps a member named __proto__', () => {
    fc.assert(
      fc.property(
        anyJson.filter((value) => value !== null),
        (value) => {
          const kept = omitNulls(Object.fromEntries([['__proto__', value]]));
          expect(Object.keys(kept)).toEqual(['__proto__']);
        },
      ),
    );
  });
});

describe('canonicalJson', () => {
  it('sorts members at every depth and keeps the order of elements', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 'x'], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},"x"]}');
  });

  it('prints equal values alike, also with names made of digits', () => {
    const text = '{"9":4,"10":3,"A":2,"a":1}';
    expect(canonicalJson({ a: 1, A: 2, '10': 3, '9': 4 })).toBe(text);
    expect(canonicalJson({ '9': 4, '10': 3, a: 1, A: 2 })).toBe(text);
  });

  it('prints the same value', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(isSameJson(parseJson(canonicalJson(value)), value)).toBe(true);
      }),
    );
  });

  it('prints the same text for any order of members', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonicalJson(membersReversed(value))).toBe(canonicalJson(value));
      }),
    );
  });
});

function membersReversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(membersReversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, inner]) => [name, membersReversed(inner)]),
  );
}
