import type { ReportedViolation, SeedResult } from './chaos-run.ts';
import { promises } from './evidence.ts';

/** The last line of `--json`. */
export interface ChaosResult {
  readonly seeds: number;
  readonly violations: number;
  readonly events: number;
  readonly crashes: number;
  readonly duplicates: number;
  readonly throttles: number;
  readonly elapsedMs: number;
}

export function totalOf(results: readonly SeedResult[], elapsedMs: number): ChaosResult {
  const sum = (of: (result: SeedResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    seeds: results.length,
    violations: sum(({ violations }) => violations.length),
    events: sum(({ events }) => events),
    crashes: sum(({ crashes }) => crashes),
    duplicates: sum(({ duplicates }) => duplicates),
    throttles: sum(({ throttles }) => throttles),
    elapsedMs: Math.round(elapsedMs),
  };
}

export function seedLine({
  seed,
  violations,
  events,
  crashes,
  duplicates,
  throttles,
  ...times
}: SeedResult): string {
  const held = violations.length === 0 ? 'held' : `${violations.length} VIOLATED`;
  const seconds = times.phasesMs.map((ms) => (ms / 1_000).toFixed(1)).join(' + ');
  return [
    `seed ${String(seed).padEnd(10)} ${held.padEnd(11)}`,
    `${events} events, ${crashes} crashes, ${duplicates} duplicates, ${throttles} throttles,`,
    `${(times.elapsedMs / 1_000).toFixed(1)} s (${seconds})`,
  ].join(' ');
}

/** How many violations of one seed are worth a person's time, and how long a history. */
const examples = 5;
const mostLines = 80;

export function violationLines({ seed, violations }: SeedResult): string[] {
  const shown = violations.slice(0, examples).flatMap((violation) => oneViolation(seed, violation));
  const more = violations.length - examples;
  return more > 0 ? [...shown, `  … and ${more} more of seed ${seed}`] : shown;
}

function oneViolation(seed: number, { promise, path, what, lines }: ReportedViolation): string[] {
  const kept = lines.length > mostLines ? ['…', ...lines.slice(-mostLines)] : lines;
  return [
    `  violated: ${promises[promise]} (seed ${seed})`,
    `    ${path === undefined ? '' : `${path} `}${what}`,
    ...kept.map((line) => `    ${line}`),
  ];
}

export function summaryLines({
  seeds,
  violations,
  events,
  crashes,
  duplicates,
  throttles,
  elapsedMs,
}: ChaosResult): string[] {
  return [
    '',
    `${seeds} seeds, ${events} events, ${crashes} crashes, ${duplicates} duplicates, ${throttles} throttles in ${(elapsedMs / 1_000).toFixed(1)} s`,
    violations === 0 ? 'No promise was violated.' : `${violations} violations.`,
  ];
}
