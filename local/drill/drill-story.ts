import type { AlarmBoard, Transition } from './alarms/alarm-board.ts';

/** Prints what happens in a drill, with the time since its start. */
export class DrillStory {
  readonly #alarm: string;
  readonly #stage: StoryStage;
  readonly #print: (line: string) => void;
  readonly #startMs: number;
  /** Number of transitions before the drill. */
  readonly #earlier: number;
  #printed: number;

  constructor(alarm: string, stage: StoryStage, print: (line: string) => void) {
    this.#alarm = alarm;
    this.#stage = stage;
    this.#print = print;
    this.#startMs = stage.clock.nowMs();
    this.#earlier = stage.board.transitions.length;
    this.#printed = this.#earlier;
  }

  note(line: string): void {
    this.#print(`  ${formatTime(this.#stage.clock.nowMs() - this.#startMs)}  ${line}`);
  }

  /** Prints each change of state since the last call, and the data points of the drilled alarm. */
  printTransitions(): void {
    const { board } = this.#stage;
    for (const { alarm, from, to, atMs } of board.transitions.slice(this.#printed)) {
      this.#print(`  ${formatTime(atMs - this.#startMs)}  ${alarm}: ${from} → ${to}`);
      if (alarm === this.#alarm) this.#print(`          ${seriesText(board, alarm, atMs)}`);
    }
    this.#printed = board.transitions.length;
  }

  /** The changes of state since the start of the drill. */
  transitions(): readonly Transition[] {
    return this.#stage.board.transitions.slice(this.#earlier);
  }

  /** The data points of the drilled alarm now. */
  seriesNow(): string {
    return seriesText(this.#stage.board, this.#alarm, this.#stage.clock.nowMs());
  }
}

interface StoryStage {
  readonly board: AlarmBoard;
  readonly clock: { readonly nowMs: () => number };
}

/** `+1:05` is an hour and five minutes after the start. */
function formatTime(sinceStartMs: number): string {
  const minutes = Math.floor(sinceStartMs / 60_000);
  return `+${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`.padStart(6);
}

/** The data points that an alarm was evaluated on, and its rule. `–` is a missing point. */
function seriesText(board: AlarmBoard, name: string, atMs: number): string {
  const alarm = board.alarm(name);
  const points = board.seriesOf(alarm, atMs).map((point) => point?.toLocaleString('en-US') ?? '–');
  const { periodMs, datapointsToAlarm, evaluationPeriods, comparison, threshold } = alarm;
  return `${points.join(' ')} in periods of ${periodMs / 60_000} min; ALARM if ${datapointsToAlarm} of ${evaluationPeriods} ${comparison} ${threshold}`;
}
