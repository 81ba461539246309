import type { CorrelationId } from '../core/correlation.ts';

/** Ids, counts, codes and units. Never payloads, secrets, signatures or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Lines about one event, version or delivery. Each has a correlation id. */
export type TracedEvent =
  | 'record.hydrated'
  | 'early-read.failed'
  | 'event.parked'
  | 'event.postponed'
  | 'finding.refused'
  | 'version.fanned-out'
  | 'delivery.attempted'
  | 'delivery.parked'
  | 'delivery.held'
  | 'delivery.blocked'
  | 'delivery.gap-passed'
  | 'delivery.mismatched'
  | 'message.parked'
  | 'message.postponed'
  | 'message.failed'
  | 'detail-type.discovered'
  | 'invitation.announced'
  | 'opportunity.reminded'
  | 'command.called'
  | 'command.ended'
  | 'command.moved'
  | 'command.postponed'
  | 'link.failed'
  | 'review.regressed';

/** Lines about an endpoint, the quota, a sweep or a pass, which has a run id. */
export type GeneralEvent =
  | 'breaker.opened'
  | 'client.excluded'
  | 'command.accepted'
  | 'command.refused'
  | 'gate.mended'
  | 'line.postponed'
  | 'intent.removed'
  | 'row.excluded'
  | 'row.repaired'
  | 'endpoint.paused'
  | 'secret.degraded'
  | 'endpoint.disabled'
  | 'export.started'
  | 'export.finished'
  | 'export.failed'
  | 'sweep.finished'
  | 'solutions.unlisted'
  | 'quota.closed'
  | 'quota.mended'
  | 'pass.advanced'
  | 'pass.finished'
  | 'pass.restarted'
  | 'pass.failed';

/** The closed vocabulary of log lines, `noun.past-participle`. Queries and alarms rely on it. */
export type LogEvent = TracedEvent | GeneralEvent;

/** Requires a correlation id in every line about an event. */
export type FieldsOf<Event extends LogEvent> = Event extends TracedEvent
  ? LogFields & { readonly correlationId: CorrelationId }
  : LogFields;

/** One line per unit of work, written at its end. */
export interface Log {
  info<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
  warn<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
  error<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
}
