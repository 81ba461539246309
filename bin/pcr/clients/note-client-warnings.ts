import type { Client } from '../../../lambdas/core/client.ts';
import type { Io } from '../io.ts';

/**
 * Warns about what has no effect, or forbids everything. The clients are stored all the same: AWS
 * can add what this release does not know.
 * @returns the warnings, for `--json`
 */
export async function noteClientWarnings(
  clients: readonly Client[],
  io: Pick<Io, 'note'>,
): Promise<readonly string[]> {
  if (clients.length === 0) return [];
  // The schemas of the SDK take time to load, and few commands need them.
  const { clientWarnings } = await import('./client-warnings.ts');
  const warnings = clients.flatMap(clientWarnings);
  for (const warning of warnings) io.note(`warning: ${warning}`);
  return warnings;
}
