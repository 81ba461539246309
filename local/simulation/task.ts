import type { Violation } from '../chaos/evidence.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { timeLine } from './time-line.ts';

/** A seed for a worker process to play. */
export interface SimulationTask {
  readonly seed: number;
  readonly rounds: number;
  readonly commands: number;
  /** Ids of the changes and faults that may happen. Undefined: all. */
  readonly only: readonly string[] | undefined;
  /** Whether to report every step. */
  readonly trace: boolean;
  /** Whether to look for a shorter history with the first violation. */
  readonly shorten: boolean;
}

/** What a worker process answers. */
export interface SimulationReport extends Omit<SeedResult, 'happened' | 'trace'> {
  /** Set if the task asks for it. */
  readonly shortest: Shortest | undefined;
  /** Every step, if the task asks for it. */
  readonly trace: readonly string[];
}

/** The shortest history that was found with the first violation. */
export interface Shortest {
  readonly violation: Violation;
  /** Ids of the changes and faults that are needed. */
  readonly only: readonly string[];
  readonly hash: string;
  readonly lines: readonly string[];
}

export async function play(task: SimulationTask): Promise<SimulationReport> {
  const { only, trace, shorten } = task;
  const result = await runSeed({ ...task, only: only && new Set(only) });
  const [first] = result.violations;
  const { happened: _, trace: entries, ...report } = result;
  return {
    ...report,
    shortest: shorten && first ? await shortestOf(result, first, task) : undefined,
    trace: trace ? timeLine(entries) : [],
  };
}

/** Looks for fewer changes and faults that break the same promise. */
async function shortestOf(
  result: SeedResult,
  first: Violation,
  { seed, rounds, commands }: SimulationTask,
): Promise<Shortest> {
  const isSame = ({ promise }: Violation): boolean => promise === first.promise;
  let best = { violation: first, only: result.happened, hash: result.hash, trace: result.trace };
  await shrink(result.happened, async (ids) => {
    const { violations, hash, trace } = await runSeed({ seed, rounds, commands, only: new Set(ids) });
    const violation = violations.find(isSame);
    if (violation) best = { violation, only: ids, hash, trace };
    return violation !== undefined;
  });
  const { trace, ...shortest } = best;
  return { ...shortest, lines: timeLine(trace, best.violation.path) };
}
