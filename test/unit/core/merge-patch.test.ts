import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { applyMergePatch, memberAt, patchValues } from '../../../lambdas/core/merge-patch.ts';
import { isSameValue } from '../../../lambdas/core/same-value.ts';
import { anyJsonObject } from '../../builders/arbitrary-json.ts';

describe('applyMergePatch', () => {
  // The examples of RFC 7396, appendix A, whose patch is an object.
  it.for<[target: JsonObject, patch: JsonObject, result: JsonObject]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('makes of %j with %j: %j', ([target, patch, result]) => {
    expect(applyMergePatch(target, patch)).toEqual(result);
  });

  it('does not change its arguments', () => {
    const target = { a: { b: 1 } };
    applyMergePatch(target, { a: { b: null, c: 2 } });
    expect(target).toEqual({ a: { b: 1 } });
  });

  it('leaves every value of the patch in the result', () => {
    fc.assert(
      fc.property(anyJsonObject, anyJsonObject, (target, patch) => {
        const result = applyMergePatch(target, patch);
        for (const { path, value } of patchValues(patch))
          expect(isSameValue(memberAt(result, path), value)).toBe(true);
      }),
    );
  });
});

describe('patchValues', () => {
  it('returns the innermost members, lists as a whole and removed members as undefined', () => {
    expect(
      patchValues({ LifeCycle: { Stage: 'Qualified', NextSteps: null }, 'a/b~c': [1, { d: 2 }] }),
    ).toEqual([
      { path: '/LifeCycle/Stage', value: 'Qualified' },
      { path: '/LifeCycle/NextSteps', value: undefined },
      { path: '/a~1b~0c', value: [1, { d: 2 }] },
    ]);
  });
});

describe('memberAt', () => {
  it('returns undefined for what is absent, null, or inside of no object', () => {
    const body = { a: { b: null, c: 'text' }, 'x/y': 1 };
    expect(
      ['/a/b', '/a/c', '/a/c/d', '/e', '/x~1y', '/toString'].map((path) => memberAt(body, path)),
    ).toEqual([undefined, 'text', undefined, undefined, 1, undefined]);
  });
});
