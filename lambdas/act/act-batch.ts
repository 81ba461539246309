import { type LineKey, linePath } from '../core/line.ts';
import { isFailure, type ServiceError } from '../core/service-error.ts';
import type { ActDeps } from './deps.ts';
import { workOnLine } from './work-on-line.ts';

/** The share of the lease after which no line is begun, and after which none is worked on. */
const lastClaimPart = 0.5;
const lastStepPart = 0.75;

/**
 * Works on lines one after the other: they share the quota of one write a second. Lines for which
 * the time is too short are signalled again.
 * @returns the errors by line
 */
export async function actBatch(
  lines: readonly LineKey[],
  deps: ActDeps,
): Promise<ReadonlyMap<LineKey, unknown>> {
  const { clock, leaseMs } = deps;
  const failures = new Map<LineKey, unknown>();
  const startedAtMs = clock.nowMs();
  const waiting = [...new Map(lines.map((line) => [linePath(line), line])).values()];
  for (let line = waiting.shift(); line; line = waiting.shift()) {
    if (clock.nowMs() >= startedAtMs + lastClaimPart * leaseMs) {
      await deps.doorbell.ring([line, ...waiting]);
      break;
    }
    try {
      await workOnLine(line, startedAtMs + lastStepPart * leaseMs, deps);
    } catch (error) {
      if (isFailure(error, 'line.unreadable')) reportUnreadable(error, deps);
      else failures.set(line, error);
    }
  }
  return failures;
}

/** The line was set aside: it is not due until an operator repairs it. */
function reportUnreadable({ details }: ServiceError<'line.unreadable'>, { log, metrics }: ActDeps): void {
  metrics.count('RowsUnreadable');
  log.warn('row.excluded', { item: details.line, problems: details.problems });
}
