import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { coldStart } from './cold-start.ts';
import { deliverThroughput } from './deliver-throughput.ts';
import { hydrateCpu } from './hydrate-cpu.ts';
import { listPages } from './list-pages.ts';
import { boundText, isWithin, type Measured, type Measurement } from './measurement.ts';
import { pipelineMemory, pipelineScaling } from './pipeline.ts';
import { readsPerAction } from './reads-per-action.ts';

/** All that is measured, each as a ratio against a floor that is measured beside it, never as a time of its own. */
const measurements: readonly Measurement[] = [
  coldStart,
  hydrateCpu,
  deliverThroughput,
  readsPerAction,
  listPages,
  pipelineScaling,
  pipelineMemory,
];

const usage = `npm run bench -- [NAME ...] [--json]

  NAME    measure only these: ${measurements.map(({ name }) => name).join(', ')}
  --json  print the ratios by name as one JSON object on the last line; null where one could not be measured

Exit status: 0 when every bound holds, 1 when one is broken, 2 when the command line is wrong.`;

const say = (line: string): void => console.error(line);

interface Row {
  readonly measurement: Measurement;
  readonly found: Measured | { readonly failed: string };
}

async function measure(measurement: Measurement): Promise<Row> {
  const { name } = measurement;
  const startedAtMs = performance.now();
  say(`${name} …`);
  try {
    const found = await measurement.run((line) => say(`  ${line}`));
    for (const line of found.details) say(`  ${line}`);
    say(`  ${name} took ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
    return { measurement, found };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    say(`  could not be measured: ${error instanceof Error ? (error.stack ?? failed) : failed}`);
    return { measurement, found: { failed } };
  }
}

function ratioIn({ found }: Row): number {
  return 'ratio' in found ? found.ratio : Number.NaN;
}

function isKept(row: Row): boolean {
  return isWithin(row.measurement.bound, ratioIn(row));
}

/** One row for each, with what a person wants to know behind the ratio. */
function tableOf(rows: readonly Row[]): string {
  const table = new Table({ head: ['', 'ratio', 'bound', 'measured'], style: { head: [], border: [] } });
  for (const row of rows) {
    const { measurement, found } = row;
    table.push([
      `${isKept(row) ? '✓' : '✗'} ${measurement.name}`,
      ratioIn(row).toFixed(3),
      boundText(measurement.bound),
      'details' in found ? found.details.join('\n') : `could not be measured: ${found.failed}`,
    ]);
  }
  return table.toString();
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Ratios still differ by machine: a small one has less to gain from what is done at once. */
function machine(load: readonly number[]): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const busy = load.map((each) => each.toFixed(2)).join(', ');
  return (
    `${model}, ${availableParallelism()} cores, ${gib(totalmem())} of memory (${gib(freemem())} free), ` +
    `Node ${process.version}, ${process.platform} ${process.arch}; load over 1, 5, 15 minutes when it began: ${busy}`
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !measurements.some((each) => each.name === name));
  if (values.help) return console.log(usage);
  if (unknown.length > 0) {
    say(`${unknown.join(', ')}: not a measurement\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const load = loadavg();
  const rows: Row[] = [];
  for (const each of measurements)
    if (positionals.length === 0 || positionals.includes(each.name)) rows.push(await measure(each));
  console.log(tableOf(rows));
  console.log(machine(load));
  const broken = rows.filter((row) => !isKept(row));
  for (const row of broken)
    say(
      `${row.measurement.name}: ${boundText(row.measurement.bound)} is allowed, found ${ratioIn(row).toFixed(3)}`,
    );
  process.exitCode = broken.length === 0 ? 0 : 1;
  const ratios = rows.map((row) => [row.measurement.name, Number(ratioIn(row).toFixed(4))]);
  if (values.json) console.log(JSON.stringify(Object.fromEntries(ratios)));
}

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
