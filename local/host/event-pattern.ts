import * as v from 'valibot';
import { compileOperator, type ValueTest } from './pattern-operators.ts';

/**
 * Event patterns of EventBridge and filters of Lambda event source mappings.
 * Semantics: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * A field matches when any value of its list does; a list in the event matches when any of its elements does; an absent
 * field matches nothing but `{"exists": false}`.
 */
export type Matcher = (event: unknown) => boolean;

/** @throws Error naming the operator or the place in the pattern that is not supported */
export function compilePattern(pattern: unknown): Matcher {
  const matches = compileObject(v.parse(v.record(v.string(), v.unknown()), pattern), '');
  return (event) => matches(event);
}

function compileObject(pattern: Readonly<Record<string, unknown>>, path: string): Matcher {
  const tests = Object.entries(pattern).map(([key, value]) =>
    key === '$or' ? compileOr(value, path) : compileField(key, value, `${path}/${key}`),
  );
  return function matches(event: unknown): boolean {
    // Fields of one pattern object must match within the same element of a list.
    if (Array.isArray(event)) return event.some(matches);
    return tests.every((test) => test(event));
  };
}

function compileOr(alternatives: unknown, path: string): Matcher {
  const parsed = v.safeParse(
    v.pipe(v.array(v.record(v.string(), v.unknown())), v.minLength(2)),
    alternatives,
  );
  if (!parsed.success) throw new Error(`${path}/$or must be a list of at least two objects`);
  const matchers = parsed.output.map((alternative, index) =>
    compileObject(alternative, `${path}/$or/${index}`),
  );
  return (event) => matchers.some((matches) => matches(event));
}

function compileField(key: string, value: unknown, path: string): Matcher {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new Error(`${path} is an empty list, which matches nothing`);
    const tests = value.map((item: unknown) => compileOperator(item, path));
    return (event) => matchesAny(tests, leavesOf(fieldOf(event, key)));
  }
  const nested = v.safeParse(v.record(v.string(), v.unknown()), value);
  if (!nested.success) throw new Error(`${path} must be a list of values or an object`);
  const matches = compileObject(nested.output, path);
  return (event) => matches(fieldOf(event, key));
}

function matchesAny(tests: readonly ValueTest[], leaves: readonly unknown[]): boolean {
  return tests.some((test) =>
    test.onAbsent ? leaves.length === 0 : leaves.some((leaf) => test.matches(leaf)),
  );
}

function fieldOf(event: unknown, key: string): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return undefined;
  return Object.entries(event).find(([name]) => name === key)?.[1];
}

/** The values at a field: operators, `exists` among them, see leaves only, so an object counts as absent. */
function leavesOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return typeof value === 'object' && value !== null ? [] : [value];
}
