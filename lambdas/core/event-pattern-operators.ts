import { compareDecimals, isDecimal } from './decimal.ts';
import { cidrTest } from './event-pattern-address.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { matchesParts } from './wildcard.ts';

/** Tests one value of an event. If `onAbsent`, it matches when the field has no value. */
export interface ValueTest {
  readonly onAbsent: boolean;
  readonly matches: Test;
  /** How many values it compares with. */
  readonly operatorCount: number;
}

type Test = (value: unknown) => boolean;
/** Reports a problem of the pattern, and returns a test that matches nothing. */
export type Refuse = (problem: string) => Test;

interface Options {
  readonly numericTexts?: boolean;
}

const oneOperator = 'a value must be a scalar or one operator';

/** Compiles an operator. Calls `refuse` for an unknown operator or an invalid argument. */
export function compileOperator(item: Json, options: Options, refuse: Refuse): ValueTest {
  const [entry, ...more] = isJsonObject(item) ? Object.entries(item) : [];
  const operatorCount = Math.max(1, listsIn(item));
  if (!entry || more.length > 0) return { onAbsent: false, matches: refuse(oneOperator), operatorCount };
  const [operator, argument] = entry;
  if (operator !== 'exists')
    return { onAbsent: false, matches: compileTest(operator, argument, options, refuse), operatorCount };
  if (typeof argument !== 'boolean')
    return { onAbsent: false, matches: refuseArgument(operator, refuse), operatorCount };
  return { onAbsent: !argument, matches: () => argument, operatorCount };
}

/** The length of a list of texts in `{"anything-but": {"prefix": […]}}`. */
function listsIn(item: Json): number {
  if (!isJsonObject(item)) return 0;
  return Object.values(item).reduce<number>((sum, each) => {
    if (!isJsonObject(each)) return sum;
    return (
      sum +
      Object.values(each)
        .filter(isJsonArray)
        .reduce((inner, { length }) => inner + length, 0)
    );
  }, 0);
}

function refuseArgument(operator: string, refuse: Refuse): Test {
  return refuse(`"${operator}" got an argument that is not supported`);
}

/** DynamoDB, the SDK and JavaScript hold these numbers exactly. */
export function refuseNumber(value: number, refuse: Refuse): void {
  const size = Math.abs(value);
  if (!(size === 0 || (size >= 1e-130 && size <= Number.MAX_SAFE_INTEGER)))
    refuse(`the number ${value}; allowed: 0, and 1e-130 to ${Number.MAX_SAFE_INTEGER}, with any sign`);
}

function compileTest(operator: string, argument: Json, options: Options, refuse: Refuse): Test {
  if (operator === 'anything-but') return anythingBut(argument, options, refuse);
  if (operator === 'numeric') return numericTest(argument, options, refuse);
  if (operator === 'prefix' || operator === 'suffix') return affixTest(operator, argument, refuse);
  const compile = textTests.get(operator);
  if (!compile) return refuse(`the operator "${operator}" is not supported`);
  return typeof argument === 'string' ? compile(argument, refuse) : refuseArgument(operator, refuse);
}

/** Operators with a text as argument. */
const textTests = new Map<string, (argument: string, refuse: Refuse) => Test>([
  ['exactly', (argument) => (value) => value === argument],
  ['equals-ignore-case', (argument) => onText(regExpTest(`^${ignoringCase(argument)}$`))],
  [
    'wildcard',
    (argument, refuse) => {
      const parts = wildcardParts(argument);
      if (!parts) return refuse('wildcard allows no ** and a backslash only before * and itself');
      return onText((value) => matchesParts(parts, value));
    },
  ],
  ['cidr', (argument, refuse) => cidrTest(argument) ?? refuse(cidrAllowed)],
]);

const cidrAllowed = 'cidr needs <address>/<bits>, up to 31 bits for IPv4 and 127 for IPv6';

/** Matches an existing value that equals none of the given ones. */
function anythingBut(argument: Json, options: Options, refuse: Refuse): Test {
  if (!isJsonObject(argument)) {
    const values = isJsonArray(argument) ? argument : [argument];
    const types = new Set(values.map((value) => typeof value));
    if (types.size !== 1 || !(types.has('string') || types.has('number')))
      return refuse('anything-but needs texts alone or numbers alone, at least one');
    for (const value of values) if (typeof value === 'number') refuseNumber(value, refuse);
    const excluded = new Set<unknown>(values);
    return (value) => !excluded.has(value);
  }
  const [entry, ...more] = Object.entries(argument);
  if (!entry || more.length > 0) return refuse(oneOperator);
  const [operator, inner] = entry;
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator))
    return refuse(`the operator "anything-but ${operator}" is not supported`);
  const parts = isJsonArray(inner) ? inner : [inner];
  const isAffix = operator === 'prefix' || operator === 'suffix';
  if (
    parts.length === 0 ||
    !parts.every((part) => typeof part === 'string') ||
    (isAffix && parts.includes(''))
  )
    return refuseArgument(`anything-but ${operator}`, refuse);
  const excluded = parts.map((part) => compileTest(operator, part, options, refuse));
  return (value) => !excluded.some((test) => test(value));
}

function affixTest(operator: 'prefix' | 'suffix', argument: Json, refuse: Refuse): Test {
  if (typeof argument === 'string')
    return onText((value) => (operator === 'prefix' ? value.startsWith(argument) : value.endsWith(argument)));
  const [[name, text] = [], ...more] = isJsonObject(argument) ? Object.entries(argument) : [];
  if (name !== 'equals-ignore-case' || typeof text !== 'string' || more.length > 0)
    return refuseArgument(operator, refuse);
  return onText(regExpTest(operator === 'prefix' ? `^${ignoringCase(text)}` : `${ignoringCase(text)}$`));
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
function numericTest(argument: Json, { numericTexts = false }: Options, refuse: Refuse): Test {
  if (!isJsonArray(argument)) return refuseArgument('numeric', refuse);
  const [operator, limit, upperOperator, upper, ...more] = argument;
  const compare = comparisons.get(operator);
  const isRange = argument.length === 4;
  const compareUpper = comparisons.get(upperOperator);
  if (!compare || typeof limit !== 'number' || more.length > 0 || argument.length === 3)
    return refuse(numericAllowed);
  refuseNumber(limit, refuse);
  const test = comparing(compare, limit, numericTexts);
  if (!isRange) return test;
  const isOrdered = typeof upper === 'number' && limit < upper;
  const isLower = operator === '>' || operator === '>=';
  if (!compareUpper || !isLower || !isOrdered || !(upperOperator === '<' || upperOperator === '<='))
    return refuse(numericAllowed);
  refuseNumber(upper, refuse);
  const testUpper = comparing(compareUpper, upper, numericTexts);
  return (value) => test(value) && testUpper(value);
}

function comparing(isMet: (order: number) => boolean, limit: number, numericTexts: boolean): Test {
  return (value) => {
    if (typeof value === 'number') return isMet(value - limit);
    return (
      numericTexts && typeof value === 'string' && isDecimal(value) && isMet(compareDecimals(value, limit))
    );
  };
}

/**
 * Splits a pattern at its asterisks. `\*` and `\\` are literal characters. Returns undefined for
 * what AWS refuses.
 */
function wildcardParts(pattern: string): readonly string[] | undefined {
  const parts = [''];
  const tokens = pattern.match(/\\[^]?|[^]/g) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (token.startsWith('\\') && token !== '\\*' && token !== '\\\\') return undefined;
    if (token === '*' && tokens[index + 1] === '*') return undefined;
    if (token === '*') parts.push('');
    else parts.push(`${parts.pop()}${token.length === 2 ? token.slice(1) : token}`);
  }
  return parts;
}

/**
 * A regular expression for a text in any case. Each UTF-16 character is compared by itself, as AWS
 * does: in upper case, a letter may become two.
 */
function ignoringCase(text: string): string {
  return text
    .split('')
    .map((character) => {
      const forms = [...new Set([character.toLowerCase(), character.toUpperCase()])].map(escaped);
      return forms.length === 1 ? forms[0] : `(?:${forms.join('|')})`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}

function regExpTest(source: string): (value: string) => boolean {
  const expression = new RegExp(source);
  return (value) => expression.test(value);
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}
