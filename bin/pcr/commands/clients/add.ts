import type { Command } from 'commander';
import type { Client } from '../../../../lambdas/core/client.ts';
import {
  addClientOptions,
  type ClientOptions,
  givenClientFields,
  toClient,
} from '../../clients/client-options.ts';
import { clientSecretId, clientSecretValue } from '../../clients/client-secret.ts';
import { printedClient } from '../../clients/client-text.ts';
import { lookUpClient } from '../../clients/find-client.ts';
import { noteClientWarnings } from '../../clients/note-client-warnings.ts';
import { UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import {
  assertOneSecretFile,
  createdSecret,
  printSecret,
  type SecretsFileOption,
  secretsFileOption,
  withSecretsFile,
} from '../../secrets/created-secrets.ts';
import { replaceSecret } from '../../secrets/replace-secret.ts';
import type { SecretValue } from '../../stores/secret-admin.ts';

interface AddOptions extends ClientOptions, SecretsFileOption, JsonOption {
  readonly id: string;
  readonly secretFile?: string;
}

/** `pcr clients add` */
export function addAddCommand(group: Command, io: Io): void {
  addClientOptions(
    group
      .command('add')
      .description(
        'Adds a client. Creates the secret that it signs with, and prints it once if the output is a terminal.',
      )
      .requiredOption('--id <id>', 'its name in commands: a-z, 0-9 and -, beginning with a letter'),
  )
    .option('--secret-file <file>', 'take the secret from a file, or from standard input with -')
    .addOption(secretsFileOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr clients add --id crm --action opportunity.update --catalog AWS --writable /LifeCycle --writable /Project',
        'pcr clients add --id erp --action opportunity.update --action invitation.accept --catalog Sandbox --approval always',
      ),
    )
    .action((options: AddOptions) => addClient(options, io));
}

async function addClient(options: AddOptions, io: Io): Promise<void> {
  assertOneSecretFile(options);
  const client = toClient({ id: options.id, ...givenClientFields(options) });
  const value = clientSecretValue(options.secretFile);
  const relay = await io.relay();
  const secretId = clientSecretId(client.id, relay);
  const created = await withSecretsFile(options, relay, io, async (handOut) => {
    await store(client, secretId, value, relay);
    if (options.secretFile !== undefined) return undefined;
    const [printable] = handOut([createdSecret(client.id, value, secretId)]);
    return printable;
  });
  const warnings = await noteClientWarnings([client], io);
  if (options.json === true)
    return printJson({ client: printedClient(client), secret: created?.secret, warnings }, io);
  // The door remembers for ten seconds that it does not know an id.
  const door = relay.outputs.has('SignedCommandsUrl') ? ' Its requests are accepted within ten seconds.' : '';
  io.print(`Added ${client.id}.${door}`);
  if (created) printSecret(created, io);
  if (!relay.outputs.has('CommandsUrl'))
    io.note('This stack takes no commands: the setting relay:commands names the actions of all clients.');
  else if (!relay.outputs.has('SignedCommandsUrl'))
    io.note('This stack has no signed door: set relay:signedCommands, so that the client can send commands.');
}

/**
 * Stores the client as disabled first: a secret that a removed client left would be valid until it
 * is replaced. If two commands add the same id at once, only one touches the secret.
 */
async function store(client: Client, secretId: string, value: SecretValue, relay: Relay): Promise<void> {
  const { commandClients, secrets } = relay;
  const { id } = client;
  if ((await commandClients.add({ ...client, disabled: true })) === 'exists')
    throw await alreadyExists(id, secretId, relay);
  const [created] = await Promise.allSettled([replaceSecret(secretId, value, secrets)]);
  if (created.status === 'rejected') {
    await commandClients.remove(id);
    throw created.reason;
  }
  await commandClients.setDisabled(id, false);
}

async function alreadyExists(id: string, secretId: string, relay: Relay): Promise<UsageError> {
  const found = await lookUpClient(id, relay);
  const hasSecret = (await relay.secrets.state(secretId)) !== undefined;
  const fault = faultOf(found, hasSecret);
  if (fault === undefined)
    return new UsageError(`--id ${id}: it exists already; change it with \`pcr clients update\``);
  // What an interruption leaves looks the same.
  return new UsageError(
    `--id ${id}: it exists already and ${fault}; see \`pcr doctor\`. If \`pcr clients add\` was interrupted, remove it and add it again`,
  );
}

function faultOf(found: Client | 'unreadable' | undefined, hasSecret: boolean): string | undefined {
  if (found === 'unreadable') return 'cannot be read';
  if (!hasSecret) return 'has no secret';
  return found?.disabled === true ? 'is disabled' : undefined;
}
