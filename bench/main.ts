import { parseArgs } from 'node:util';
import { describeMachine } from '../local/machine.ts';
import { boundText, type Measurement } from './measurement.ts';
import { measurements } from './measurements.ts';
import { detailLines, holdsBound, type Row, ratioText, tableOf } from './report.ts';
import { resultsFile, saveResults } from './saved-results.ts';

const names = measurements.map(({ name }) => name);

const usage = `npm run bench -- [NAME ...] [--save] [--json]

  NAME    measure only these: ${names.join(', ')}
  --save  write the results to ${resultsFile}; npm run docs then puts them into docs/performance.md
  --json  print the results by name as one JSON object on the last line; the ratio is null if a measurement failed

Exit codes: 0 if every bound holds, 1 if one does not or a measurement failed, 2 if the command line is invalid.`;

const printError = (line: string): void => console.error(line);

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
    return {
      measurement,
      ratio: Number.NaN,
      ours: 'failed',
      floor: '–',
      details: [`failed: ${firstLine(failed)}`],
    };
  }
}

/** Bundles are minified: an error can quote a line of 100 KB. */
function firstLine(text: string): string {
  return text.split('\n', 1).join().slice(0, 200);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !names.includes(name));
  if (values.help) return console.log(usage);
  if (unknown.length > 0) {
    printError(`${unknown.join(', ')}: unknown measurement\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const machine = describeMachine();
  const rows: Row[] = [];
  for (const each of measurements)
    if (positionals.length === 0 || positionals.includes(each.name)) rows.push(await measure(each));
  for (const line of [tableOf(rows), machine, ...detailLines(rows)]) console.log(line);
  const broken = rows.filter((row) => !holdsBound(row));
  for (const { measurement, ratio } of broken) {
    const { name, bound, isCount } = measurement;
    printError(
      `${name}: the ${isCount ? 'count' : 'ratio'} is ${ratioText(ratio)}, but ${boundText(bound)} is allowed`,
    );
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
  if (values.save) await saveResults(rows, names, machine);
  const byName = rows.map(({ measurement, ratio, ours, floor }) => [
    measurement.name,
    { ratio: Number(ratio.toFixed(4)), ours, floor },
  ]);
  if (values.json) console.log(JSON.stringify(Object.fromEntries(byName)));
}

try {
  await main();
} catch (error) {
  printError(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
