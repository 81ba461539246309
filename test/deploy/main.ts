import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { readStoredRecords } from '../../local/observation.ts';
import { type Cdk, cdkOn, project } from './cdk.ts';
import { untilTrue } from './checks.ts';
import { type Deployed, deployedStack, stackName } from './deployed.ts';
import type { Emulator } from './emulator.ts';
import { emulatorFolder, runOnEmulator } from './emulator-run.ts';
import { lintTemplates } from './lint-templates.ts';
import { assertNextSteps } from './next-steps.ts';
import { startPartnerCentral } from './partner.ts';
import { type Run, use } from './use.ts';

/** Shortens the wait for `reconcile` from an hour to a minute. */
const settings = ['-c', 'relay:reconcileMinutes=1'];
const deploy = ['deploy', stackName, '--require-approval', 'never', ...settings];

// Deploys the stack with the CDK command line to an AWS emulator and tests it from outside.
await runOnEmulator({
  // The test takes four minutes on an idle machine.
  longestMinutes: 20,
  passed: 'Passed: deployed, used, deployed again without a change, destroyed, and the tables adopted.',
  test,
});

async function test({ url, python }: Emulator, report: (line: string) => void): Promise<void> {
  report(await lint(python));
  const central = await startPartnerCentral();
  const cdk = cdkOn({ emulatorUrl: url, partnerCentralUrl: central.simulator.url, folder: emulatorFolder });
  await cdk.bootstrap();
  report('cdk bootstrap: done');
  assertNextSteps(await cdk.run(...deploy), stackName);
  report('cdk deploy: done, and it says what to do next');
  const deployed = await deployedStack(url);
  const run = await use(deployed, central, report);
  await deployAgain(cdk);
  report('cdk deploy again: no changes');
  const kept = await destroy(cdk, deployed);
  report(`cdk destroy: the functions are gone, the three tables stay, with all ${kept} records`);
  await adopt(cdk, deployed);
  report('cdk import and cdk deploy: the tables are part of a new stack');
  await useAgain({ ...run, deployed: await deployedStack(url) });
  report('A change reached its record and the endpoint, and both came from the tables');
}

async function lint(python: string | undefined): Promise<string> {
  if (python === undefined) return 'cfn-lint: left out, because it is installed with MiniStack';
  const linted = await lintTemplates(python, emulatorFolder);
  return `cfn-lint: nothing to report about the deployments ${linted.join(', ')}`;
}

async function deployAgain(cdk: Cdk): Promise<void> {
  const again = await cdk.run(...deploy);
  if (!again.includes('(no changes)')) throw new Error(`The second cdk deploy found changes:\n${again}`);
}

/** @returns the number of records that the tables still hold */
async function destroy(cdk: Cdk, { dynamodb, lambda, output, tables }: Deployed): Promise<number> {
  const { current: before } = await readStoredRecords(dynamodb, tables.records);
  await cdk.runSynthesized('destroy', stackName, '--force');
  for (const name of ['RecordsTableName', 'WebhooksTableName', 'ControlTableName']) {
    const TableName = output(name);
    if (!(await exists(() => dynamodb.send(new DescribeTableCommand({ TableName })))))
      throw new Error(`cdk destroy deleted the table ${TableName}.`);
  }
  const { current: after } = await readStoredRecords(dynamodb, tables.records);
  if (after.size !== before.size)
    throw new Error(`cdk destroy left ${after.size} of ${before.size} records.`);
  const FunctionName = output('ReconcileFunctionName');
  if (await exists(() => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))))
    throw new Error(`cdk destroy left the function ${FunctionName}.`);
  return after.size;
}

/** Deploys the stack again, onto the tables that `cdk destroy` left, as docs/upgrade.md says. */
async function adopt(cdk: Cdk, { output }: Deployed): Promise<void> {
  const guide = await readFile(join(project, 'docs', 'upgrade.md'), 'utf8');
  const mapping = /```json\n(?<mapping>.*?)```/s.exec(guide)?.groups?.['mapping'] ?? '';
  const named = mapping.replace(/<(\w+) table>/g, (_, table) => output(`${table}TableName`));
  const file = join(emulatorFolder, 'tables.json');
  await writeFile(file, named);
  await cdk.runSynthesized('import', stackName, '--resource-mapping', file);
  await cdk.runSynthesized(...deploy);
}

async function useAgain(run: Run): Promise<void> {
  run.central.partner.updateOpportunity(run.records.opportunity);
  await run.put(run.central.takeEmitted());
  await untilTrue(run, 120);
}

async function exists(describe: () => Promise<unknown>): Promise<boolean> {
  try {
    await describe();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}
