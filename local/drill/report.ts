import type { AlarmBoard, Transition } from './alarms/alarm-board.ts';

/** `+1:05` is an hour and five minutes after the start. */
export function formatTime(sinceStartMs: number): string {
  const minutes = Math.floor(sinceStartMs / 60_000);
  return `+${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`.padStart(6);
}

export function transitionLine({ alarm, from, to, atMs }: Transition, startMs: number): string {
  return `${formatTime(atMs - startMs)}  ${alarm}: ${from} → ${to}`;
}

/** The data points that an alarm was evaluated on, and its rule. `–` is a missing point. */
export function seriesLine(
  board: AlarmBoard,
  { alarm: name, atMs }: Pick<Transition, 'alarm' | 'atMs'>,
): string {
  const alarm = board.alarm(name);
  const points = board.seriesOf(alarm, atMs).map((point) => point?.toLocaleString('en-US') ?? '–');
  const { periodMs, datapointsToAlarm, evaluationPeriods, comparison, threshold } = alarm;
  return `${points.join(' ')} in periods of ${periodMs / 60_000} min; ALARM if ${datapointsToAlarm} of ${evaluationPeriods} ${comparison} ${threshold}`;
}
