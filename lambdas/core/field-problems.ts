import type * as v from 'valibot';
import { describeValue } from './describe-value.ts';
import { at, isJsonArray, type Json, type JsonObject } from './json.ts';

/**
 * The problems of the fields of a definition, such as `topics[0]: "x"; allowed: …`.
 * @param describe returns the text for the value of a field. @default the value
 */
export function fieldProblems(
  issues: readonly v.BaseIssue<unknown>[] | undefined,
  given: JsonObject,
  describe: (field: string, value: Json | undefined) => string = (_field, value) => describeValue(value),
): readonly string[] {
  return (issues ?? []).map(({ path = [], message }) => {
    const field = path
      .map(({ key }, depth) =>
        typeof key === 'number' ? `[${key}]` : `${depth > 0 ? '.' : ''}${String(key)}`,
      )
      .join('');
    const value = path.reduce<Json | undefined>((inner, { key }) => memberAt(inner, key), given);
    return `${field}: ${describe(field, value)}; allowed: ${message}`;
  });
}

function memberAt(value: Json | undefined, key: unknown): Json | undefined {
  if (isJsonArray(value) && typeof key === 'number') return value[key];
  return at(value, String(key));
}
