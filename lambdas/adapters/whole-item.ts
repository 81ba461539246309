import type { ItemKey } from '../core/tables.ts';
import { type Attributes, fromAttributes } from './dynamodb-attributes.ts';
import type { Item } from './record-content.ts';
import { partKeysOf, withParts } from './record-parts.ts';
import { parseItem, unreadableItem } from './unreadable-item.ts';

/** Reads an item, consistently. */
export type GetItem = (key: ItemKey) => Promise<Attributes | undefined>;

/** Reads of one item while other workers rewrite it. */
const maxReads = 3;

/**
 * Reads an item of a record with all its parts. If a part is missing, the item is read again: it
 * may have been rewritten in between.
 * @throws ServiceError `record.unreadable` (never) if a part stays missing.
 */
export async function readWholeItem(key: ItemKey, getItem: GetItem): Promise<Item | undefined> {
  for (let reads = 1; ; reads += 1) {
    const attributes = await getItem(key);
    if (!attributes) return undefined;
    const item = fromAttributes(attributes);
    const whole = await wholeItem(item, getItem);
    if (whole) return whole;
    if (reads === maxReads) throw unreadableItem(item);
  }
}

/**
 * Returns an item with the content of its parts, or undefined if a part is missing.
 * @throws ServiceError `record.unreadable` (never) if the item or a part was edited and is invalid.
 */
export async function wholeItem(item: Item, getItem: GetItem): Promise<Item | undefined> {
  const keys = parseItem(item, partKeysOf);
  if (keys.payload.length + keys.changes.length === 0) return item;
  const load = (of: readonly ItemKey[]) => Promise.all(of.map(async (key) => bytesOf(await getItem(key))));
  const [payload, changes] = await Promise.all([load(keys.payload), load(keys.changes)]);
  const parts = { payload: payload.filter(isPresent), changes: changes.filter(isPresent) };
  const isComplete =
    parts.payload.length === keys.payload.length && parts.changes.length === keys.changes.length;
  return isComplete ? parseItem(item, () => withParts(item, parts)) : undefined;
}

function bytesOf(attributes: Attributes | undefined): Uint8Array | undefined {
  return attributes?.['part']?.B;
}

function isPresent(bytes: Uint8Array | undefined): bytes is Uint8Array {
  return bytes !== undefined;
}
