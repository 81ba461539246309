import { type Command, InvalidArgumentError } from 'commander';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { CommandError, UsageError } from '../errors.ts';
import { examples } from '../help.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { counted, printDone } from '../output.ts';
import { drop, hold } from '../parked/held-messages.ts';
import type { Relay } from '../relay.ts';
import type { StackChoice } from '../stack.ts';
import type { SecretAdmin } from '../stores/secret-admin.ts';
import { findRemains, type Remains, removalCommands, secretPrefixes } from '../uninstall/remains.ts';

interface UninstallOptions extends JsonOption {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly secretsPrefix?: string;
}

/** `pcr uninstall` */
export function addUninstallCommand(command: Command, io: Io): void {
  command
    .option('--dry-run', 'print what would be removed, and change nothing')
    .option(
      '--secrets-prefix <prefix>',
      'after `cdk destroy`: remove the secrets that begin so',
      secretsPrefixValue,
    )
    .option('--yes', 'do not ask')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Run it before \`cdk destroy\`. It disables every endpoint and client, deletes
parked messages, and schedules their secrets for deletion in 7 days. Until
then they can be restored. It keeps all tables, and prints the commands that
delete them, unless relay:tableRemoval is destroy: then \`cdk destroy\` does.
${examples('pcr uninstall --dry-run', 'pcr uninstall', 'pcr uninstall --secrets-prefix PartnerCentralRelay/endpoints/')}`,
    )
    .action((options: UninstallOptions) =>
      options.secretsPrefix === undefined
        ? uninstall(options, io)
        : uninstallSecrets(options.secretsPrefix, options, command.optsWithGlobals<StackChoice>(), io),
    );
}

/** A shorter prefix could name other secrets. */
function secretsPrefixValue(text: string): string {
  if (/^[\w+=.@-]+\/(?:endpoints|clients)\/$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Allowed: the output EndpointSecretNamePrefix or ClientSecretNamePrefix of the stack, such as <stack name>/endpoints/.',
  );
}

async function uninstall({ dryRun = false, yes, json = false }: UninstallOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const remains = await findRemains(relay);
  if (!json) io.print(remainsText(remains, relay));
  const found = remainsJson(remains);
  if (dryRun) return printDone({ ...found, removed: false }, 'Nothing was changed.', { json }, io);
  await assertConfirmed(`Remove this from the stack ${relay.stackName}?`, { yes }, io);
  // First, so that no function needs a secret that is removed below.
  for (const id of remains.sending)
    await relay.endpoints.disable(id, 'uninstalled', instantOf(io.clock.nowMs()));
  for (const id of remains.clients) await relay.commandClients.setDisabled(id, true);
  for (const { parked } of remains.parked) await dropAll(relay.clients.sqs, parked);
  await removeSecrets(remains.secrets, relay.secrets);
  const done = [
    'Done. What remains is removed by these commands. The tables hold all records; the first command deletes them only if relay:tableRemoval is destroy:',
  ]
    .concat(removalCommands(relay))
    .join('\n  ');
  printDone({ ...found, removed: true, next: removalCommands(relay) }, done, { json }, io);
}

function remainsJson({ sending, clients, parked, secrets }: Remains) {
  return {
    endpoints: sending,
    clients,
    parked: parked.map(({ name, depth }) => ({ queue: name, messages: depth })),
    secrets,
  };
}

function remainsText({ sending, clients, parked, secrets }: Remains, { stackName }: Relay): string {
  const lines = [
    `${counted(sending.length, 'endpoint')} to disable${listText(sending)}`,
    `${counted(clients.length, 'client')} to disable${listText(clients)}`,
    ...parked.map(({ name, depth }) => `about ${counted(depth, 'parked message')} of ${name} to delete`),
    `${counted(secrets.length, 'secret')} to schedule for deletion${listText(secrets)}`,
  ];
  return [`In the stack ${stackName}:`, ...lines].join('\n  ');
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

/** The stack is gone, and with it its outputs: only the prefix still leads to its secrets. */
async function uninstallSecrets(
  prefix: string,
  { dryRun = false, yes, json = false }: UninstallOptions,
  choice: StackChoice,
  io: Io,
): Promise<void> {
  const { accountOf } = await import('../relay.ts');
  const { stacks, secrets } = await accountOf(choice, io.note);
  const owner = (await stacks()).find((stack) => secretPrefixes(stack).includes(prefix));
  if (owner)
    throw new UsageError(
      `--secrets-prefix ${prefix}: the stack ${owner.name} uses these secrets; allowed: the prefix of a destroyed stack. Use \`pcr uninstall --stack ${owner.name}\``,
    );
  const names = await secrets.listNames(prefix);
  if (names.length === 0) throw new CommandError(`No secret begins with ${prefix}.`);
  if (!json) io.print(`${counted(names.length, 'secret')} to schedule for deletion${listText(names)}`);
  if (dryRun) return printDone({ secrets: names, removed: false }, 'Nothing was changed.', { json }, io);
  await assertConfirmed('Remove them? They can be restored for 7 days.', { yes }, io);
  await removeSecrets(names, secrets);
  printDone({ secrets: names, removed: true }, 'Done.', { json }, io);
}

/** A batch at a time, because SQS limits how many messages may be held. */
async function dropAll(sqs: Relay['clients']['sqs'], queueUrl: string): Promise<void> {
  const held = await hold(sqs, queueUrl, batchSize);
  if (held.length === 0) return;
  await drop(sqs, queueUrl, held, () => undefined);
  await dropAll(sqs, queueUrl);
}

const batchSize = 1_000;

async function removeSecrets(names: readonly string[], secrets: SecretAdmin): Promise<void> {
  for (const name of names) await secrets.remove(name);
}
