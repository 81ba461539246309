import { at, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { parseEpochMs } from '../model/aws-timestamps.ts';
import type { SortKey } from './page-tokens.ts';

/** Paths of the texts that a list can be sorted by. Any other name is the member of a date. */
const textPaths: Readonly<Record<string, readonly string[]>> = {
  Identifier: ['Id'],
  CustomerCompanyName: ['Customer', 'Account', 'CompanyName'],
  TargetCloseDate: ['LifeCycle', 'TargetCloseDate'],
  Name: ['Name'],
  Status: ['Status'],
  Category: ['Category'],
};

/** The sort key of an item in a list sorted by the given member. */
export function sortKeyOf(body: JsonObject, sortedBy: string): SortKey {
  const path = textPaths[sortedBy];
  const value = path ? (textAt(body, ...path) ?? '') : parseEpochMs(at(body, sortedBy), 0);
  return [value, textAt(body, 'Id') ?? ''];
}

/** Returns whether the value passes the filter. A missing or empty filter passes every value. */
export function matchesFilter(
  filter: readonly string[] | null | undefined,
  value: Json | undefined,
): boolean {
  return !filter || filter.length === 0 || (typeof value === 'string' && filter.includes(value));
}
