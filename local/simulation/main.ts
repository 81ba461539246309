import { randomInt } from 'node:crypto';
import { promiseText } from '../chaos/evidence.ts';
import { counted } from '../chaos/report.ts';
import { SeedWorkers } from '../chaos/seed-workers.ts';
import { Screen } from '../screen.ts';
import { breaks } from './breaks.ts';
import { buildProgram } from './build.ts';
import { parseSimulationOptions, type SimulationOptions, usage, usualCommands } from './options.ts';
import { foundLines, type SimulationResult, summaryLines, Totals, violationLines } from './report.ts';
import type { SimulationReport, SimulationTask } from './task.ts';

/** Two processes use two cores fully. */
const workers = 2;
/** A seed takes about a tenth of a second; shrinking a violation takes up to some hundred runs. */
const timeoutMs = 600_000;
/** The number of violated seeds whose shortest histories are looked for. */
const mostShortened = 3;
/** A run of this many seeds must meet every fault. */
const seedsForAllFaults = 1_000;

/**
 * Exit codes: 0 if every promise held and every fault was met, or if the violation that `--break`
 * must cause was found; 1 otherwise; 2 if the command line is invalid.
 */
const parsed = parseSimulationOptions(process.argv.slice(2), randomInt(1_000_000_000));
if (parsed === 'help') console.log(usage);
else if ('problems' in parsed) {
  console.error([...parsed.problems, '', usage].join('\n'));
  process.exitCode = 2;
} else await main(parsed);

/** With --json only the result goes to standard output, so that it can be piped. */
async function main(options: SimulationOptions): Promise<void> {
  const { seeds, seed, broken, json } = options;
  const totals = new Totals();
  const screen = new Screen(json ? process.stderr : process.stdout);
  const safeguard = broken === undefined ? undefined : breaks[broken];
  const without = safeguard ? `, with the safeguard "${broken}" removed: ${safeguard.what}` : '';
  screen.line(`Simulation: ${counted(seeds, 'seed')} from ${seed}${without}`);
  const program = await buildProgram(broken ?? 'all', safeguard);
  const pool: Pool = new SeedWorkers({ program, timeoutMs });
  screen.start(() => `  ${totals.seeds} of ${counted(seeds, 'seed')} done`);
  const startedAtMs = performance.now();
  await playSeeds(options, pool, totals, screen);
  const result = totals.result(performance.now() - startedAtMs);
  await shortenFirst(options, pool, result, screen);
  screen.stop();
  for (const line of [...summaryLines(result), ...verdictLines(options, result)]) screen.line(line);
  if (!isAsExpected(options, result)) process.exitCode = 1;
  if (json) console.log(JSON.stringify(result));
}

type Pool = SeedWorkers<SimulationTask, SimulationReport>;

/** With `--break` the first violation is enough. */
async function playSeeds(
  { seeds, seed, rounds, commands, only, trace, broken }: SimulationOptions,
  pool: Pool,
  totals: Totals,
  screen: Screen,
): Promise<void> {
  let started = 0;
  const nextTask = (): SimulationTask | undefined => {
    const isFound = broken !== undefined && totals.violations.length > 0;
    if (started === seeds || isFound) return undefined;
    started += 1;
    return { seed: seed + started - 1, rounds, commands, only, trace, shorten: false };
  };
  await pool.run(Math.min(workers, seeds), nextTask, (report) => {
    totals.add(report);
    for (const line of [...report.trace, ...foundLines(report)]) screen.line(line);
  });
}

/** Prints the shortest histories of the first violated seeds. */
async function shortenFirst(
  options: SimulationOptions,
  pool: Pool,
  { violations }: SimulationResult,
  screen: Screen,
): Promise<void> {
  const { rounds, commands, only } = options;
  const violated = [...new Set(violations.map(({ seed }) => seed))].slice(0, mostShortened);
  if (violated.length === 0) return;
  screen.line('Looking for the shortest histories …');
  const tasks = violated.map((seed) => ({ seed, rounds, commands, only, trace: false, shorten: true }));
  await pool.run(
    Math.min(workers, violated.length),
    () => tasks.shift(),
    (report) => {
      for (const line of violationLines(report, commandOf(options))) screen.line(line);
    },
  );
}

function verdictLines(
  { broken, seeds, expect }: SimulationOptions,
  { hash, violations: [found] }: SimulationResult,
): readonly string[] {
  const detected = found
    ? `detected by seed ${found.seed}: ${promiseText(found.promise)}`
    : `NOT detected within ${counted(seeds, 'seed')}`;
  const changed = 'the code, a fault or a dependency has changed since that trace';
  return [
    ...(hash === undefined ? [] : [`Trace ${hash}`]),
    ...(broken === undefined ? [] : [`--break ${broken}: ${detected}`]),
    ...(expect === undefined || expect === hash ? [] : [`The trace ${hash} is not ${expect}: ${changed}.`]),
  ];
}

function isAsExpected(
  { broken, seeds, expect }: SimulationOptions,
  { hash, violations, neverMet }: SimulationResult,
): boolean {
  if (expect !== undefined && expect !== hash) return false;
  if (broken !== undefined) return violations.length > 0;
  return violations.length === 0 && (seeds < seedsForAllFaults || neverMet.length === 0);
}

function commandOf({ broken, rounds, commands }: SimulationOptions): string {
  const parts = [
    'npm run simulate --',
    broken && `--break ${broken}`,
    rounds !== 12 && `--rounds ${rounds}`,
    commands !== usualCommands && `--commands ${commands}`,
  ];
  return parts.filter(Boolean).join(' ');
}
