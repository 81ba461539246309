import { randomInt } from 'node:crypto';
import { promiseText } from '../chaos/evidence.ts';
import { counted } from '../chaos/report.ts';
import { SeedWorkers } from '../chaos/seed-workers.ts';
import { Screen } from '../screen.ts';
import { breaks } from './breaks.ts';
import { buildProgram } from './build.ts';
import { parseSimulationOptions, type SimulationOptions, usage } from './options.ts';
import { foundLines, summaryLines, Totals, violationLines } from './report.ts';
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
  const { seeds, seed, rounds, broken, json, only, trace, expect } = options;
  const totals = new Totals();
  const screen = new Screen(
    json ? process.stderr : process.stdout,
    () => `  ${totals.seeds} of ${counted(seeds, 'seed')} done`,
  );
  const safeguard = broken === undefined ? undefined : breaks[broken];
  const without = safeguard ? `, with the safeguard "${broken}" removed: ${safeguard.what}` : '';
  screen.line(`Simulation: ${counted(seeds, 'seed')} from ${seed}${without}`);
  const program = await buildProgram(broken ?? 'all', safeguard);
  const pool = new SeedWorkers<SimulationTask, SimulationReport>({ program, timeoutMs });
  const startedAtMs = performance.now();
  let started = 0;
  const nextTask = (): SimulationTask | undefined => {
    const isFound = broken !== undefined && totals.violations.length > 0;
    if (started === seeds || isFound) return undefined;
    started += 1;
    return { seed: seed + started - 1, rounds, only, trace, shorten: false };
  };
  screen.start();
  await pool.run(Math.min(workers, seeds), nextTask, (report) => {
    totals.add(report);
    for (const line of report.trace) screen.line(line);
    for (const line of foundLines(report)) screen.line(line);
  });
  const violated = [...new Set(totals.violations.map((each) => each.seed))].slice(0, mostShortened);
  const shortened = violated.map((each) => ({ seed: each, rounds, only, trace: false, shorten: true }));
  if (violated.length > 0) screen.line('Looking for the shortest histories …');
  await pool.run(
    Math.min(workers, violated.length),
    () => shortened.shift(),
    (report) => {
      for (const line of violationLines(report, commandOf(options))) screen.line(line);
    },
  );
  screen.stop();
  const result = totals.result(performance.now() - startedAtMs);
  for (const line of summaryLines(result)) screen.line(line);
  if (seeds === 1) screen.line(`Trace ${result.hash}`);
  const [found] = result.violations;
  if (broken !== undefined)
    screen.line(
      found
        ? `--break ${broken}: detected by seed ${found.seed}: ${promiseText(found.promise)}`
        : `--break ${broken}: NOT detected within ${counted(seeds, 'seed')}`,
    );
  const isOther = expect !== undefined && expect !== result.hash;
  if (isOther)
    screen.line(
      `The trace ${result.hash} is not ${expect}: the code, a fault or a dependency has changed since that trace.`,
    );
  const isUnmet = broken === undefined && seeds >= seedsForAllFaults && result.neverMet.length > 0;
  if ((found !== undefined) !== (broken !== undefined) || isOther || isUnmet) process.exitCode = 1;
  if (json) console.log(JSON.stringify(result));
}

function commandOf({ broken, rounds }: SimulationOptions): string {
  const parts = ['npm run simulate --', broken && `--break ${broken}`, rounds !== 12 && `--rounds ${rounds}`];
  return parts.filter(Boolean).join(' ');
}
