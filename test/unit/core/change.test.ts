import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diff } from '../../../lambdas/core/change.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { canonicalJson } from '../../../lambdas/core/json-text.ts';
import { applyChanges, reverseChanges, valueAt } from '../../../local/apply-changes.ts';
import { anyJsonObject } from '../../builders/arbitrary-json.ts';
import { opportunityPayload } from '../../builders/payloads.ts';

describe('diff', () => {
  it('returns the changed member with before and after', () => {
    const changes = diff(
      opportunityPayload({ stage: 'Prospect' }),
      opportunityPayload({ stage: 'Qualified' }),
    );
    expect(changes).toEqual([{ path: '/LifeCycle/Stage', before: 'Prospect', after: 'Qualified' }]);
  });

  it('omits before for an added member and after for a removed one', () => {
    const [added, ...others] = diff({}, { A: 1 });
    expect(others).toEqual([]);
    expect(added).toStrictEqual({ path: '/A', after: 1 });
    expect(diff({ A: { B: [] } }, { A: {} })).toStrictEqual([{ path: '/A/B', before: [] }]);
  });

  it('distinguishes null from absent', () => {
    expect(diff({ A: null }, {})).toStrictEqual([{ path: '/A', before: null }]);
    expect(diff({ A: [1] }, { A: [1, null] })).toStrictEqual([{ path: '/A/1', after: null }]);
  });

  it('compares elements by position and removes them last to first', () => {
    expect(diff({ A: [1, 2, 3, 4] }, { A: [1, 9] })).toStrictEqual([
      { path: '/A/1', before: 2, after: 9 },
      { path: '/A/3', before: 4 },
      { path: '/A/2', before: 3 },
    ]);
  });

  it('replaces a value as a whole if its type changed', () => {
    expect(diff({ A: { B: 1 } }, { A: [1] })).toStrictEqual([{ path: '/A', before: { B: 1 }, after: [1] }]);
    expect(diff({ A: [] }, { A: {} })).toStrictEqual([{ path: '/A', before: [], after: {} }]);
    expect(diff({ A: '1' }, { A: 1 })).toStrictEqual([{ path: '/A', before: '1', after: 1 }]);
  });

  it('sorts changes by path', () => {
    expect(diff({}, { b: 1, a: { d: 1, c: 1 } }).map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(diff({ b: 1, a: { d: 1, c: 1 } }, { a: {} }).map(({ path }) => path)).toEqual([
      '/a/c',
      '/a/d',
      '/b',
    ]);
  });

  it('escapes names by the rules of JSON Pointer', () => {
    const after: JsonObject = JSON.parse('{"":1,"a/b":1,"m~n":1,"~1":1,"__proto__":1}');
    expect(diff({}, after).map(({ path }) => path)).toEqual(['/', '/__proto__', '/a~1b', '/m~0n', '/~01']);
  });

  it('treats an inherited member as absent', () => {
    expect(diff({}, Object.fromEntries([['constructor', 1]]))).toStrictEqual([
      { path: '/constructor', after: 1 },
    ]);
    const proto: JsonObject = JSON.parse('{"__proto__":{}}');
    expect(diff({}, proto)).toStrictEqual([{ path: '/__proto__', after: {} }]);
  });
});

describe('diff of any two objects', () => {
  it('leads from the first to the second when applied in order', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (a, b) => {
        expect(canonicalJson(applyChanges(a, diff(a, b)))).toBe(canonicalJson(b));
      }),
      { numRuns: 200 },
    );
  });

  it('leads back when applied in reverse order with before and after swapped', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (a, b) => {
        expect(canonicalJson(applyChanges(b, reverseChanges(diff(a, b))))).toBe(canonicalJson(a));
      }),
      { numRuns: 200 },
    );
  });

  it('is empty if and only if they are equal', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (a, b) => {
        expect(diff(a, a)).toEqual([]);
        expect(diff(a, b).length === 0).toBe(canonicalJson(a) === canonicalJson(b));
      }),
      { numRuns: 200 },
    );
  });

  it('returns the values at each path', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (a, b) => {
        for (const change of diff(a, b)) {
          expect(change.before).toEqual(valueAt(a, change.path));
          expect(change.after).toEqual(valueAt(b, change.path));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('names each path once', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (a, b) => {
        const paths = diff(a, b).map(({ path }) => path);
        expect(new Set(paths).size).toBe(paths.length);
      }),
    );
  });
});
