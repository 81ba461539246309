import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../bin/build.ts';
import { newestStage } from '../bin/pcr/local-stage.ts';
import { attemptLine, attemptWatcher } from './attempt-lines.ts';
import { localCommands, localReminders } from './deployment.ts';
import { FunctionLogs } from './function-logs.ts';
import { openStage } from './open-stage.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { lookAroundLines, resultLines, timeScaleLine } from './report.ts';
import type { RunObserver, StagedRun } from './run.ts';
import { stageSamples } from './samples-run.ts';
import { stageScenario } from './scenario-run.ts';
import { Screen } from './screen.ts';
import { startStageConsole } from './stage-console.ts';
import { judgeRun } from './verdict.ts';

/** The folder of this checkout. */
const checkout = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/**
 * Exit codes: 0 if every check held, 1 if one did not or the stage failed, 2 if the command line is
 * invalid.
 */
const parsed = parseOptions(process.argv.slice(2), randomInt(1_000_000));
if (parsed === 'help') console.log(usage);
else if ('problems' in parsed) {
  console.error([...parsed.problems, '', usage].join('\n'));
  process.exitCode = 2;
} else
  await (parsed.env ? printVariables() : main(parsed)).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    // Engines and pollers that are still running would keep this process alive.
    process.exit(1);
  });

/** With --json only the result goes to standard output, so that it can be piped. */
async function main(options: Options): Promise<void> {
  let events = 0;
  const screen = new Screen(options.json ? process.stderr : process.stdout);
  const logs = new FunctionLogs((line) => screen.prose(`  ${line}`));
  const observer: RunObserver = {
    logs,
    note: (line) => screen.prose(`• ${line}`),
    onEvents: (total) => {
      events = total;
    },
  };
  screen.prose(`Partner Central Relay on this machine, seed ${options.seed}`);
  screen.prose(timeScaleLine);

  await build(options, screen);
  screen.start(() => statusLine(events, logs));
  const staged = await stage(options, observer);
  const played = await staged.play();
  const verdict = await judgeRun(staged.local, played);
  screen.stop();

  for (const line of verdict.described) screen.prose(`• ${line}`);
  const checks = [...verdict.checks, ...played.checks];
  const paint: Screen['paint'] = (color, text) => screen.paint(color, text);
  for (const line of resultLines(verdict.result, played.measured, checks, paint)) screen.prose(line);
  if (checks.some(({ holds }) => !holds)) process.exitCode = 1;
  if (options.stay || (process.stdout.isTTY && !options.once && !options.json))
    await lookAround(staged, logs, screen);
  else screen.prose('\nThe stage ends now. On a terminal it stays up, without --once.');
  await staged.stop();
  if (options.json) console.log(JSON.stringify(verdict.result));
}

/** Recorded opportunities are old: reminders of them would only hide what was recorded. */
async function build({ samples }: Options, screen: Screen): Promise<void> {
  const startedAtMs = performance.now();
  const seconds = () => (performance.now() - startedAtMs) / 1_000;
  const what = 'Building the functions and the stack';
  screen.prose(`${what}, which takes 1 to 10 s …`);
  screen.start(() => (process.stdout.isTTY ? `${what}: ${seconds().toFixed(0)} s` : ''));
  const reminders = samples === undefined ? localReminders : {};
  // Loads the CDK, which other uses of the command line do not need.
  const { synthesize } = await import('./synthesize.ts');
  await synthesize({ settings: { ...localCommands, signedCommands: 'yes', ...reminders } });
  screen.stop();
  screen.prose(`Built in ${seconds().toFixed(1)} s`);
}

function stage(options: Options, observer: RunObserver): Promise<StagedRun> {
  return options.samples === undefined
    ? stageScenario(options, observer)
    : stageSamples(options, options.samples, observer);
}

function statusLine(events: number, { counts }: FunctionLogs): string {
  const { hydrated, fannedOut, delivered, failedAttempts, parked } = counts;
  const ends = `${delivered} delivered, ${failedAttempts} failed, ${parked} parked`;
  return `  ${events} events, ${hydrated} hydrated, ${fannedOut} fanned out, ${ends}`;
}

/** @throws Error if there is no local stage */
async function printVariables(): Promise<void> {
  const running = await newestStage();
  if (!running) throw new Error('There is no local stage: start it with npm start.');
  for (const [name, value] of Object.entries(running.variables)) console.log(`export ${name}=${value}`);
}

/** Keeps the stage up until a signal, so that people can look around. */
async function lookAround({ local, control }: StagedRun, logs: FunctionLogs, screen: Screen): Promise<void> {
  const { opened, stop } = await openStage(local.stage, checkout, control);
  // The page of the sources as they are, like the functions.
  await buildPage();
  const served = await startStageConsole(opened);
  screen.prose('\nThe console, for a browser on this machine. Who has this link can use it:');
  screen.line(`  ${served.link ?? `did not start: ${served.problem ?? ''}`}`);
  screen.prose('\nIn another terminal, pcr finds this stage by itself:');
  const { url } = local.stage.httpApis.get('Commands/Door/Api/Api');
  for (const line of lookAroundLines(checkout, url)) screen.line(line);
  screen.prose('\nThe stage stays up. Press Ctrl-C to end it. Each webhook prints a line, in UTC:');
  logs.onAttempt = attemptWatcher(local, (seen) => {
    screen.line(screen.paint(seen.isDelivered ? 'green' : 'red', attemptLine(seen)));
  });
  await Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
  logs.onAttempt = undefined;
  served.stop();
  await stop();
}
