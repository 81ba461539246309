import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { localAccountId, localRegion } from '../../local/host/local-account.ts';
import { readStoredRecords } from '../../local/observation.ts';
import { type Cdk, cdkOn } from './cdk.ts';
import { type Deployed, deployedStack, stackName } from './deployed.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { startPartnerCentral } from './partner.ts';
import { CannotTest } from './python.ts';
import { use } from './use.ts';

// Deploys the stack with the CDK command line to an AWS emulator and tests it from outside.
const folder = fileURLToPath(new URL('../../.ministack', import.meta.url));
const startedAtMs = performance.now();
/** The test takes three minutes. This limit ends a test that hangs. */
const longestMinutes = 15;
/** Shortens the wait for `reconcile` from an hour to a minute. */
const settings = ['-c', 'relay:reconcileMinutes=1'];

function report(line: string): void {
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  process.stdout.write(`${seconds.padStart(6)} s  ${line}\n`);
}

// Exits on a signal, so that the exit handlers end all started processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

setTimeout(() => {
  process.stderr.write(
    `Not done within ${longestMinutes} minutes: the step after the last line above hangs.\n`,
  );
  process.exit(1);
}, longestMinutes * 60_000).unref();

try {
  const emulator = await startEmulator(folder, report);
  try {
    await Promise.race([
      test(emulator).catch((problem) => preferEmulatorError(problem, emulator)),
      emulator.died,
    ]);
  } finally {
    await emulator.stop();
  }
  report('Passed: deployed, used, deployed again without a change, and destroyed.');
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof CannotTest ? error.message : inspect(error)}\n`);
  process.exit(1);
}

/** A call can fail before the end of the emulator is known, whose error says more. */
async function preferEmulatorError(problem: unknown, { died }: Emulator): Promise<never> {
  await Promise.race([died, sleep(2_000)]);
  throw problem;
}

async function test({ url }: Emulator): Promise<void> {
  const central = await startPartnerCentral();
  const cdk = cdkOn(url, central.simulator.url, folder);
  await cdk.run('bootstrap', `aws://${localAccountId}/${localRegion}`);
  report('cdk bootstrap: done');
  await cdk.run('deploy', stackName, '--require-approval', 'never', ...settings);
  report('cdk deploy: done');
  const deployed = await deployedStack(url);
  await use(deployed, central, report);
  await deployAgain(cdk);
  await destroy(cdk, deployed);
}

async function deployAgain(cdk: Cdk): Promise<void> {
  const again = await cdk.run('deploy', stackName, '--require-approval', 'never', ...settings);
  if (!again.includes('(no changes)')) throw new Error(`The second cdk deploy found changes:\n${again}`);
  report('cdk deploy again: no changes');
}

async function destroy(cdk: Cdk, { dynamodb, lambda, output, tables }: Deployed): Promise<void> {
  const { current: before } = await readStoredRecords(dynamodb, tables.records);
  await cdk.run('destroy', stackName, '--force', ...settings);
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
  report(`cdk destroy: the functions are gone, the three tables stay, with all ${after.size} records`);
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
