/** Number of calls to AWS that a command makes at the same time. */
export const concurrency = 10;

/** Returns the first items, and whether there are more. */
export async function firstOf<Item>(
  items: AsyncIterable<Item>,
  most: number,
): Promise<{ readonly found: readonly Item[]; readonly hasMore: boolean }> {
  const found: Item[] = [];
  for await (const item of items) {
    if (found.length === most) return { found, hasMore: true };
    found.push(item);
  }
  return { found, hasMore: false };
}
