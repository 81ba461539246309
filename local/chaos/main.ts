import { randomInt } from 'node:crypto';
import { localCommands } from '../deployment.ts';
import { runCommand } from '../run-command.ts';
import { Screen } from '../screen.ts';
import { synthesize } from '../synthesize.ts';
import { type Break, breaks } from './breaks.ts';
import { buildBrokenBundles } from './broken-bundles.ts';
import type { SeedResult } from './chaos-run.ts';
import { settleSeconds, timeScale } from './chaos-stage.ts';
import { promiseText } from './evidence.ts';
import { type ChaosOptions, parseChaosOptions, usage } from './options.ts';
import { counted, seedLine, summaryLines, totalOf, violationLines } from './report.ts';
import { type SeedTask, SeedWorkers } from './seed-workers.ts';

/**
 * Two processes use two cores fully. More would slow each seed down, and seeds run in real time.
 */
const workers = 2;
const chaosWorkers = new SeedWorkers<SeedTask, SeedResult>({
  program: new URL('./seed-worker-main.ts', import.meta.url),
  // Each step of a seed has its own time limit. This one catches everything else.
  timeoutMs: 300_000,
});

/**
 * Exit codes: 0 if every promise held, or if the violation that `--break` must cause was found;
 * 1 otherwise, or if the stage failed; 2 if the command line is invalid.
 */
await runCommand(parseChaosOptions(process.argv.slice(2), randomInt(1_000_000)), usage, main);

/** With --json only the result goes to standard output, so that it can be piped. */
async function main(options: ChaosOptions): Promise<void> {
  const { seeds, json, broken } = options;
  const startedAtMs = performance.now();
  const safeguard = broken === undefined ? undefined : breaks[broken];
  const results: SeedResult[] = [];
  const screen = new Screen(json ? process.stderr : process.stdout);
  for (const line of introLines(options, safeguard)) screen.line(line);

  const stage = await build(broken, safeguard);
  screen.line(`Built in ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);

  screen.start(() => `  ${results.length} of ${counted(seeds, 'seed')} done`);
  await chaosWorkers.run(Math.min(workers, seeds), tasksOf(options, stage, results), (result) => {
    results.push(result);
    for (const line of [seedLine(result), ...violationLines(result)]) screen.line(line);
  });
  screen.stop();

  const total = totalOf(results, performance.now() - startedAtMs);
  for (const line of summaryLines(total)) screen.line(line);
  if (broken !== undefined) screen.line(breakLine(broken, options, results));
  const isViolated = results.some(hasViolation);
  if (isViolated !== (broken !== undefined)) process.exitCode = 1;
  if (json) console.log(JSON.stringify(total));
}

function introLines({ seeds, seed, broken }: ChaosOptions, safeguard: Break | undefined): string[] {
  const without = safeguard ? `, with the safeguard "${broken}" removed: ${safeguard.what}` : '';
  return [
    `Chaos: ${counted(seeds, 'seed')}, starting at ${seed}${without}`,
    `Time runs ${Math.round(1 / timeScale)} times faster than in a deployment.`,
    'A seed repeats every random choice, but not the exact timing of what the functions do.',
  ];
}

/** Synthesizes the stack, and builds the bundles without a safeguard if one is to be removed. */
async function build(
  broken: string | undefined,
  safeguard: Break | undefined,
): Promise<Omit<SeedTask, 'seed'>> {
  const template = 'cdk.out/chaos';
  await synthesize({
    folder: template,
    settings: { settleSeconds, ...localCommands, signedCommands: 'yes' },
  });
  if (!safeguard) return { template };
  const bundles = `cdk.out/chaos-${broken}`;
  await buildBrokenBundles(bundles, safeguard);
  return { template, bundles };
}

/** Returns the next seed to run. With `--break` the first violation is enough. */
function tasksOf(
  { seeds, seed, broken }: ChaosOptions,
  stage: Omit<SeedTask, 'seed'>,
  results: readonly SeedResult[],
): () => SeedTask | undefined {
  let started = 0;
  return () => {
    const isFound = broken !== undefined && results.some(hasViolation);
    if (started === seeds || isFound) return undefined;
    started += 1;
    return { ...stage, seed: seed + started - 1 };
  };
}

function breakLine(broken: string, { seeds }: ChaosOptions, results: readonly SeedResult[]): string {
  const found = results.find(hasViolation);
  const [violation] = found?.violations ?? [];
  return found && violation
    ? `--break ${broken}: detected by seed ${found.seed}: ${promiseText(violation.promise)}`
    : `--break ${broken}: NOT detected within ${counted(seeds, 'seed')}`;
}

function hasViolation({ violations }: SeedResult): boolean {
  return violations.length > 0;
}
