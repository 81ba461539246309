import type { Instant } from '../../../lambdas/core/instant.ts';
import { textAt } from '../../../lambdas/core/json.ts';
import type { Relay } from '../relay.ts';
import { findLogLines, type LogLine } from '../stores/function-logs.ts';
import type { PassOutcome } from './follow-passes.ts';

/** A pass with what became of the records that it had read again. */
export interface ReadOutcome extends PassOutcome {
  /** Records that were read so far. Undefined if the logs cannot be read. */
  readonly read?: number | undefined;
  /** Reads that Partner Central refused. The next pass sends them again. */
  readonly refused?: number | undefined;
}

/** Counts reads by the log lines of the functions, which name the run of the pass. */
export async function countReads(
  outcomes: readonly PassOutcome[],
  since: Instant,
  relay: Relay,
): Promise<readonly ReadOutcome[]> {
  const runIds = outcomes.flatMap(({ runId, toRead = 0 }) =>
    runId !== undefined && toRead > 0 ? [runId] : [],
  );
  const found = runIds.length === 0 ? { lines: [] } : await findLogLines(runIds, since, relay);
  if ('problem' in found) return outcomes;
  return outcomes.map((outcome) => ({ ...outcome, ...countsOf(outcome, found.lines) }));
}

function countsOf({ runId }: PassOutcome, lines: readonly LogLine[]) {
  if (runId === undefined) return {};
  const own = lines.filter(({ fields }) => textAt(fields, 'correlationId') === runId);
  const read = own
    .filter(({ event }) => event === 'record.hydrated')
    .map(({ fields }) => textAt(fields, 'record'));
  // One read of an opportunity also stores its summary of AWS, which no list has.
  const listed = new Set(read.filter((record) => !record?.includes('/aws-opportunity-summary/')));
  return { read: listed.size, refused: own.filter(({ event }) => event === 'finding.refused').length };
}
