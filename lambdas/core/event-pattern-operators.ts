import { cidrTest } from './event-pattern-address.ts';
import {
  numericTest,
  type Refuse,
  refuseArgument,
  refuseNumber,
  type Test,
} from './event-pattern-numeric.ts';
import type { FieldOptions } from './event-pattern-readers.ts';
import {
  endsIgnoringCase,
  equalsIgnoringCase,
  startsIgnoringCase,
  wildcardParts,
} from './event-pattern-texts.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { partsTest } from './wildcard.ts';

/** Tests one value of an event. If `onAbsent`, it matches when the field has no value. */
export interface ValueTest {
  readonly onAbsent: boolean;
  readonly matches: Test;
  /** How many values it compares with. */
  readonly operatorCount: number;
}

const oneOperator = 'a value must be a scalar or one operator';

/** Compiles an operator. Calls `refuse` for an unknown operator or an invalid argument. */
export function compileOperator(item: Json, options: FieldOptions, refuse: Refuse): ValueTest {
  const [entry, ...more] = isJsonObject(item) ? Object.entries(item) : [];
  const operatorCount = operatorsIn(item);
  if (!entry || more.length > 0) return { onAbsent: false, matches: refuse(oneOperator), operatorCount };
  const [operator, argument] = entry;
  if (operator !== 'exists')
    return { onAbsent: false, matches: compileTest(operator, argument, options, refuse), operatorCount };
  if (typeof argument !== 'boolean')
    return { onAbsent: false, matches: refuseArgument(operator, refuse), operatorCount };
  return { onAbsent: !argument, matches: () => argument, operatorCount };
}

/** Counts the texts in `{"anything-but": {"prefix": […]}}`, and the asterisks of each wildcard. */
function operatorsIn(item: Json): number {
  if (!isJsonObject(item)) return 1;
  const counts = Object.entries(item).map(([operator, argument]) => {
    if (isJsonObject(argument)) return operatorsIn(argument);
    const texts = isJsonArray(argument) && operator !== 'numeric' ? argument : [argument];
    if (operator === 'anything-but') return 1;
    return texts.reduce<number>((sum, text) => sum + (operator === 'wildcard' ? asterisksIn(text) : 1), 0);
  });
  return Math.max(1, ...counts);
}

function asterisksIn(text: Json): number {
  return typeof text === 'string' ? Math.max(1, text.split('*').length - 1) : 1;
}

function compileTest(operator: string, argument: Json, options: FieldOptions, refuse: Refuse): Test {
  if (operator === 'anything-but') return anythingBut(argument, options, refuse);
  if (operator === 'numeric') return numericTest(argument, options, refuse);
  if (operator === 'prefix' || operator === 'suffix') return affixTest(operator, argument, refuse);
  if (operator === 'cidr' && typeof argument === 'string')
    return inRange(argument, options) ?? refuse(cidrAllowed);
  const compile = textTests.get(operator);
  if (operator === 'cidr') return refuseArgument(operator, refuse);
  if (!compile) return refuse(`the operator "${operator}" is not supported`);
  return typeof argument === 'string' ? compile(argument, refuse) : refuseArgument(operator, refuse);
}

/** Operators with a text as argument. */
const textTests = new Map<string, (argument: string, refuse: Refuse) => Test>([
  ['exactly', (argument) => (value) => value === argument],
  ['equals-ignore-case', (argument) => onText(equalsIgnoringCase(argument))],
  [
    'wildcard',
    (argument, refuse) => {
      const parts = wildcardParts(argument);
      if (!parts) return refuse('wildcard allows no ** and a backslash only before * and itself');
      return onText(partsTest(parts));
    },
  ],
]);

function inRange(range: string, { addressOf }: FieldOptions): Test | undefined {
  const isInside = cidrTest(range);
  if (!isInside) return undefined;
  return (value) => {
    const address = typeof value === 'string' ? addressOf(value) : undefined;
    return address !== undefined && isInside(address);
  };
}

const cidrAllowed = 'cidr needs <address>/<bits>, up to 31 bits for IPv4 and 127 for IPv6';

/** Matches an existing value that equals none of the given ones. */
function anythingBut(argument: Json, options: FieldOptions, refuse: Refuse): Test {
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
    return onText(
      operator === 'prefix' ? (value) => value.startsWith(argument) : (value) => value.endsWith(argument),
    );
  const [[name, text] = [], ...more] = isJsonObject(argument) ? Object.entries(argument) : [];
  if (name !== 'equals-ignore-case' || typeof text !== 'string' || more.length > 0)
    return refuseArgument(operator, refuse);
  return onText(operator === 'prefix' ? startsIgnoringCase(text) : endsIgnoringCase(text));
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
