import { randomInt } from 'node:crypto';
import { synthesize } from '../deployment.ts';
import { Screen } from '../screen.ts';
import { breaks } from './breaks.ts';
import { buildBrokenBundles } from './broken-bundles.ts';
import type { SeedResult } from './chaos-run.ts';
import { settleSeconds, timeScale } from './chaos-stage.ts';
import type { ChaosProps } from './chaos-world.ts';
import { promises } from './evidence.ts';
import { type ChaosOptions, parseChaosOptions, usage } from './options.ts';
import { seedLine, summaryLines, totalOf, violationLines } from './report.ts';
import { runInWorkers } from './seed-workers.ts';

/** Two keep two cores busy; more would only make each of them slower, and the clocks of a run are real. */
const lanes = 2;

/** Exit codes: 0 every promise held, or a break was found; 1 otherwise, or the stage failed; 2 the command line is off. */
const asked = parseChaosOptions(process.argv.slice(2), randomInt(1_000_000));
if (asked === 'help') console.log(usage);
else if ('problems' in asked) {
  console.error([...asked.problems, '', usage].join('\n'));
  process.exitCode = 2;
} else
  await main(asked).catch((error: unknown) => {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    // What is still up, engines and pollers, would keep the process; the engine's own process ends with this one.
    process.exit(1);
  });

/** With --json nothing but the result goes to standard output, so that it can be piped. */
async function main(options: ChaosOptions): Promise<void> {
  const { seeds, seed, json, broken } = options;
  const startedAtMs = performance.now();
  const results: SeedResult[] = [];
  const screen = new Screen(
    json ? process.stderr : process.stdout,
    () => `  ${results.length} of ${seeds} seeds`,
  );
  screen.line(
    `Chaos: ${seeds} seeds from ${seed} on${broken === undefined ? '' : `, without ${broken}: ${breaks[broken]?.what}`}`,
  );
  screen.line(
    `Time runs ${Math.round(1 / timeScale)} times faster. A seed repeats the choices of the adversary, not the instants at which they meet the work.`,
  );
  const template = 'cdk.out/chaos';
  await synthesize({ folder: template, settleSeconds });
  const given = broken === undefined ? undefined : breaks[broken];
  const bundles = given && `cdk.out/chaos-${broken}`;
  if (given && bundles) await buildBrokenBundles(bundles, given);
  screen.line(`Built in ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
  screen.start();
  const isOver = (): boolean =>
    broken !== undefined && results.some(({ violations }) => violations.length > 0);
  let begun = 0;
  const next = (): ChaosProps | undefined => {
    if (begun === seeds || isOver()) return undefined;
    begun += 1;
    return { seed: seed + begun - 1, template, bundles };
  };
  await runInWorkers(Math.min(lanes, seeds), next, (result) => {
    results.push(result);
    for (const line of [seedLine(result), ...violationLines(result)]) screen.line(line);
  });
  screen.stop();
  const total = totalOf(results, performance.now() - startedAtMs);
  for (const line of summaryLines(total)) screen.line(line);
  const found = results.find(({ violations }) => violations.length > 0);
  const [first] = found?.violations ?? [];
  if (broken !== undefined)
    screen.line(
      found && first
        ? `--break ${broken}: found, seed ${found.seed}, promise: ${promises[first.promise]}`
        : `--break ${broken}: NOT found within ${seeds} seeds`,
    );
  if ((broken === undefined) === (found !== undefined)) process.exitCode = 1;
  if (json) console.log(JSON.stringify(total));
}
