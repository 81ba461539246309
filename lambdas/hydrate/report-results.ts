import type { PartnerEvent } from '../core/partner-event.ts';
import { recordPath } from '../core/record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { HydrateLevel, HydrateMetric } from './contract.ts';
import { type HydrationResult, metricByOutcome } from './hydrate-deps.ts';

export interface ReportResultsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics<HydrateMetric, HydrateLevel>;
}

/**
 * Counts and logs what happened to the records of some events.
 * @param events one or more, oldest first.
 * @param work whether the read was early, and when the work on the events began.
 */
export function reportResults(
  results: readonly HydrationResult[],
  events: readonly [PartnerEvent, ...PartnerEvent[]],
  work: { readonly early?: true; readonly startedAtMs: number },
  { clock, log, metrics }: ReportResultsDeps,
): void {
  const [first] = events;
  for (const { key, outcome, reads, repaired, isTimestampUnreadable } of results) {
    const metric = metricByOutcome[outcome];
    if (metric) metrics.count(metric);
    if (repaired) metrics.count('RecordsRepaired');
    if (isTimestampUnreadable) metrics.count('TimestampsUnreadable');
    // The events are postponed, and that is logged.
    if (outcome === 'behind') continue;
    log.info('record.hydrated', {
      correlationId: first.eventId,
      detailType: (events.at(-1) ?? first).detailType,
      record: recordPath(key),
      outcome,
      ...(work.early && { early: true }),
      reads,
      eventIds: events.map(({ eventId }) => eventId),
      durationMs: clock.nowMs() - work.startedAtMs,
    });
  }
}
