import type { Alarm } from './alarm.ts';
import { type AlarmState, evaluationRange, nextAlarmState } from './alarm-state.ts';
import type { MetricData } from './metric-data.ts';
import type { Series } from './metric-math.ts';

/** A change of state of an alarm. */
export interface Transition {
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly atMs: number;
}

/** The alarms of a stack with their states. */
export class AlarmBoard {
  readonly #alarms: readonly Alarm[];
  readonly #data: MetricData;
  readonly #states = new Map<string, AlarmState>();
  readonly transitions: Transition[] = [];

  constructor(alarms: readonly Alarm[], data: MetricData) {
    this.#alarms = alarms;
    this.#data = data;
  }

  get names(): readonly string[] {
    return this.#alarms.map(({ name }) => name);
  }

  /** An alarm that was never evaluated has insufficient data. */
  stateOf(name: string): AlarmState {
    return this.#states.get(name) ?? 'INSUFFICIENT_DATA';
  }

  /** @throws Error listing the alarms if there is none with this name */
  alarm(name: string): Alarm {
    const found = this.#alarms.find((alarm) => alarm.name === name);
    if (found) return found;
    throw new Error(`There is no alarm ${name}. Alarms: ${this.names.join(', ')}`);
  }

  /**
   * Evaluates every alarm. CloudWatch does so once a minute, on windows that end at that minute.
   */
  evaluate(atMs: number): void {
    for (const alarm of this.#alarms) {
      const from = this.stateOf(alarm.name);
      const to = nextAlarmState(this.seriesOf(alarm, atMs), alarm);
      this.#states.set(alarm.name, to);
      if (to !== from) this.transitions.push({ alarm: alarm.name, from, to, atMs });
    }
  }

  /** The data points of an alarm in its evaluation range, oldest first. */
  seriesOf({ math, metrics, periodMs, ...rule }: Alarm, atMs: number): Series {
    const periods = evaluationRange(rule);
    return math.evaluate((id) => {
      const metric = metrics.get(id);
      if (metric === undefined) throw new Error(`${math.text}: there is no metric ${id}`);
      return Array.from({ length: periods }, (_, index) => {
        const untilMs = atMs - (periods - 1 - index) * periodMs;
        return this.#data.statisticOf(metric, metric.statistic, { fromMs: untilMs - periodMs, untilMs });
      });
    });
  }
}
