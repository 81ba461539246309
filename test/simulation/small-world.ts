import { type FaultKind, Faults, faultKinds } from '../../local/simulation/faults.ts';
import type { Randoms } from '../../local/simulation/randoms.ts';
import { Scheduler } from '../../local/simulation/scheduler.ts';
import { Trace } from '../../local/simulation/trace.ts';

/** The faults that strike: at every occasion, or at these occasions in order. Others are off. */
export type Strikes = Readonly<Partial<Record<FaultKind, 'always' | readonly boolean[]>>>;

/** What every part of the simulation is made of, without chance. */
export interface SmallWorld {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly random: () => number;
}

/** @param detail the random number of all that is not a fault, and of the details of faults */
export function smallWorld(strikes: Strikes = {}, detail = 0.5): SmallWorld {
  // Steps of the same millisecond run in the order in which they were planned.
  let ties = 0;
  const scheduler = new Scheduler(0, () => ties++);
  const trace = new Trace(scheduler.nowMs);
  return {
    scheduler,
    trace,
    faults: new Faults(chosenRandoms(strikes, detail), trace),
    random: () => detail,
  };
}

/** Runs all that is planned, and all that this plans, up to a time. */
export function runUntil({ scheduler }: Pick<SmallWorld, 'scheduler'>, ms: number): Promise<void> {
  scheduler.at(ms, () => undefined);
  return scheduler.run(() => scheduler.nowMs() >= ms);
}

/** Numbers with which exactly these faults strike. */
function chosenRandoms(strikes: Strikes, detail: number): Randoms {
  const swarm = faultKinds.flatMap((kind) => (kind in strikes ? [0, 1] : [1, 1]));
  const occasions = new Map<string, number>();
  return (concern) => {
    if (concern === 'swarm') return () => swarm.shift() ?? 1;
    const kind = faultKinds.find((each) => concern === `fault ${each}`);
    if (!kind) return () => detail;
    return () => {
      const occasion = occasions.get(kind) ?? 0;
      occasions.set(kind, occasion + 1);
      const chosen = strikes[kind];
      return chosen === 'always' || chosen?.[occasion] ? 0 : 1;
    };
  };
}
