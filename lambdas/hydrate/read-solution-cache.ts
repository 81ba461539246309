import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { SolutionCache, SolutionListing } from '../ports/solution-cache.ts';
import { reportRepairedRow } from '../records/report-repaired-row.ts';

interface ReadCacheDeps {
  readonly cache: Pick<SolutionCache, 'read'>;
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Pick<Metrics<'RowsUnreadable'>, 'count'>;
}

/** An invalid listing counts as absent: the next one replaces it. */
export async function readCache(
  catalog: string,
  { cache, log, metrics }: ReadCacheDeps,
): Promise<SolutionListing | undefined> {
  const cached = await cache.read(catalog);
  if (!cached || 'names' in cached) return cached;
  reportRepairedRow(`solutions ${catalog}`, cached.problems, { log, metrics });
  return undefined;
}
