import { readFileSync } from 'node:fs';
import { runCommand } from '../run-command.ts';
import { synthesize } from '../synthesize.ts';
import { drills } from './drills/drills.ts';
import { parseDrillOptions, usage } from './options.ts';
import { type Problems, runDrill } from './run-drill.ts';
import { readAdvice } from './runbook.ts';
import { drillSettings, startDrillStage } from './stage/drill-stage.ts';

const folder = 'cdk.out/drill';

/**
 * Exit codes: 0 if each alarm fired and ended as it should, 1 if one did not or the stage failed,
 * 2 if the command line is invalid.
 */
await runCommand(parseDrillOptions(process.argv.slice(2)), usage, ({ alarms }) => main(alarms));

async function main(alarms: readonly string[]): Promise<void> {
  const startedAtMs = performance.now();
  console.log('Building the functions and synthesizing the stack …');
  await synthesize({ folder, settings: drillSettings });
  const stage = await startDrillStage(folder);
  const advice = readAdvice(readFileSync('docs/runbook.md', 'utf8'));
  const failed: string[] = [];
  const played = drills.filter(({ alarm }) => alarms.includes(alarm));
  for (const drill of played) {
    const problems = await runDrill(drill, advice.get(drill.alarm) ?? '', stage, (line) =>
      console.log(line),
    ).catch((error: unknown): Problems => [error instanceof Error ? error.message : String(error)]);
    for (const problem of problems) console.log(`  ✗ ${problem}`);
    if (problems.length > 0) failed.push(drill.alarm);
    else console.log('  ✓ fired and ended');
  }
  await stage.stop();
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  console.log(`${played.length - failed.length} of ${played.length} drills passed in ${seconds} s`);
  if (failed.length === 0) return;
  console.log(`Failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
