import { ExactNumber } from '../../../lambdas/core/exact-number.ts';
import { isJsonArray, isJsonObject, type Json } from '../../../lambdas/core/json.ts';
import type { JsonValue } from './api.ts';

/** For a browser: a number that JavaScript cannot hold becomes a text. */
export function plainJson(value: Json): JsonValue {
  if (value instanceof ExactNumber) return value.text;
  if (isJsonArray(value)) return value.map(plainJson);
  if (isJsonObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainJson(member)]));
  return value;
}
