import { compileOperator, type Refuse, type ValueTest } from './event-pattern-operators.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Event patterns of EventBridge, filters of Lambda event source mappings, and filters of endpoints.
 * Semantics:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * A field matches if any value of its list matches. A list in the event matches if any element
 * does. An absent field matches `{"exists": false}` only.
 */
export type Matcher = (event: unknown) => boolean;

/** @throws Error that names the invalid places of the pattern */
export function compilePattern(pattern: unknown): Matcher {
  const { matches, problems } = parsePattern(pattern);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return matches;
}

/**
 * Returns a matcher and the problems of the pattern. Each problem names its place, as a JSON
 * Pointer, and what is allowed.
 */
export function parsePattern(pattern: unknown): {
  readonly matches: Matcher;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  if (!isJsonObject(pattern)) return { matches: () => false, problems: ['a pattern must be an object'] };
  const matches = compileObject(pattern, '', problems);
  return { matches: (event) => matches(event), problems };
}

function compileObject(pattern: JsonObject, path: string, problems: string[]): Matcher {
  const tests = Object.entries(pattern).map(([key, value]) =>
    key === '$or' ? compileOr(value, path, problems) : compileField(key, value, `${path}/${key}`, problems),
  );
  return function matches(event: unknown): boolean {
    // All fields of a pattern object must match in the same element of a list. An empty list has no
    // fields.
    if (Array.isArray(event) && event.length > 0) return event.some(matches);
    return tests.every((test) => test(event));
  };
}

function problemAt(path: string, problems: string[]): Refuse {
  return (problem) => {
    problems.push(`${path}: ${problem}`);
    return () => false;
  };
}

function compileOr(alternatives: Json, path: string, problems: string[]): Matcher {
  const isList = isJsonArray(alternatives) && alternatives.length > 1;
  if (!isList || !alternatives.every(isJsonObject))
    return problemAt(`${path}/$or`, problems)('must be a list of at least two objects');
  const matchers = alternatives.map((alternative, index) =>
    compileObject(alternative, `${path}/$or/${index}`, problems),
  );
  return (event) => matchers.some((matches) => matches(event));
}

function compileField(key: string, value: Json, path: string, problems: string[]): Matcher {
  const refuse = problemAt(path, problems);
  if (isJsonObject(value)) {
    const matches = compileObject(value, path, problems);
    return (event) => matches(fieldOf(event, key));
  }
  if (!isJsonArray(value)) return refuse('must be a list of values or an object');
  if (value.length === 0) return refuse('is an empty list, which matches nothing');
  const tests = value.map((item) => compileOperator(item, refuse));
  return (event) => matchesAny(tests, leavesOf(fieldOf(event, key)));
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

/**
 * The scalar values of a field. Operators, also `exists`, see scalars only: an object counts as
 * absent.
 */
function leavesOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return typeof value === 'object' && value !== null ? [] : [value];
}
