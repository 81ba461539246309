import { rmSync } from 'node:fs';
import Table from 'cli-table3';
import { runCommand } from '../run-command.ts';
import { synthesize } from '../synthesize.ts';
import { type HostileOptions, parseHostileOptions, usage } from './options.ts';
import { type HostileResult, runHostile } from './run-hostile.ts';

/** Each process has its own: another run in the same checkout would replace it. */
const folder = `cdk.out/hostile-${process.pid}`;
const mostListed = 20;

/**
 * Exit codes: 0 if every answer is allowed and nothing else is stored, or if what `--break` removes
 * was missed; 1 otherwise; 2 if the command line is invalid.
 */
await runCommand(parseHostileOptions(process.argv.slice(2)), usage, main);

/** With --json only the result goes to standard output, so that it can be piped. */
async function main(options: HostileOptions): Promise<void> {
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const template = await synthesize({
    folder,
    settings: { commands: 'opportunity.update', signedCommands: 'yes' },
  });
  const beganAtMs = performance.now();
  const result = await runHostile(template, options);
  const seconds = ((performance.now() - beganAtMs) / 1_000).toFixed(0);
  const print = options.json ? console.error : console.log;
  print(tableOf(result));
  const { requests, engine, commands, strays, unexpected } = result;
  print(
    `${requests} requests in ${seconds} s on ${engine}: ${commands} commands were accepted and are stored,`,
  );
  print(
    `${strays.length} rows are stored that should not be, or are missing; ${unexpected.length} answers and errors were not expected`,
  );
  for (const line of [...strays, ...unexpected].slice(0, mostListed)) print(`✗ ${line}`);
  const isSound = strays.length === 0 && unexpected.length === 0;
  if (options.broken !== undefined) print(`--break ${options.broken}: ${isSound ? 'NOT found' : 'found'}`);
  process.exitCode = isSound === (options.broken === undefined) ? 0 : 1;
  if (options.json) console.log(JSON.stringify(result));
}

function tableOf({ answers }: HostileResult): string {
  const table = new Table({ head: ['requests', 'sent', 'answered'], style: { head: [], border: [] } });
  for (const [kind, counts] of Object.entries(answers)) {
    const sent = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const answered = Object.entries(counts).map(([status, count]) => `${count} × ${status}`);
    table.push([kind, sent, answered.join(', ')]);
  }
  return table.toString();
}
