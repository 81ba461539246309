import { addMs, epochMsOf, type Instant, instantOf } from '../core/instant.ts';
import { lateWorkMs } from '../core/late-work.ts';
import type { Clock } from '../ports/clock.ts';
import type { CommandStore } from '../ports/command-store.ts';
import type { DeliveryStore } from '../ports/delivery-store.ts';
import type { DeliveryDoorbell, FanOutDoorbell, LineDoorbell } from '../ports/doorbell.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Outbox } from '../ports/record-store.ts';
import type { SweepLevel, SweepMetric } from './contract.ts';

export interface SweepDeps {
  readonly records: Pick<Outbox, 'dueIntents' | 'dueMarks'>;
  readonly deliveries: Pick<DeliveryStore, 'due'>;
  readonly fanOutDoorbell: FanOutDoorbell;
  readonly deliveryDoorbell: DeliveryDoorbell;
  /** Lines of commands. Undefined if the deployment takes no commands. */
  readonly commands?:
    | { readonly lines: Pick<CommandStore, 'dueLines'>; readonly doorbell: LineDoorbell }
    | undefined;
  readonly clock: Clock;
  /** Factor on delays, see TIME_SCALE. */
  readonly timeScale: number;
  readonly log: Log;
  readonly metrics: Metrics<SweepMetric, SweepLevel>;
}

/** Limit for each kind of row in one run: more than a minute's work. The next run continues. */
const mostRows = 2_000;

/**
 * How long a due delivery or line may wait before its doorbell message is assumed to be lost. A
 * message for one that is not lost would delay others. The minimum of 3 s is for slow machines.
 */
function longestWaitMs(timeScale: number): number {
  return Math.max(30_000 * timeScale, 3_000);
}

/**
 * Signals every row that is due and not claimed, because a queue, a stream or a worker lost it.
 * @throws ServiceError `store.unavailable`, `queue.unavailable` (later): the next run tries again.
 */
export async function sweep({
  records,
  deliveries,
  fanOutDoorbell,
  deliveryDoorbell,
  commands,
  clock,
  timeScale,
  log,
  metrics,
}: SweepDeps): Promise<void> {
  const now = instantOf(clock.nowMs());
  const lostSince = addMs(now, -longestWaitMs(timeScale));
  const [intents, marks, due, lines] = await Promise.all([
    records.dueIntents(now, mostRows),
    records.dueMarks(now, mostRows),
    deliveries.due(lostSince, mostRows),
    commands ? commands.lines.dueLines(lostSince, mostRows) : [],
  ]);
  const versions = [...intents, ...marks];
  await Promise.all([
    fanOutDoorbell.ring(versions.map(({ version }) => version)),
    deliveryDoorbell.ring(due.map(({ id }) => id)),
    commands?.doorbell.ring(lines.map(({ key }) => key)),
  ]);
  metrics.count('VersionsSignalledAgain', versions.length);
  metrics.count('DeliveriesSignalledAgain', due.length);
  metrics.count('LinesSignalledAgain', lines.length);
  const rows = [...versions, ...due, ...lines];
  const overdueMs = longestOverdueMs(rows, now);
  if (overdueMs >= lateWorkMs) metrics.level('OldestWorkAge', overdueMs / 1_000);
  if (rows.length === 0) return;
  const signalled = { versions: versions.length, deliveries: due.length, lines: lines.length };
  log.info('sweep.finished', { ...signalled, overdueMs });
}

/** How long the oldest row has been due; 0 if no row is due. */
function longestOverdueMs(due: readonly { readonly dueAt: Instant | undefined }[], now: Instant): number {
  const overdueMs = due.map(({ dueAt }) => (dueAt ? epochMsOf(now) - epochMsOf(dueAt) : 0));
  return overdueMs.reduce((most, ms) => Math.max(most, ms), 0);
}
