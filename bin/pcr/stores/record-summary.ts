import { type Attributes, fromAttributes, keyIn } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import type { Item } from '../../../lambdas/adapters/record-content.ts';
import type { GetItem } from '../../../lambdas/adapters/whole-item.ts';
import { isStoredMap } from '../../../lambdas/core/unreadable.ts';

/**
 * Returns the summary of an entry of an index. Items of 0.1.0 have none: they are read from the
 * table, where they have its members as attributes, and two instead of `modifiedAt`.
 */
export async function summaryIn(entry: Attributes, getItem: GetItem): Promise<Item> {
  const { summary } = fromAttributes(entry);
  if (summary !== undefined) return isStoredMap(summary) ? summary : {};
  const item = fromAttributes((await getItem(keyIn(entry))) ?? {});
  return { modifiedAt: item['lastModifiedAt'] ?? item['readAt'], ...item };
}
