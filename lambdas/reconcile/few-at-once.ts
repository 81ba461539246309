const most = 10;

/**
 * Does the work for all items, a few of them at once.
 * @throws what failed first, once all the others were tried.
 */
export async function fewAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const ended: PromiseSettledResult<Result>[] = [];
  for (let from = 0; from < items.length; from += most)
    ended.push(...(await Promise.allSettled(items.slice(from, from + most).map(work))));
  return ended.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}
