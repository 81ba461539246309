import { type PromiseNumber, promiseText } from '../chaos/evidence.ts';
import { counted } from '../chaos/report.ts';
import { type FaultKind, faultKinds } from './faults.ts';
import type { SimulationReport } from './task.ts';

/** The JSON object that `--json` prints. */
export interface SimulationResult {
  readonly seeds: number;
  readonly violations: readonly FoundViolation[];
  readonly events: number;
  readonly steps: number;
  readonly elapsedMs: number;
  readonly seedsPerSecond: number;
  /** Trace hash of the seed that was reported last. */
  readonly hash: string | undefined;
  /** How often each fault struck. */
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Faults that never struck. */
  readonly neverMet: readonly FaultKind[];
  /** How often each log line was written, and the sum of each count: the safeguards that acted. */
  readonly met: Readonly<Record<string, number>>;
}

export interface FoundViolation {
  readonly seed: number;
  readonly promise: PromiseNumber;
  readonly path: string | undefined;
  readonly what: string;
}

/** Adds up reports and keeps none of them, since thousands would take too much memory. */
export class Totals {
  #seeds = 0;
  #events = 0;
  #steps = 0;
  #hash: string | undefined;
  readonly #faults = new Map<FaultKind, number>();
  readonly #met = new Map<string, number>();
  readonly violations: FoundViolation[] = [];

  add({ seed, events, steps, hash, faults, met, violations }: SimulationReport): void {
    this.#seeds += 1;
    this.#events += events;
    this.#steps += steps;
    this.#hash = hash;
    for (const kind of faultKinds)
      this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + (faults[kind] ?? 0));
    for (const [name, times] of Object.entries(met)) this.#met.set(name, (this.#met.get(name) ?? 0) + times);
    for (const { promise, path, what } of violations) this.violations.push({ seed, promise, path, what });
  }

  get seeds(): number {
    return this.#seeds;
  }

  result(elapsedMs: number): SimulationResult {
    return {
      seeds: this.#seeds,
      violations: this.violations,
      events: this.#events,
      steps: this.#steps,
      elapsedMs: Math.round(elapsedMs),
      seedsPerSecond: Number(((1_000 * this.#seeds) / elapsedMs).toFixed(1)),
      hash: this.#seeds === 1 ? this.#hash : undefined,
      faults: Object.fromEntries(this.#faults),
      neverMet: faultKinds.filter((kind) => !this.#faults.get(kind)),
      met: Object.fromEntries([...this.#met].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}

/** One line for a seed with violations. */
export function foundLines({ seed, violations: [first, ...others] }: SimulationReport): readonly string[] {
  if (!first) return [];
  const { promise, path, what } = first;
  const more = others.length > 0 ? `, and ${counted(others.length, 'more violation')}` : '';
  return [
    `seed ${seed}: ${promiseText(promise)}: VIOLATED: ${path === undefined ? '' : `${path} `}${what}${more}`,
  ];
}

/** At most this many lines of a history are printed. */
const mostLines = 120;

export function violationLines(report: SimulationReport, command: string): readonly string[] {
  const { seed, shortest } = report;
  if (!shortest) return [];
  const { violation, only, hash, lines } = shortest;
  const { promise, path, what } = violation;
  const kept = lines.length > mostLines ? ['…', ...lines.slice(-mostLines)] : lines;
  return [
    `seed ${seed}, the shortest history: ${promiseText(promise)}: VIOLATED`,
    `    ${path === undefined ? '' : `${path} `}${what}`,
    ...kept.map((line) => `    ${line}`),
    `  Repeat it: ${command} --seeds 1 --seed ${seed} --only '${only.join(',')}' --expect ${hash} --trace`,
  ];
}

export function summaryLines(result: SimulationResult): readonly string[] {
  const { seeds, violations, events, steps, elapsedMs, seedsPerSecond, neverMet, faults } = result;
  const struck = Object.values(faults).reduce((sum, times) => sum + times, 0);
  const bad = new Set(violations.map(({ seed }) => seed)).size;
  return [
    `${counted(seeds, 'seed')}, ${counted(events, 'event')}, ${counted(struck, 'fault')}, ${counted(steps, 'step')} in ${(elapsedMs / 1_000).toFixed(1)} s: ${seedsPerSecond} seeds a second`,
    // One seed switches only some kinds on.
    ...(seeds > 1 && neverMet.length > 0 ? [`Faults that never struck: ${neverMet.join(', ')}`] : []),
    violations.length === 0
      ? 'Every promise held.'
      : `${counted(bad, 'seed')} with ${counted(violations.length, 'violation')}.`,
  ];
}
