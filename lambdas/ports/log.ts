/** What may be logged: ids, counts, codes, units. Never payloads, secrets, signatures or personal data. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The closed vocabulary of log lines, `noun.past-participle`: what a query or an alarm may rely on. */
export type LogEvent =
  | 'record.hydrated'
  | 'event.parked'
  | 'event.postponed'
  | 'finding.refused'
  | 'version.fanned-out'
  | 'delivery.attempted'
  | 'delivery.parked'
  | 'delivery.held'
  | 'delivery.gap-passed'
  | 'breaker.opened'
  | 'endpoint.disabled'
  | 'message.parked'
  | 'message.postponed'
  | 'message.failed'
  | 'sweep.finished'
  | 'quota.closed'
  | 'quota.mended'
  | 'detail-type.discovered'
  | 'pass.advanced'
  | 'pass.finished'
  | 'pass.restarted'
  | 'pass.failed'
  | 'invitation.announced';

/** One line per unit of work, written at its end. */
export interface Log {
  info(event: LogEvent, fields: LogFields): void;
  warn(event: LogEvent, fields: LogFields): void;
  error(event: LogEvent, fields: LogFields): void;
}
