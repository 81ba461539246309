import { availableParallelism, cpus, freemem, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { callsPerVersion } from './calls-per-version.ts';
import { coldStart } from './cold-start.ts';
import { deliverThroughput } from './deliver-throughput.ts';
import { exportMemory } from './export-memory.ts';
import { hydrateCpu } from './hydrate-cpu.ts';
import { listPages } from './list-pages.ts';
import { boundText, isWithin, type Measured, type Measurement } from './measurement.ts';
import { messageCost } from './message-cost.ts';
import { pcrStart } from './pcr-start.ts';
import { pipelineMemory, pipelineScaling } from './pipeline.ts';
import { readsPerAction } from './reads-per-action.ts';
import { stageThroughput } from './stage-throughput.ts';

/** Each measurement compares the product with a baseline that is measured in the same run. */
const measurements: readonly Measurement[] = [
  coldStart,
  pcrStart,
  hydrateCpu,
  messageCost,
  deliverThroughput,
  readsPerAction,
  listPages,
  exportMemory,
  pipelineScaling,
  pipelineMemory,
  callsPerVersion,
  stageThroughput,
];

const usage = `npm run bench -- [NAME ...] [--json]

  NAME    measure only these: ${measurements.map(({ name }) => name).join(', ')}
  --json  print the ratios by name as one JSON object on the last line; null if a measurement failed

Exit codes: 0 if every bound holds, 1 if one does not or a measurement failed, 2 if the command line is invalid.`;

const printError = (line: string): void => console.error(line);

/** A measurement with its result. The ratio is NaN if the measurement failed. */
type Row = Measured & { readonly measurement: Measurement };

async function measure(measurement: Measurement): Promise<Row> {
  const { name } = measurement;
  const startedAtMs = performance.now();
  printError(`${name} …`);
  try {
    const measured = await measurement.run((line) => printError(`  ${line}`));
    for (const line of measured.details) printError(`  ${line}`);
    printError(`  ${name} took ${Math.round((performance.now() - startedAtMs) / 1_000)} s`);
    return { measurement, ...measured };
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    printError(`  failed: ${error instanceof Error ? (error.stack ?? failed) : failed}`);
    return { measurement, ratio: Number.NaN, details: [`failed: ${failed}`] };
  }
}

function holdsBound({ measurement, ratio }: Row): boolean {
  return isWithin(measurement.bound, ratio);
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['measurement', 'ratio', 'bound', 'details'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { measurement, ratio, details } = row;
    table.push([
      `${holdsBound(row) ? '✓' : '✗'} ${measurement.name}`,
      ratio.toFixed(3),
      boundText(measurement.bound),
      details.join('\n'),
    ]);
  }
  return table.toString();
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** Ratios depend on the machine: with fewer cores, concurrent work gains less. */
function describeMachine(load: readonly number[]): string {
  const model = cpus()[0]?.model.trim() ?? process.arch;
  const busy = load.map((each) => each.toFixed(2)).join(', ');
  return (
    `${model}, ${availableParallelism()} cores, ${gib(totalmem())} of memory (${gib(freemem())} free), ` +
    `Node ${process.version}, ${process.platform} ${process.arch}; load over 1, 5 and 15 minutes at the start: ${busy}`
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
    printError(`${unknown.join(', ')}: unknown measurement\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const load = loadavg();
  const rows: Row[] = [];
  for (const each of measurements)
    if (positionals.length === 0 || positionals.includes(each.name)) rows.push(await measure(each));
  console.log(tableOf(rows));
  console.log(describeMachine(load));
  const broken = rows.filter((row) => !holdsBound(row));
  for (const { measurement, ratio } of broken) {
    const { name, bound } = measurement;
    printError(`${name}: the ratio is ${ratio.toFixed(3)}, but ${boundText(bound)} is allowed`);
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
  const ratios = rows.map(({ measurement, ratio }) => [measurement.name, Number(ratio.toFixed(4))]);
  if (values.json) console.log(JSON.stringify(Object.fromEntries(ratios)));
}

try {
  await main();
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
