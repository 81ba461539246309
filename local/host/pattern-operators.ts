import { BlockList, isIP } from 'node:net';
import * as v from 'valibot';

/** A test of one value of an event; `onAbsent` tests are asked whether there is no value at all. */
export interface ValueTest {
  readonly onAbsent: boolean;
  readonly matches: (value: unknown) => boolean;
}

type Test = (value: unknown) => boolean;

const scalar = v.union([v.string(), v.number(), v.boolean(), v.null()]);
const texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform((given) => (typeof given === 'string' ? [given] : given)),
);
const affix = v.union([v.string(), v.strictObject({ 'equals-ignore-case': v.string() })]);

/** @throws Error naming an operator that is unknown, or has an argument that EventBridge refuses */
export function compileOperator(item: unknown, path: string): ValueTest {
  if (v.is(scalar, item)) return { onAbsent: false, matches: (value) => value === item };
  const [operator, argument] = singleEntry(item, path);
  if (operator === 'exists')
    return { onAbsent: !parse(v.boolean(), argument, path, operator), matches: () => true };
  return { onAbsent: false, matches: compileTest(operator, argument, path) };
}

function compileTest(operator: string, argument: unknown, path: string): Test {
  const given = <Schema extends v.GenericSchema>(schema: Schema) => parse(schema, argument, path, operator);
  switch (operator) {
    case 'prefix':
      return affixTest(given(affix), (value, part) => value.startsWith(part));
    case 'suffix':
      return affixTest(given(affix), (value, part) => value.endsWith(part));
    case 'equals-ignore-case': {
      const expected = given(v.string()).toLowerCase();
      return onText((value) => value.toLowerCase() === expected);
    }
    case 'wildcard': {
      const expression = wildcard(given(v.string()));
      return onText((value) => expression.test(value));
    }
    case 'numeric':
      return numericTest(given(v.array(v.union([v.string(), v.number()]))), path);
    case 'cidr':
      return cidrTest(given(v.string()), path);
    case 'anything-but':
      return anythingBut(argument, path);
    default:
      throw new Error(`${path}: the operator "${operator}" is not supported`);
  }
}

/** A value matches when it is there and is none of what is given. */
function anythingBut(argument: unknown, path: string): Test {
  const values = v.safeParse(
    v.union([v.string(), v.number(), v.array(v.union([v.string(), v.number()]))]),
    argument,
  );
  if (values.success) {
    const excluded = new Set<unknown>(Array.isArray(values.output) ? values.output : [values.output]);
    return (value) => !excluded.has(value);
  }
  const [operator, inner] = singleEntry(argument, path);
  if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(operator)) {
    throw new Error(`${path}: the operator "anything-but ${operator}" is not supported`);
  }
  const list = v.safeParse(texts, inner);
  const excluded = (list.success ? list.output : [inner]).map((part) => compileTest(operator, part, path));
  return (value) => !excluded.some((test) => test(value));
}

function affixTest(
  given: v.InferOutput<typeof affix>,
  compare: (value: string, part: string) => boolean,
): Test {
  if (typeof given === 'string') return onText((value) => compare(value, given));
  const part = given['equals-ignore-case'].toLowerCase();
  return onText((value) => compare(value.toLowerCase(), part));
}

const comparisons = new Map<unknown, (value: number, limit: number) => boolean>([
  ['=', (value, limit) => value === limit],
  ['<', (value, limit) => value < limit],
  ['<=', (value, limit) => value <= limit],
  ['>', (value, limit) => value > limit],
  ['>=', (value, limit) => value >= limit],
]);

/** `[">", 0, "<=", 5]`: pairs of comparison and limit, all of which must hold. */
function numericTest(parts: readonly (string | number)[], path: string): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = comparisons.get(parts[index]);
    const limit = parts[index + 1];
    if (compare === undefined || typeof limit !== 'number') {
      throw new Error(`${path}: numeric needs pairs of =, <, <=, >, >= and a number`);
    }
    tests.push((value) => compare(value, limit));
  }
  if (tests.length === 0) throw new Error(`${path}: numeric needs at least one comparison`);
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function cidrTest(range: string, path: string): Test {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  if (family === 0 || !/^\d+$/.test(bits)) throw new Error(`${path}: cidr needs <address>/<bits>`);
  const type = family === 6 ? 'ipv6' : 'ipv4';
  const block = new BlockList();
  block.addSubnet(network, Number(bits), type);
  return onText((value) => isIP(value) === family && block.check(value, type));
}

/** `*` stands for any run of characters, `\*` and `\\` for themselves. */
function wildcard(pattern: string): RegExp {
  const parts = pattern.match(/\\[\\*]|[^]/g) ?? [];
  const source = parts.map((part) =>
    part === '*' ? '[^]*' : literal(part.length === 2 ? part.slice(1) : part),
  );
  return new RegExp(`^${source.join('')}$`);
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}

function onText(test: (value: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function singleEntry(item: unknown, path: string): [string, unknown] {
  const entries =
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.entries(item) : [];
  const [only] = entries;
  if (only === undefined || entries.length > 1)
    throw new Error(`${path}: a value must be a scalar or one operator`);
  return only;
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  argument: unknown,
  path: string,
  operator: string,
) {
  const parsed = v.safeParse(schema, argument);
  if (!parsed.success) throw new Error(`${path}: "${operator}" got an argument that is not supported`);
  return parsed.output;
}
