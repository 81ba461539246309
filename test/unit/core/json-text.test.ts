import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import {
  canonicalJson,
  isSameJson,
  parseJson,
  parseJsonText,
  stringifyJson,
} from '../../../lambdas/core/json-text.ts';
import { anyJson } from '../../builders/arbitrary-json.ts';

/** Numbers that JavaScript cannot hold. */
const exactNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }),
    fc.constantFrom('', '.5', 'e300'),
  )
  .map(([sign, digits, end]) => new ExactNumber(`${sign}${digits}1${end}`));

const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    anyJson,
    exactNumber,
    fc.string({ unit: fc.constantFrom('\u0000', '"', '\\', '1', 'e', '999') }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom('a', '__proto__', '\u0000', '\u00001'), tie('json')), { maxLength: 4 })
      .map((members) => Object.fromEntries(members)),
  ),
}));

describe('parseJson and stringifyJson', () => {
  it('returns any JSON unchanged, with and without indentation', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('', '  '), (value, indent) => {
        const text = stringifyJson(value, indent);
        expect(stringifyJson(parseJson(text), indent)).toBe(text);
        expect(isSameJson(parseJson(text), value)).toBe(true);
      }),
    );
  });

  it.each(['', '  '])('prints what JSON.stringify prints if all numbers are ordinary: %j', (indent) => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const ordinary: unknown = JSON.parse(stringifyJson(value));
        const printed = stringifyJson([ordinary, new ExactNumber('1e400')], indent);
        const expected = JSON.stringify([ordinary, 'exact'], undefined, indent);
        expect(printed).toBe(expected.replace(/"exact"(?=\s*\]$)/, '1e400'));
      }),
    );
  });

  it.each([
    '9007199254740993',
    '-12345678901234567890',
    '0.1000000000000000055511151231257827',
    '1e400',
    '-1E+400',
    '1e-400',
    `1${'0'.repeat(400)}1`,
    `0.${'0'.repeat(400)}1`,
  ])('keeps a number that JavaScript cannot hold: %s', (text) => {
    expect(parseJson(text)).toEqual(new ExactNumber(text));
    expect(stringifyJson(parseJson(`{"a":[${text},{"b": ${text}}]}`))).toBe(`{"a":[${text},{"b":${text}}]}`);
  });

  it.each([
    ['1E2', 100],
    ['1.10', 1.1],
    ['-0', -0],
    ['0.1', 0.1],
    ['9007199254740992', 9_007_199_254_740_992],
    ['0.10000000000000000000000', 0.1],
    ['0e999', 0],
    ['12345678901234567000', 12_345_678_901_234_567_000],
    ['5e-324', 5e-324],
  ])('makes a JavaScript number of a number that JavaScript holds: %s', (text, value) => {
    expect(parseJson(text)).toBe(value);
  });

  it('leaves texts and names alone that look like numbers or like marks', () => {
    const text =
      '{"1e400":"9007199254740993","\\u00001e400":"\\u00001e400","q":"\\"1e400","b":"\\\\","n":1e400}';
    expect(stringifyJson(parseJson(text))).toBe(text);
  });

  it('keeps a number in a member named __proto__', () => {
    const value = parseJson('{"__proto__":1e400}');
    expect(Object.keys(Object(value))).toEqual(['__proto__']);
    expect(stringifyJson(value)).toBe('{"__proto__":1e400}');
  });

  it('parses a text of 100,000 levels that holds such a number', () => {
    const deep = `${'['.repeat(100_000)}1e400${']'.repeat(100_000)}`;
    let value = parseJson(deep);
    for (let level = 0; level < 100_000; level += 1) value = Array.isArray(value) ? value[0] : null;
    expect(value).toEqual(new ExactNumber('1e400'));
  });

  it.each(['1.2.3e5555', '1e', '[1e400', '{"a":9007199254740993', '+9007199254740993', '01e400', '"1e400'])(
    'refuses what is not JSON: %s',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
      expect(() => parseJsonText(text)).toThrow('event.malformed');
    },
  );

  it('leaves out members that are undefined, as JSON.stringify does', () => {
    expect(stringifyJson({ a: undefined, b: new ExactNumber('1e400') })).toBe('{"b":1e400}');
  });
});

describe('canonicalJson', () => {
  it.each([
    ['1e400', '10e399'],
    ['12345678901234567890', '1234567890123456789.0e1'],
    ['-0.00009007199254740993', '-9007199254740993E-20'],
  ])('prints equal numbers alike: %s and %s', (one, other) => {
    expect(canonicalJson(parseJson(one))).toBe(canonicalJson(parseJson(other)));
  });

  it.each([
    ['1e400', '1e401'],
    ['1e400', '-1e400'],
    ['9007199254740992', '9007199254740993'],
    ['0.1', '0.1000000000000000055511151231257827'],
    ['"1e400"', '1e400'],
  ])('prints different numbers differently: %s and %s', (one, other) => {
    expect(canonicalJson(parseJson(one))).not.toBe(canonicalJson(parseJson(other)));
  });
});
