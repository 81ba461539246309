import { rmSync } from 'node:fs';
import Table from 'cli-table3';
import { addMemoryReporter } from '../function-memory.ts';
import { describeMachine } from '../machine.ts';
import { runCommand } from '../run-command.ts';
import { synthesize } from '../synthesize.ts';
import { leaks, parseSoakOptions, type SoakOptions, usage } from './options.ts';
import { runSoak, type SoakResult } from './run-soak.ts';

const report = (line: string): void => console.error(line);

/** The default, before it is scaled: records are also read early. */
const settleSeconds = 5;

/** Each process has its own: another run in the same checkout would replace the bundles. */
const folder = `cdk.out/soak-${process.pid}`;

/**
 * Exit codes: 0 if everything ended where it began, or if what `--break` leaves behind was found;
 * 1 otherwise, or if the stage failed; 2 if the command line is invalid.
 */
await runCommand(parseSoakOptions(process.argv.slice(2)), usage, main);

/** With --json only the result goes to standard output, so that it can be piped. */
async function main(options: SoakOptions): Promise<void> {
  const machine = describeMachine();
  report('Building the functions and the stack …');
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  // Like a deployment with default settings, but for the read quota.
  await synthesize({ folder, settings: { catalogs: 'AWS', settleSeconds } });
  await addMemoryReporter(folder);
  const result = await runSoak(options, folder, report);
  const { changes, versions, faults, engine, rows } = result;
  const print = options.json ? report : (line: string): void => console.log(line);
  print(tableOf(rows));
  print(`${changes} changes, ${versions} versions, ${faults} faults, on ${engine}; ${machine}`);
  const missed = rows.filter(({ holds }) => !holds).map(({ what }) => what);
  if (options.leak === undefined) process.exitCode = missed.length === 0 ? 0 : 1;
  else {
    const { row } = leaks[options.leak];
    const isFound = missed.includes(row);
    print(`--break ${options.leak}: ${isFound ? 'found' : 'NOT found'} by the row "${row}"`);
    process.exitCode = isFound ? 0 : 1;
  }
  if (options.json) console.log(JSON.stringify(result));
}

function tableOf(rows: SoakResult['rows']): string {
  const table = new Table({
    head: ['', 'at the beginning', 'at the end', 'allowed'],
    style: { head: [], border: [] },
  });
  for (const { what, begin, end, allowed, holds } of rows)
    table.push([`${holds ? '✓' : '✗'} ${what}`, begin, end, allowed]);
  return table.toString();
}
