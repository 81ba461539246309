import { isJsonArray, type Json, type JsonObject } from './json.ts';
import { shown } from './service-error.ts';

/** What a field of a definition may hold. */
export interface Field<T> {
  /** For whoever gave something else. */
  readonly allowed: string;
  readonly parse: (value: Json) => T | undefined;
}

export interface FieldReader {
  /** @param instead stands for it where there is a problem */
  required<T>(name: string, field: Field<T>, instead: T): T;
  /** @param told in a problem, in place of the value */
  optional<T>(name: string, field: Field<T>, told?: string): T | undefined;
  /** @param isRequired with one element at least */
  list(name: string, field: Field<string>, isRequired?: boolean): readonly string[];
}

/** Reads fields of what was given, and adds a problem for each that names the field, its value and what is allowed. */
export function fieldReader(given: JsonObject, problems: string[]): FieldReader {
  const parse = <T>(name: string, value: Json | undefined, field: Field<T>, told = shown(value)) => {
    const found = value === undefined ? undefined : field.parse(value);
    if (found === undefined) problems.push(`${name}: ${told}; allowed: ${field.allowed}`);
    return found;
  };
  return {
    required: (name, field, instead) => parse(name, given[name], field) ?? instead,
    optional: (name, field, told) =>
      given[name] === undefined ? undefined : parse(name, given[name], field, told),
    list: (name, field, isRequired = false) => {
      const values = given[name] ?? [];
      if (!isJsonArray(values) || (isRequired && values.length === 0)) {
        problems.push(`${name}: ${shown(given[name])}; allowed: a list, each ${field.allowed}`);
        return [];
      }
      return values.flatMap((value, index) => parse(`${name}[${index}]`, value, field) ?? []);
    },
  };
}
