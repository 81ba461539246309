import type { ReportedViolation, SeedResult } from './chaos-run.ts';
import { promiseText } from './evidence.ts';

/** The JSON object that `--json` prints. */
export interface ChaosResult {
  readonly seeds: number;
  readonly violations: number;
  readonly events: number;
  /** Commands that were accepted. */
  readonly commands: number;
  /** Requests of the API that changed a record. */
  readonly writes: number;
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
    commands: sum(({ commands }) => commands),
    writes: sum(({ writes }) => writes),
    crashes: sum(({ crashes }) => crashes),
    duplicates: sum(({ duplicates }) => duplicates),
    throttles: sum(({ throttles }) => throttles),
    elapsedMs: Math.round(elapsedMs),
  };
}

const phases = ['start', 'storm', 'quiescence', 'reconciliation'];

export function seedLine(result: SeedResult): string {
  const { seed, violations, phasesMs, elapsedMs } = result;
  const held = violations.length === 0 ? 'ok' : counted(violations.length, 'violation').toUpperCase();
  const times = phasesMs.map((ms, index) => `${phases[index]} ${inSeconds(ms)}`).join(', ');
  return `seed ${String(seed).padEnd(10)} ${held.padEnd(13)} ${countsText(result)}, ${inSeconds(elapsedMs)} s (${times})`;
}

function inSeconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

/** At most this many violations of a seed, and lines of a history, are printed. */
const maxViolations = 5;
const maxLines = 80;

export function violationLines({ seed, violations }: SeedResult): string[] {
  const printed = violations.slice(0, maxViolations).flatMap((violation) => oneViolation(seed, violation));
  const more = violations.length - maxViolations;
  return more > 0 ? [...printed, `  … and ${more} more violations of seed ${seed}`] : printed;
}

function oneViolation(seed: number, { promise, path, what, lines }: ReportedViolation): string[] {
  const kept = lines.length > maxLines ? ['…', ...lines.slice(-maxLines)] : lines;
  return [
    `  ${promiseText(promise)}: VIOLATED by seed ${seed}`,
    `    ${path === undefined ? '' : `${path} `}${what}`,
    ...kept.map((line) => `    ${line}`),
  ];
}

export function summaryLines(result: ChaosResult): string[] {
  const { seeds, violations, elapsedMs } = result;
  return [
    '',
    `${counted(seeds, 'seed')}, ${countsText(result)} in ${inSeconds(elapsedMs)} s`,
    violations === 0 ? 'Every promise held.' : `${counted(violations, 'violation')}.`,
  ];
}

type Counts = Pick<ChaosResult, 'events' | 'commands' | 'writes' | 'crashes' | 'duplicates' | 'throttles'>;

function countsText({ events, commands, writes, crashes, duplicates, throttles }: Counts): string {
  return [
    counted(events, 'event'),
    counted(commands, 'command'),
    counted(writes, 'write'),
    counted(crashes, 'crash', 'crashes'),
    counted(duplicates, 'duplicate'),
    counted(throttles, 'throttled call'),
  ].join(', ');
}

/** `1 seed`, `2 seeds` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
