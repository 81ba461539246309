import type { Log, LogEvent, LogFields } from '../../lambdas/ports/log.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: LogEvent;
  readonly fields: LogFields;
}

export interface RecordedLog extends Log {
  readonly lines: readonly LogLine[];
  /** The fields of every line of one event. */
  of(event: LogEvent): LogFields[];
}

export function recordedLog(): RecordedLog {
  const lines: LogLine[] = [];
  const write = (level: LogLine['level']) => (event: LogEvent, fields: LogFields) => {
    lines.push({ level, event, fields });
  };
  return {
    lines,
    of: (event) => lines.filter((line) => line.event === event).map(({ fields }) => fields),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
