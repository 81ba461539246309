import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { Io } from '../io.ts';

/**
 * Warns about filters that can match no message. The endpoints are stored all the same: a later
 * release of AWS may have what this release does not know.
 * @returns the warnings, for `--json`
 */
export async function noteFilterWarnings(
  endpoints: readonly Pick<Endpoint, 'id' | 'filter' | 'topics'>[],
  io: Pick<Io, 'note'>,
): Promise<readonly string[]> {
  if (endpoints.every(({ filter }) => filter === undefined)) return [];
  // The schemas of the SDK take time to load, and few commands need them.
  const { filterWarnings } = await import('./filter-warnings.ts');
  const warnings = endpoints.flatMap(filterWarnings);
  for (const warning of warnings) io.note(`warning: ${warning}`);
  return warnings;
}
