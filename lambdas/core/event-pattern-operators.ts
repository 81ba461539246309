import { cidrTest } from './event-pattern-address.ts';
import {
  numericTest,
  type Refuse,
  refuseArgument,
  refuseNumber,
  type Test,
} from './event-pattern-numeric.ts';
import { ignoringCase, regExpTest, wildcardParts } from './event-pattern-texts.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { matchesParts } from './wildcard.ts';

/** Tests one value of an event. If `onAbsent`, it matches when the field has no value. */
export interface ValueTest {
  readonly onAbsent: boolean;
  readonly matches: Test;
  /** How many values it compares with. */
  readonly operatorCount: number;
}

export interface OperatorOptions {
  readonly numericTexts?: boolean;
  /** Reads an address. Many ranges are often compared with one value, so it remembers the last. */
  readonly addressDigits: (text: string) => string | undefined;
}

const oneOperator = 'a value must be a scalar or one operator';

/** Compiles an operator. Calls `refuse` for an unknown operator or an invalid argument. */
export function compileOperator(item: Json, options: OperatorOptions, refuse: Refuse): ValueTest {
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

function compileTest(operator: string, argument: Json, options: OperatorOptions, refuse: Refuse): Test {
  if (operator === 'anything-but') return anythingBut(argument, options, refuse);
  if (operator === 'numeric') return numericTest(argument, options, refuse);
  if (operator === 'prefix' || operator === 'suffix') return affixTest(operator, argument, refuse);
  if (operator === 'cidr' && typeof argument === 'string')
    return cidrTest(argument, options.addressDigits) ?? refuse(cidrAllowed);
  const compile = textTests.get(operator);
  if (operator === 'cidr') return refuseArgument(operator, refuse);
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
]);

const cidrAllowed = 'cidr needs <address>/<bits>, up to 31 bits for IPv4 and 127 for IPv6';

/** Matches an existing value that equals none of the given ones. */
function anythingBut(argument: Json, options: OperatorOptions, refuse: Refuse): Test {
  if (!isJsonObject(argument)) {
    const values = isJsonArray(argument) ? argument : [argument];
    const types = new Set(values.map((value) => typeof value));
    if (types.size !== 1 || !(types.has('string') || types.has('number')))
      return refuse('anything-but needs texts alone or numbers alone, at least one');
    for (const value of values) refuseNumber(value, refuse);
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

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

/** AWS refuses these names as fields inside `$or`, whether they are operators or may become one. */
export const reservedNames = new Set(
  [
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >=',
    'regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before',
    'in-date-range ip-address-in-range ip-address-not-in-range',
  ].flatMap((names) => names.split(' ')),
);
