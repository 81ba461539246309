import * as fc from 'fast-check';
import { ExactNumber } from '../../lambdas/core/exact-number.ts';
import type { Json, JsonObject } from '../../lambdas/core/json.ts';

/**
 * Few names, so that two objects share some. Each is an edge case of pointers, prototypes or
 * sorting.
 */
const memberName = fc.constantFrom(
  'a',
  'b',
  'A',
  '',
  '/',
  '~',
  '~1',
  'a/b',
  '0',
  '10',
  '9',
  '__proto__',
  'constructor',
  'é',
);

const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(null, true, false, '', 'null', 'String'),
  fc.integer({ min: -2, max: 2 }),
  fc.string({ maxLength: 4 }),
  fc
    .constantFrom('9007199254740993', '12345678901234567890', '1e400', '10e399')
    .map((text) => new ExactNumber(text)),
);

const { json, object } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('json'), { maxLength: 4 }), tie('object')),
  object: fc
    .array(fc.tuple(memberName, tie('json')), { maxLength: 5 })
    .map((members): JsonObject => Object.fromEntries(members)),
}));

/** Any JSON value. */
export const anyJson: fc.Arbitrary<Json> = json;
/** Any JSON object. Two of them often share members. */
export const anyJsonObject: fc.Arbitrary<JsonObject> = object;
