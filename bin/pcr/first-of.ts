/** The first so many, and whether there are more. */
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
