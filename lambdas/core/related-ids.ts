import { at, isJsonArray, type JsonObject } from './json.ts';

/** The ids of the related entities of an opportunity, of a type such as `Solutions`, each once. */
export function relatedIds(payload: JsonObject, type: string): readonly string[] {
  const related = at(payload, 'RelatedEntityIdentifiers', type);
  const texts = isJsonArray(related) ? related.filter((id) => typeof id === 'string') : [];
  return [...new Set(texts)];
}
