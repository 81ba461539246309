import { ServiceError } from '../core/service-error.ts';
import type { Item } from './record-content.ts';

/**
 * The error names the item only: the message of a parser may repeat parts of a payload.
 * @returns ServiceError `record.unreadable` (later)
 */
export function unreadableItem(item: Item): ServiceError {
  return new ServiceError('record.unreadable', { item: `${String(item['pk'])} ${String(item['sk'])}` });
}

/** @throws ServiceError `record.unreadable` (later). */
export function parseItem<Parsed>(item: Item, parse: (item: Item) => Parsed): Parsed {
  try {
    return parse(item);
  } catch {
    throw unreadableItem(item);
  }
}
