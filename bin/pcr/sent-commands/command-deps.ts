import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { dynamodbCommandStore } from '../../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbCommandSwitch } from '../../../lambdas/adapters/dynamodb-command-switch.ts';
import { dynamodbRecordIndex } from '../../../lambdas/adapters/dynamodb-record-index.ts';
import { sqsLineDoorbell } from '../../../lambdas/adapters/sqs-doorbell.ts';
import type { AcceptDeps } from '../../../lambdas/commands/accept.ts';
import type { MarkCommandDeps } from '../../../lambdas/commands/mark-command.ts';
import { type EnabledAction, enabledActions } from '../../../lambdas/core/enabled-actions.ts';
import { outboxGraceMs } from '../../../lambdas/core/retry-schedule.ts';
import type { CommandStore } from '../../../lambdas/ports/command-store.ts';
import type { CommandSwitch } from '../../../lambdas/ports/command-switch.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

const variables = v.object({
  COMMANDS: enabledActions.schema,
  TIME_SCALE: v.pipe(v.string(), v.transform(Number), v.number(), v.gtValue(0)),
});

/** @throws UsageError if the stack has no commands */
function assertCommandsOn({ outputs, stackName }: Pick<Relay, 'outputs' | 'stackName'>): void {
  if (outputs.has('CommandsFunctionName')) return;
  throw new UsageError(
    `stack ${stackName}: commands are off; allowed: a stack whose setting relay:commands names actions, such as opportunity.update. See docs/commands.md.`,
  );
}

/**
 * What the HTTP API uses to accept commands, in this process.
 * @throws UsageError if the stack has no commands
 */
export async function commandDeps(relay: Relay): Promise<AcceptDeps & MarkCommandDeps> {
  assertCommandsOn(relay);
  const { clients, output } = relay;
  const { COMMANDS, TIME_SCALE } = await readVariables(relay);
  return {
    records: relay.records,
    commands: commandStoreOf(relay),
    index: dynamodbRecordIndex(clients.dynamodb, output('RecordsTableName')),
    doorbell: sqsLineDoorbell(clients.sqs, output('ActQueueUrl')),
    enabled: COMMANDS,
    outboxGraceMs: outboxGraceMs(TIME_SCALE),
  };
}

/** What the stack enables; nothing if it has no commands. */
export async function enabledOn(relay: Relay): Promise<readonly EnabledAction[]> {
  if (!relay.outputs.has('CommandsFunctionName')) return [];
  return (await readVariables(relay)).COMMANDS;
}

async function readVariables({ clients, output }: Pick<Relay, 'clients' | 'output'>) {
  const FunctionName = output('CommandsFunctionName');
  const { Environment } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return v.parse(variables, Environment?.Variables ?? {});
}

export function commandStoreOf({ clients, output }: Pick<Relay, 'clients' | 'output'>): CommandStore {
  const tables = { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') };
  return dynamodbCommandStore(clients.dynamodb, tables);
}

/** @throws UsageError if the stack has no commands */
export function commandSwitchOf(relay: Relay): CommandSwitch {
  assertCommandsOn(relay);
  const { clients, output } = relay;
  return dynamodbCommandSwitch(clients.dynamodb, output('ControlTableName'), output('RecordsTableName'));
}
