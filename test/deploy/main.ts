import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { commandActions } from '../../lambdas/core/command.ts';
import { readStoredRecords } from '../../local/observation.ts';
import { adoptTables, assertAdopted } from './adopt-tables.ts';
import { type Cdk, cdkOn } from './cdk.ts';
import { untilTrue } from './checks.ts';
import { sendCommands } from './command-scene.ts';
import { type Deployed, deployedStack, stackName } from './deployed.ts';
import { useSignedDoor } from './door-scene.ts';
import type { Emulator } from './emulator.ts';
import { emulatorFolder, runOnEmulator } from './emulator-run.ts';
import { lintTemplates } from './lint-templates.ts';
import { assertNextSteps } from './next-steps.ts';
import { assertOpenRoutes } from './open-routes.ts';
import { startPartnerCentral } from './partner.ts';
import { pcrOn } from './pcr.ts';
import { restoreTables } from './restore-tables.ts';
import { rollBackFirst } from './roll-back.ts';
import { uninstall } from './uninstall-scene.ts';
import { type Run, use } from './use.ts';

/** Shortens the wait for `reconcile` from an hour to a minute. */
const settings = ['-c', 'relay:reconcileMinutes=1'];
const deploy = ['deploy', stackName, '--require-approval', 'never', ...settings];
const commands = ['-c', `relay:commands=${commandActions.join()}`, '-c', 'relay:signedCommands=yes'];

// Deploys the stack with the CDK command line to an AWS emulator and tests it from outside.
await runOnEmulator({
  // The test takes five minutes on an idle machine.
  longestMinutes: 20,
  passed:
    'Passed: rolled back, deployed, used, deployed with commands, deployed again without a change, destroyed, its restored tables adopted, and uninstalled.',
  test,
});

async function test({ url, python }: Emulator, report: (line: string) => void): Promise<void> {
  report(await lint(python));
  const central = await startPartnerCentral();
  const target = { emulatorUrl: url, partnerCentralUrl: central.simulator.url, folder: emulatorFolder };
  const [cdk, pcr] = [cdkOn(target), pcrOn(target)];
  await cdk.bootstrap();
  report('cdk bootstrap: done');
  await rollBackFirst(() => cdk.run(...deploy, '-c', 'test:fail=true'), url);
  report('cdk deploy, which fails at its last resource: rolled back, only three empty tables are left');
  assertNextSteps(await cdk.run(...deploy), stackName);
  report('cdk deploy: done, and it says what to do next');
  const byDefault = await deployedStack(url);
  await assertOpenRoutes(byDefault, []);
  const used = await use(byDefault, central, report);
  await cdk.run(...deploy, ...commands);
  report('cdk deploy with relay:commands and relay:signedCommands: done');
  const deployed = await deployedStack(url);
  const run = { ...used, deployed };
  await sendCommands(run, url, pcr);
  const client = await useSignedDoor(run, url, pcr);
  await deployAgain(cdk);
  report('cdk deploy again: no changes');
  const known = run.receiver.receipts.length;
  const tables = await restoreTables(deployed, { ...target, python });
  report('Restored two tables; a change that they lack reaches the old ones');
  await useAgain(run);
  const kept = await destroy(cdk, deployed);
  report(`cdk destroy: the functions are gone, the three tables stay, with all ${kept} records`);
  await adoptTables(cdk, deploy, tables);
  const adopted = { ...run, deployed: await deployedStack(url) };
  await assertAdopted(adopted.deployed, tables, pcr);
  report('cdk import and cdk deploy: two restored tables and a kept one are part of a new stack');
  // The restored tables know nothing about these messages: their versions are made again.
  run.receiver.receipts.splice(known);
  await pcr('backfill');
  await untilTrue(adopted, 120);
  report('pcr backfill: what the restored tables lacked is stored and delivered');
  await useAgain(adopted);
  report('A change reached its record and the endpoint, and both came from the tables');
  await uninstall(adopted.deployed, client, pcr);
  report(
    'pcr uninstall: the client is disabled, its secret is to be deleted, and the door refuses the client',
  );
}

async function lint(python: string | undefined): Promise<string> {
  if (python === undefined) return 'cfn-lint: left out, because it is installed with MiniStack';
  const linted = await lintTemplates(python, emulatorFolder);
  return `cfn-lint: nothing to report about the deployments ${linted.join(', ')}`;
}

async function deployAgain(cdk: Cdk): Promise<void> {
  const again = await cdk.run(...deploy, ...commands);
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
