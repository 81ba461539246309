import type { JsonObject } from '../../lambdas/core/json.ts';
import { UsageError } from './errors.ts';

/**
 * @param unset fields of `--unset`. Each has to be one of `optional`
 * @throws UsageError if nothing is to change, or a field is both set and reset
 */
export function assertChanges(
  given: JsonObject,
  unset: readonly string[],
  optional: readonly string[],
): void {
  const unknown = unset.filter((field) => !optional.includes(field));
  const both = unset.filter((field) => Object.hasOwn(given, field));
  const problems = [
    ...unknown.map((field) => `--unset ${field}: allowed: ${optional.join(', ')}`),
    ...both.map((field) => `--unset ${field}: it also has a new value; allowed: one of both`),
  ];
  if (Object.keys(given).length === 0 && unset.length === 0)
    problems.push('options: none given; allowed: at least one field that changes, or --unset');
  if (problems.length > 0) throw new UsageError(...problems);
}
