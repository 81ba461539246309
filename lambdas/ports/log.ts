import type { CorrelationId } from '../core/correlation.ts';

/** What may be logged: ids, counts, codes, units. Never payloads, secrets, signatures or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Lines about one event, version or delivery: each says what led to it. */
export type TracedEvent =
  | 'record.hydrated'
  | 'event.parked'
  | 'event.postponed'
  | 'finding.refused'
  | 'version.fanned-out'
  | 'delivery.attempted'
  | 'delivery.parked'
  | 'delivery.held'
  | 'delivery.gap-passed'
  | 'message.parked'
  | 'message.postponed'
  | 'message.failed'
  | 'detail-type.discovered'
  | 'invitation.announced';

/** Lines about what many events have in common: an endpoint, the quota, a sweep, a pass, which is told by its run. */
export type GeneralEvent =
  | 'breaker.opened'
  | 'endpoint.disabled'
  | 'sweep.finished'
  | 'quota.closed'
  | 'quota.mended'
  | 'pass.advanced'
  | 'pass.finished'
  | 'pass.restarted'
  | 'pass.failed';

/** The closed vocabulary of log lines, `noun.past-participle`: what a query or an alarm may rely on. */
export type LogEvent = TracedEvent | GeneralEvent;

/** A line that is about an event, and does not say which led to it, does not compile. */
export type FieldsOf<Event extends LogEvent> = Event extends TracedEvent
  ? LogFields & { readonly correlationId: CorrelationId }
  : LogFields;

/** One line per unit of work, written at its end. */
export interface Log {
  info<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
  warn<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
  error<Event extends LogEvent>(event: Event, fields: FieldsOf<Event>): void;
}
