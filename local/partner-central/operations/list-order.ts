import { at, type Json, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { epochMsIn } from '../model/aws-timestamps.ts';
import type { Place } from './page-tokens.ts';

/** Texts that a list can be sorted by; everything else is a date of its own name. */
const textPaths: Readonly<Record<string, readonly string[]>> = {
  Identifier: ['Id'],
  CustomerCompanyName: ['Customer', 'Account', 'CompanyName'],
  TargetCloseDate: ['LifeCycle', 'TargetCloseDate'],
  Name: ['Name'],
  Status: ['Status'],
  Category: ['Category'],
};

/** Where an item stands in a list that is sorted by this. */
export function placeOf(body: JsonObject, sortedBy: string): Place {
  const path = textPaths[sortedBy];
  const value = path ? (textAt(body, ...path) ?? '') : epochMsIn(at(body, sortedBy), 0);
  return [value, textAt(body, 'Id') ?? ''];
}

/** Whether a filter lets a value through; one that is not there, or empty, lets all through. */
export function allows(filter: readonly string[] | null | undefined, value: Json | undefined): boolean {
  return !filter || filter.length === 0 || (typeof value === 'string' && filter.includes(value));
}
