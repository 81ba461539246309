import type * as v from 'valibot';
import { ServiceError } from '../core/service-error.ts';
import { problemsOf } from '../core/unreadable.ts';
import { contentOf, type Item } from './record-content.ts';

/**
 * The error names the attributes only: the message of a parser may repeat parts of a payload.
 * @param attributes what the item must have, besides its content
 * @returns ServiceError `record.unreadable` (never)
 */
export function unreadableItem(item: Item, attributes: v.ObjectEntries = {}): ServiceError {
  const problems = problemsOfItem(item, attributes);
  return new ServiceError('record.unreadable', {
    item: `${String(item['pk'])} ${String(item['sk'])}`,
    problems,
  });
}

/** @throws ServiceError `record.unreadable` (never). */
export function parseItem<Parsed>(
  item: Item,
  parse: (item: Item) => Parsed,
  attributes?: v.ObjectEntries,
): Parsed {
  try {
    return parse(item);
  } catch {
    throw unreadableItem(item, attributes);
  }
}

/** Names what is invalid in an item that cannot be parsed. */
function problemsOfItem(item: Item, attributes: v.ObjectEntries): readonly string[] {
  const problems = problemsOf(attributes, item);
  if (problems.length > 0) return problems;
  try {
    contentOf(item);
    return ['catalog, kind, id, version: another record or version; allowed: those of the key'];
  } catch {
    return ['payload, changes, packed, parts: unusable; allowed: a map and a list, or compressed JSON'];
  }
}
