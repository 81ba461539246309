import { randomInt } from 'node:crypto';
import { synthesize } from './deployment.ts';
import { FunctionLogs } from './function-logs.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { lookAroundLines, resultLines, timeScaleLine } from './report.ts';
import type { Run } from './run.ts';
import { runSamples } from './samples-run.ts';
import { runScenario } from './scenario-run.ts';
import { Screen } from './screen.ts';

/** Exit codes: 0 every check held, 1 one did not or the stage failed, 2 the command line is off. */
const asked = parseOptions(process.argv.slice(2), randomInt(1_000_000));
if (asked === 'help') console.log(usage);
else if ('problems' in asked) {
  console.error([...asked.problems, '', usage].join('\n'));
  process.exitCode = 2;
} else
  await main(asked).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    // What is still up, engines and pollers, would keep the process; the engine's own process ends with this one.
    process.exit(1);
  });

/** With --json nothing but the result goes to standard output, so that it can be piped. */
async function main(options: Options): Promise<void> {
  const out = options.json ? process.stderr : process.stdout;
  let events = 0;
  const lines = new FunctionLogs((line) => screen.line(`  ${line}`));
  const screen = new Screen(out, () => statusLine(events, lines));
  screen.line(`Partner Central Relay on embedded parts, seed ${options.seed}`);
  screen.line(timeScaleLine);
  const builtFromMs = performance.now();
  screen.line('Building the functions and synthesizing the stack …');
  await synthesize();
  screen.line(`Built in ${((performance.now() - builtFromMs) / 1_000).toFixed(1)} s`);
  const follower = {
    lines,
    note: (line: string) => screen.line(`• ${line}`),
    onEvents: (total: number) => {
      events = total;
    },
  };
  screen.start();
  const run = await (options.samples === undefined
    ? runScenario(options, follower)
    : runSamples(options, options.samples, follower));
  screen.stop();
  for (const line of resultLines(run)) screen.line(line);
  if (run.checks.some(({ holds }) => !holds)) process.exitCode = 1;
  await leaveOpen(run, options, screen);
  await run.stop();
  if (options.json) console.log(JSON.stringify(run.result));
}

function statusLine(events: number, { counts }: FunctionLogs): string {
  const { hydrated, postponed, fannedOut, delivered, failedAttempts, parked } = counts;
  return `  ${events} events → ${hydrated} hydrations (${postponed} postponed) → ${fannedOut} fanned out → ${delivered} delivered (${failedAttempts} failed attempts), ${parked} parked`;
}

/** On a terminal the stage stays up for people to look around, until Ctrl-C. */
async function leaveOpen(run: Run, { once, json }: Options, screen: Screen): Promise<void> {
  const stays = process.stdout.isTTY && !once && !json;
  for (const line of lookAroundLines(run)) screen.line(line);
  if (!stays) return screen.line('\n(Run it on a terminal without --once, and the stage stays up for that.)');
  screen.line('\nThe stage stays up. Ctrl-C ends it.');
  await new Promise<void>((resolve) => process.once('SIGINT', resolve));
}
