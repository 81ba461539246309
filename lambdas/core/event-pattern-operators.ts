import { cidrTest } from './event-pattern-cidr.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { matchesParts } from './wildcard.ts';

/** Tests one value of an event. `onAbsent`: an absent field matches. */
export interface ValueTest {
  readonly onAbsent: boolean;
  readonly matches: (value: unknown) => boolean;
}

type Test = (value: unknown) => boolean;
/** Reports a problem of the pattern. Returns a test that matches nothing. */
export type Refuse = (problem: string) => Test;

/**
 * Compiles one value of a pattern. Calls `refuse` for an unknown operator or an invalid argument.
 */
export function compileOperator(item: Json, refuse: Refuse): ValueTest {
  if (!isJsonObject(item) && !isJsonArray(item))
    return { onAbsent: false, matches: (value) => value === item };
  const [operator, argument, ...more] = Object.entries(item).flat();
  if (isJsonArray(item) || typeof operator !== 'string' || argument === undefined || more.length > 0)
    return { onAbsent: false, matches: refuse('a value must be a scalar or one operator') };
  if (operator !== 'exists') return { onAbsent: false, matches: compileTest(operator, argument, refuse) };
  if (typeof argument !== 'boolean') return { onAbsent: false, matches: refuseArgument(operator, refuse) };
  return { onAbsent: !argument, matches: () => true };
}

function refuseArgument(operator: string, refuse: Refuse): Test {
  return refuse(`"${operator}" got an argument that is not supported`);
}

function compileTest(operator: string, argument: Json, refuse: Refuse): Test {
  if (operator === 'anything-but') return anythingBut(argument, refuse);
  if (operator === 'numeric') return numericTest(argument, refuse);
  if (operator === 'prefix' || operator === 'suffix') return affixTest(operator, argument, refuse);
  const compile = textTests.get(operator);
  if (!compile) return refuse(`the operator "${operator}" is not supported`);
  return typeof argument === 'string' ? compile(argument, refuse) : refuseArgument(operator, refuse);
}

/** Operators that take a string. */
const textTests = new Map<string, (argument: string, refuse: Refuse) => Test>([
  [
    'equals-ignore-case',
    (argument) => {
      const expected = argument.toLowerCase();
      return onText((value) => value.toLowerCase() === expected);
    },
  ],
  [
    'wildcard',
    (argument) => {
      const parts = wildcardParts(argument);
      return onText((value) => matchesParts(parts, value));
    },
  ],
  ['cidr', (argument, refuse) => cidrTest(argument) ?? refuse('cidr needs <address>/<bits>')],
]);

/** Matches an existing value that equals none of the given ones. */
function anythingBut(argument: Json, refuse: Refuse): Test {
  const values = isJsonArray(argument) ? argument : [argument];
  if (values.every((value) => typeof value === 'string' || typeof value === 'number')) {
    const excluded = new Set<unknown>(values);
    return (value) => !excluded.has(value);
  }
  const [operator = '', inner, ...more] = isJsonObject(argument) ? Object.entries(argument).flat() : [];
  if (typeof operator !== 'string' || inner === undefined || more.length > 0)
    return refuse('a value must be a scalar or one operator');
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator))
    return refuse(`the operator "anything-but ${operator}" is not supported`);
  const parts = isJsonArray(inner) ? inner : [inner];
  const excluded = parts.map((part) => compileTest(operator, part, refuse));
  return (value) => !excluded.some((test) => test(value));
}

function affixTest(operator: 'prefix' | 'suffix', argument: Json, refuse: Refuse): Test {
  const has = (value: string, part: string) =>
    operator === 'prefix' ? value.startsWith(part) : value.endsWith(part);
  if (typeof argument === 'string') return onText((value) => has(value, argument));
  const [name, text, ...more] = isJsonObject(argument) ? Object.entries(argument).flat() : [];
  if (name !== 'equals-ignore-case' || typeof text !== 'string' || more.length > 0)
    return refuseArgument(operator, refuse);
  const part = text.toLowerCase();
  return onText((value) => has(value.toLowerCase(), part));
}

const comparisons = new Map<unknown, (value: number, limit: number) => boolean>([
  ['=', (value, limit) => value === limit],
  ['<', (value, limit) => value < limit],
  ['<=', (value, limit) => value <= limit],
  ['>', (value, limit) => value > limit],
  ['>=', (value, limit) => value >= limit],
]);

/** `[">", 0, "<=", 5]`: pairs of comparison and limit. Every comparison must hold. */
function numericTest(argument: Json, refuse: Refuse): Test {
  if (!isJsonArray(argument)) return refuseArgument('numeric', refuse);
  if (argument.length === 0) return refuse('numeric needs at least one comparison');
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const compare = comparisons.get(argument[index]);
    const limit = argument[index + 1];
    if (compare === undefined || typeof limit !== 'number')
      return refuse('numeric needs pairs of =, <, <=, >, >= and a number');
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

/** Splits a pattern at its asterisks. `\*` and `\\` are literal characters. */
function wildcardParts(pattern: string): readonly string[] {
  const parts = [''];
  for (const token of pattern.match(/\\[\\*]|[^]/g) ?? []) {
    if (token === '*') parts.push('');
    else parts.push(`${parts.pop()}${token.length === 2 ? token.slice(1) : token}`);
  }
  return parts;
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}
