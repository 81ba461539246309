import type { Instant } from '../../lambdas/core/instant.ts';
import { settleIntent } from '../../lambdas/fan-out/settle-intent.ts';
import { dueForFanOut } from '../builders/append-version.ts';
import type { InMemoryRecordStore } from './in-memory-record-store.ts';
import { manualClock } from './manual-clock.ts';
import { recordedLog } from './recorded-log.ts';
import { recordedMetrics } from './recorded-metrics.ts';

/** Later than every due time, and than the time in which a writer can commit. */
const farFuture: Instant = '2099-01-01T00:00:00.000Z';

/** Does what `sweep` and `fan-out` do for intents that crashed writers have left. */
export async function finishIntents(records: InMemoryRecordStore): Promise<void> {
  const clock = manualClock(farFuture);
  const log = recordedLog();
  const metrics = recordedMetrics<'RowsUnreadable'>();
  for (const { version } of await dueForFanOut(records, farFuture, 1_000))
    await settleIntent(version, { records, clock, log, metrics, outboxGraceMs: 60_000 });
}
