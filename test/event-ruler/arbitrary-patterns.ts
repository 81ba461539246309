import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../lambdas/core/json.ts';

/** Few names and values, so that patterns and events often meet. */
const memberNames = fc.constantFrom('a', 'b', 'c', 'a-b');
/** In a pattern, dots separate steps. */
const names = fc.oneof(
  { weight: 4, arbitrary: memberNames },
  { weight: 1, arbitrary: fc.constantFrom('a.b', 'b.c') },
);
const texts = fc.oneof(
  fc.constantFrom('', 'x', 'xy', 'X', 'yx', 'xyx', '5', 'ß', 'SS', 'ſ', 'é', 'É', '10.0.0.1', '10.0.0.9'),
  fc.constantFrom(
    '010.0.0.1',
    '10.0.1.0',
    '::1',
    '0:0::1',
    '::ffff:a00:1',
    '2001:db8::5',
    'a:b',
    '1.2.3.400',
    '*',
    '\\',
  ),
  fc.string({ unit: fc.constantFrom('x', 'y', '*', '\\'), maxLength: 6 }),
);
const numbers = fc.constantFrom(0, -0, 1, 1.5, -1, 5, 10, 5.0, 100_000, 0.1, 1e-7, 123_456_789_012, 3.018e2);
const scalars = fc.oneof(texts, numbers, fc.constantFrom(true, false, null));

const cidrs = fc.constantFrom(
  '10.0.0.0/24',
  '10.0.0.1/8',
  '0.0.0.0/0',
  '10.0.0.0/31',
  '10.0.0.1/32',
  '::/0',
  '2001:db8::/32',
  '::1/127',
  '::1/128',
  '10.0.0.0',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  'x/8',
  '/8',
  '010.0.0.0/8',
  '::ffff:a00:0/24',
  '10.0.0.0/+8',
);
const affixes = fc.oneof(
  texts,
  texts.map((text) => ({ 'equals-ignore-case': text })),
  fc.constantFrom<Json>({}, 5, null, ['x'], { wildcard: 'x' }, { 'equals-ignore-case': 5 }),
);
const signs = fc.constantFrom('<', '<=', '>', '>=', '=', '~');
const limits = fc.oneof(numbers, fc.constantFrom<Json>('5', null));
const ranges = fc.oneof(
  fc.tuple(signs, limits),
  fc.tuple(signs, numbers, signs, numbers),
  fc.tuple(fc.constantFrom('>', '>='), numbers, fc.constantFrom('<', '<='), numbers),
  fc.constantFrom<Json>([], ['='], ['>', 1, '<'], ['>', 1, '<', 2, '=', 1], 5, '5', {}),
);
const oneOrMore = <T extends Json>(values: fc.Arbitrary<T>) =>
  fc.oneof<fc.Arbitrary<Json>[]>(values, fc.array(values, { minLength: 1, maxLength: 3 }));
const exceptions = fc.oneof(
  oneOrMore(texts),
  oneOrMore(numbers),
  oneOrMore(scalars),
  fc.constant([]),
  fc
    .tuple(
      fc.constantFrom('prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'numeric', 'exists'),
      oneOrMore(fc.oneof({ weight: 9, arbitrary: texts }, { weight: 1, arbitrary: scalars })),
    )
    .map(([operator, argument]) => ({ [operator]: argument })),
);

const operators: fc.Arbitrary<Json> = fc.oneof<fc.Arbitrary<Json>[]>(
  fc.boolean().map((exists) => ({ exists })),
  affixes.map((prefix) => ({ prefix })),
  affixes.map((suffix) => ({ suffix })),
  texts.map((text) => ({ 'equals-ignore-case': text })),
  texts.map((wildcard) => ({ wildcard })),
  texts.map((exactly) => ({ exactly })),
  cidrs.map((cidr) => ({ cidr })),
  ranges.map((numeric) => ({ numeric })),
  exceptions.map((exception) => ({ 'anything-but': exception })),
  fc.constantFrom<Json>({ exists: 1 }, { exists: null }, { contains: 'x' }, {}, ['x'], {
    prefix: 'x',
    suffix: 'y',
  }),
);
const fieldValues = fc.array(
  fc.oneof({ weight: 1, arbitrary: scalars }, { weight: 2, arbitrary: operators }),
  {
    maxLength: 3,
  },
);

/** Patterns. About half of them are valid. */
export const arbitraryPatterns: fc.Arbitrary<JsonObject> = fc.letrec<{ pattern: JsonObject }>((tie) => ({
  pattern: fc.dictionary(
    fc.oneof({ weight: 8, arbitrary: names }, { weight: 2, arbitrary: fc.constant('$or') }),
    fc.oneof({ depthSize: 'small' }, fieldValues, tie('pattern')),
    { minKeys: 0, maxKeys: 3 },
  ),
})).pattern;

/** Patterns that are nearly always valid, with alternatives and absent fields. */
export const arbitraryStructures: fc.Arbitrary<JsonObject> = fc.letrec<{ pattern: JsonObject }>((tie) => {
  const values = fc.array(fc.constantFrom<Json>(1, 2, 'x', { exists: false }, { exists: true }), {
    minLength: 1,
    maxLength: 2,
  });
  const inner = fc.oneof({ maxDepth: 3 }, values, tie('pattern'));
  const members = fc.dictionary(names, inner, { minKeys: 1, maxKeys: 3 });
  const choices = fc.array(members, { minLength: 2, maxLength: 3 });
  return {
    pattern: fc.oneof(
      { weight: 3, arbitrary: members },
      { weight: 1, arbitrary: fc.tuple(members, choices).map(([rest, $or]) => ({ ...rest, $or })) },
    ),
  };
}).pattern;

/** Events with lists of objects, lists of lists, and the values that patterns name. */
export const arbitraryEvents: fc.Arbitrary<JsonObject> = fc.letrec<{ event: JsonObject; value: Json }>(
  (tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.oneof(scalars, fc.constantFrom<Json>(1, 2, 'x')),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('event'),
    ),
    event: fc.dictionary(memberNames, tie('value'), { maxKeys: 3 }),
  }),
).event;
