import { compareParsed, decimalOf } from './decimal.ts';
import type { FieldOptions } from './event-pattern-readers.ts';
import { ExactNumber } from './exact-number.ts';
import { isJsonArray, type Json } from './json.ts';

export type Test = (value: unknown) => boolean;
/** Reports a problem of the pattern, and returns a test that matches nothing. */
export type Refuse = (problem: string) => Test;

export function refuseArgument(operator: string, refuse: Refuse): Test {
  return refuse(`"${operator}" got an argument that is not supported`);
}

/** DynamoDB, the SDK and JavaScript hold these numbers exactly. */
export function refuseNumber(value: Json, refuse: Refuse): void {
  if (typeof value !== 'number' && !(value instanceof ExactNumber)) return;
  const size = value instanceof ExactNumber ? Number.NaN : Math.abs(value);
  if (!(size === 0 || (size >= 1e-130 && size <= Number.MAX_SAFE_INTEGER)))
    refuse(
      `the number ${String(value)}; allowed: 0, and 1e-130 to ${Number.MAX_SAFE_INTEGER}, with any sign`,
    );
}

const comparisons = new Map<unknown, (order: number) => boolean>([
  ['=', (order) => order === 0],
  ['<', (order) => order < 0],
  ['<=', (order) => order <= 0],
  ['>', (order) => order > 0],
  ['>=', (order) => order >= 0],
]);

const numericAllowed =
  'numeric needs one of =, <, <=, >, >= and a number, or a range such as [">", 0, "<=", 5] with the lower limit first';

/** One comparison, or a lower and then a higher limit. */
export function numericTest(argument: Json, options: FieldOptions, refuse: Refuse): Test {
  if (!isJsonArray(argument)) return refuseArgument('numeric', refuse);
  const [operator, limit, upperOperator, upper, ...more] = argument;
  const compare = comparisons.get(operator);
  const isRange = argument.length === 4;
  const compareUpper = comparisons.get(upperOperator);
  if (limit instanceof ExactNumber || upper instanceof ExactNumber) {
    refuseNumber(limit ?? null, refuse);
    refuseNumber(upper ?? null, refuse);
    return () => false;
  }
  if (!compare || typeof limit !== 'number' || more.length > 0 || argument.length === 3)
    return refuse(numericAllowed);
  refuseNumber(limit, refuse);
  const test = comparing(compare, limit, options);
  if (!isRange) return test;
  const isOrdered = typeof upper === 'number' && limit < upper;
  const isLower = operator === '>' || operator === '>=';
  if (!compareUpper || !isLower || !isOrdered || !(upperOperator === '<' || upperOperator === '<='))
    return refuse(numericAllowed);
  refuseNumber(upper, refuse);
  const testUpper = comparing(compareUpper, upper, options);
  return (value) => test(value) && testUpper(value);
}

function comparing(
  isMet: (order: number) => boolean,
  limit: number,
  { numericTexts, numericTextOf }: FieldOptions,
): Test {
  const exactLimit = decimalOf(String(limit));
  return (value) => {
    if (typeof value === 'number') return isMet(value - limit);
    if (value instanceof ExactNumber) return isMet(compareParsed(decimalOf(value.text), exactLimit));
    const text = numericTexts && typeof value === 'string' ? numericTextOf(value) : undefined;
    if (!text) return false;
    // Only what rounds to the same number is compared further.
    return isMet(text.rounded === limit ? compareParsed(text.exact(), exactLimit) : text.rounded - limit);
  };
}
