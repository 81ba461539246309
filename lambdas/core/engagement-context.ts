import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from './json.ts';

/** The payload of any context of an engagement, as paths are reported and clients are limited. */
export const contextPayload = '/Contexts/*/Payload';

/** The contexts of an engagement. AWS keeps at most five. */
export function contextsIn(engagement: JsonObject): readonly JsonObject[] {
  const contexts = at(engagement, 'Contexts');
  return isJsonArray(contexts) ? contexts.filter(isJsonObject) : [];
}

export function findContext(engagement: JsonObject, id: string): JsonObject | undefined {
  return contextsIn(engagement).find((context) => textAt(context, 'Id') === id);
}

/** The contexts by their ids: a list has no paths that stay the same. */
export function contextsById(engagement: JsonObject): JsonObject {
  const byId = contextsIn(engagement).map((context) => [textAt(context, 'Id') ?? '', context]);
  return { Contexts: Object.fromEntries(byId) };
}

/** AWS's timestamp of an engagement. One that was never modified has that of its creation. */
export function engagementTimestamp(engagement: JsonObject): string | undefined {
  return textAt(engagement, 'ModifiedAt') ?? textAt(engagement, 'CreatedAt');
}
