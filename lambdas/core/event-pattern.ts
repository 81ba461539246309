import { compileField, type Field } from './event-pattern-fields.ts';
import { type Alternative, compileAlternatives, fieldsOf } from './event-pattern-matches.ts';
import { reservedNames } from './event-pattern-operators.ts';
import { type FieldOptions, readersOf } from './event-pattern-readers.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from './json.ts';
import { nestingOf } from './json-nesting.ts';
import { stringifyJson } from './json-text.ts';

/**
 * Event patterns of EventBridge, filters of Lambda event source mappings, and filters of endpoints.
 * They mean what they mean in AWS's own matcher, https://github.com/aws/event-ruler, version 2.1.0.
 * Rules and differences: docs/decisions/0020-match-event-patterns-as-event-ruler-does.md
 */
export type Matcher = (event: unknown) => boolean;

export interface PatternOptions {
  /** A `numeric` operator also compares texts such as "531.0", exactly. EventBridge does not. */
  readonly numericTexts?: boolean;
}

/** The amounts of Partner Central are texts. */
export const filterOptions: PatternOptions = { numericTexts: true };

/**
 * Limits of a pattern. They bound the processor time that matching a message takes by its size:
 * docs/webhooks.md#what-a-message-contains. `npm run bench -- messageCost` measures it.
 * DynamoDB, which stores the filters of endpoints, nests at most 32 levels.
 */
export const patternLimits = {
  characters: 8_192,
  levels: 24,
  /**
   * Values with an operator, such as `{"prefix": "a"}`. A wildcard counts once for each asterisk.
   * Plain values count as characters only.
   */
  operators: 20,
  /** What `$or` expands to: two lists of three alternatives give nine. */
  combinations: 16,
};

interface Context {
  readonly problems: string[];
  readonly options: FieldOptions;
  readonly isInOr: boolean;
}

/** @throws Error that names the invalid places of the pattern */
export function compilePattern(pattern: unknown, options: PatternOptions = {}): Matcher {
  const { matches, problems } = parsePattern(pattern, options);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return matches;
}

export interface ParsedPattern {
  readonly matches: Matcher;
  /** Each names its place, as a JSON Pointer, and what is allowed. */
  readonly problems: readonly string[];
  /** What `$or` expands to. An event matches if it matches one of them. */
  readonly alternatives: readonly Alternative[];
}

export function parsePattern(pattern: unknown, options: PatternOptions = {}): ParsedPattern {
  if (!isJsonObject(pattern)) return refused('a pattern must be an object');
  const { characters, levels, operators } = patternLimits;
  if (nestingOf(pattern) > levels) return refused(`: nested too deeply; allowed: ${levels} levels`);
  const { length } = stringifyJson(pattern);
  if (length > characters) return refused(`: ${length} characters as JSON; allowed: ${characters}`);
  const problems: string[] = [];
  const expanded = expandObject(pattern, [], [new Map()], {
    problems,
    options: readersOf(options.numericTexts ?? false),
    isInOr: false,
  });
  const alternatives = expanded.map(fieldsOf);
  const used = new Set(alternatives.flat());
  const count = [...used].reduce((sum, { operatorCount }) => sum + operatorCount, 0);
  if (count > operators) problems.push(`: ${count} operators; allowed: ${operators}`);
  return {
    problems,
    alternatives,
    matches: compileAlternatives(alternatives),
  };
}

function refused(problem: string): ParsedPattern {
  return { matches: () => false, problems: [problem], alternatives: [] };
}

/** The fields of one alternative by their path, joined by dots. */
type Fields = ReadonlyMap<string, Field>;

/** Adds the fields of an object to each alternative. `$or` multiplies the alternatives. */
function expandObject(
  pattern: JsonObject,
  path: readonly string[],
  alternatives: readonly Fields[],
  context: Context,
): readonly Fields[] {
  const entries = Object.entries(pattern);
  if (entries.length === 0) report(context, path, 'is an empty object, which AWS refuses');
  return entries.reduce((expanded, [key, value]) => {
    if (key === '$or') return expandOr(value, path, expanded, context);
    if (context.isInOr && reservedNames.has(key))
      report(context, [...path, key], 'is the name of an operator, which $or does not allow as a field');
    const inner = [...path, key];
    if (isJsonObject(value)) return expandObject(value, inner, expanded, context);
    return addField(value, inner, expanded, context);
  }, alternatives);
}

function expandOr(
  given: Json,
  path: readonly string[],
  alternatives: readonly Fields[],
  context: Context,
): readonly Fields[] {
  const place = [...path, '$or'];
  if (!isJsonArray(given) || given.length < 2 || !given.every(isJsonObject)) {
    report(context, place, 'must be a list of at least two objects');
    return alternatives;
  }
  const most = patternLimits.combinations;
  const expanded: Fields[] = [];
  for (const each of given) {
    // Beyond the limit the other alternatives are only checked.
    const base = expanded.length > most ? [new Map()] : alternatives;
    expanded.push(...expandObject(each, path, base, { ...context, isInOr: true }));
  }
  if (expanded.length <= most) return expanded;
  report(context, place, `expands to more than ${most} combinations`);
  return alternatives;
}

function addField(
  value: Json,
  path: readonly string[],
  alternatives: readonly Fields[],
  context: Context,
): readonly Fields[] {
  const name = path.join('.');
  if (!isJsonArray(value)) report(context, path, 'must be a list of values or an object');
  else if (value.length === 0) report(context, path, 'is an empty list, which matches nothing');
  // AWS takes the last of two, but DynamoDB keeps no order of members.
  if (alternatives.some((fields) => fields.has(name))) report(context, path, 'is given twice');
  const values = isJsonArray(value) ? value : [];
  const field = compileField(name, values, context.options, (problem) => {
    report(context, path, problem);
    return () => false;
  });
  return alternatives.map((fields) => new Map([...fields, [name, field]]));
}

function report({ problems }: Context, path: readonly string[], problem: string): void {
  problems.push(`${path.map((step) => `/${step}`).join('')}: ${problem}`);
}
