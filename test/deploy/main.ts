import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { localAccountId, localRegion } from '../../local/host/local-account.ts';
import { readCurrentStates } from '../../local/observation.ts';
import { type Cdk, cdkOn } from './cdk.ts';
import { type Deployed, deployedStack, stackName } from './deployed.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { startPartnerCentral } from './partner.ts';
import { CannotTest } from './python.ts';
import { use } from './use.ts';

/** Deploys the stack with the CDK's command line to an emulator of AWS, and looks from outside whether it does what it promises. */
const folder = fileURLToPath(new URL('../../.ministack', import.meta.url));
const startedAtMs = performance.now();
/** It takes three; whatever hangs, an emulator or a stack that is never done, ends here. */
const longestMinutes = 15;
/** So that nobody waits an hour for `reconcile`. */
const settings = ['-c', 'relay:reconcileMinutes=1'];

function told(line: string): void {
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
}

// Whatever was started ends with this process, and with a signal too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

setTimeout(() => {
  process.stderr.write(`Not done within ${longestMinutes} minutes: whatever is told last above hangs.\n`);
  process.exit(1);
}, longestMinutes * 60_000).unref();

try {
  const emulator = await startEmulator(folder, told);
  try {
    await Promise.race([test(emulator).catch((problem) => afterDeath(problem, emulator)), emulator.died]);
  } finally {
    await emulator.stop();
  }
  told('Deployed, used, deployed again without a change, and destroyed: all of it as promised.');
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof CannotTest ? error.message : inspect(error)}\n`);
  process.exit(1);
}

/** A call that the emulator's end broke off can fail before that end is known, which says more. */
async function afterDeath(problem: unknown, { died }: Emulator): Promise<never> {
  await Promise.race([died, sleep(2_000)]);
  throw problem;
}

async function test({ url }: Emulator): Promise<void> {
  const central = await startPartnerCentral();
  const cdk = cdkOn(url, central.simulator.url, folder);
  await cdk.run('bootstrap', `aws://${localAccountId}/${localRegion}`);
  told('cdk bootstrap: done');
  await cdk.run('deploy', stackName, '--require-approval', 'never', ...settings);
  told('cdk deploy: done');
  const deployed = await deployedStack(url);
  await use(deployed, central, told);
  await deployAgain(cdk);
  await destroy(cdk, deployed);
}

async function deployAgain(cdk: Cdk): Promise<void> {
  const again = await cdk.run('deploy', stackName, '--require-approval', 'never', ...settings);
  if (!again.includes('(no changes)'))
    throw new Error(`The second cdk deploy was to find no changes:\n${again}`);
  told('cdk deploy again: no changes');
}

async function destroy(cdk: Cdk, { dynamodb, lambda, output, tables }: Deployed): Promise<void> {
  const before = await readCurrentStates(dynamodb, tables.records);
  await cdk.run('destroy', stackName, '--force', ...settings);
  for (const name of ['RecordsTableName', 'WebhooksTableName', 'ControlTableName']) {
    const TableName = output(name);
    if (!(await isThere(() => dynamodb.send(new DescribeTableCommand({ TableName })))))
      throw new Error(`cdk destroy took the table ${TableName} along.`);
  }
  const after = await readCurrentStates(dynamodb, tables.records);
  if (after.size !== before.size)
    throw new Error(`cdk destroy left ${after.size} of ${before.size} records.`);
  const FunctionName = output('ReconcileFunctionName');
  if (await isThere(() => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))))
    throw new Error(`cdk destroy left the function ${FunctionName}.`);
  told(`cdk destroy: the functions are gone, the three tables stay, with all ${after.size} records`);
}

async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}
