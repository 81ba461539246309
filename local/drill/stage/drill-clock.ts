const minuteMs = 60_000;

/**
 * The time of a drill: the time of the machine plus all jumps. A drill plays what happens at the
 * start of a minute in real time, and then jumps to the end of the minute. So an hour of metrics
 * takes seconds, and ages, leases and windows have the length that they have in a deployment.
 */
export class DrillClock {
  /** The sum of all jumps. Workers of the functions read it at each call of their clock. */
  readonly passedMs = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #jumps: { readonly machineMs: number; readonly byMs: number }[] = [];
  readonly #machineNowMs: () => number;

  constructor(machineNowMs: () => number = Date.now) {
    this.#machineNowMs = machineNowMs;
  }

  nowMs(): number {
    return this.#machineNowMs() + Atomics.load(this.passedMs, 0);
  }

  /** The end of the current minute. CloudWatch evaluates alarms at the ends of minutes. */
  nextMinuteMs(): number {
    return (Math.floor(this.nowMs() / minuteMs) + 1) * minuteMs;
  }

  /** Jumps forward. Does nothing if it is later already. */
  advanceTo(atMs: number): void {
    const byMs = Math.ceil(atMs - this.nowMs());
    if (byMs <= 0) return;
    this.#jumps.push({ machineMs: this.#machineNowMs(), byMs });
    Atomics.add(this.passedMs, 0, byMs);
  }

  /** Translates a time that a program without this clock wrote: DynamoDB or SQS. */
  fromMachine(machineMs: number): number {
    const jumps = this.#jumps.filter((jump) => jump.machineMs <= machineMs);
    return jumps.reduce((sum, { byMs }) => sum + byMs, machineMs);
  }
}
