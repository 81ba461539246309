import pMap from 'p-map';

const concurrency = 10;

/**
 * Works on all items, a few at a time.
 * @throws the first error, after all items were tried.
 */
export async function fewAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const settled = await pMap(items, (item) => settle(() => work(item)), { concurrency });
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

async function settle<Result>(work: () => Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [result] = await Promise.allSettled([work()]);
  return result;
}
