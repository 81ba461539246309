import type { Command } from 'commander';
import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { assertReadsChannels, isChannel } from '../../endpoints/channel-url.ts';
import {
  addDefinitionOptions,
  type DefinitionOptions,
  givenFields,
  toEndpoint,
} from '../../endpoints/definition-options.ts';
import { assertUsableSecret, createSecret, ownSecretId } from '../../endpoints/endpoint-secret.ts';
import { printedEndpoint } from '../../endpoints/endpoint-text.ts';
import { lookUpEndpoint } from '../../endpoints/find-endpoint.ts';
import { newEndpointId } from '../../endpoints/new-endpoint-id.ts';
import {
  assertSecretOptions,
  type NewSecretOptions,
  newChannelUrl,
} from '../../endpoints/new-secret-options.ts';
import { noteEndpointWarnings } from '../../endpoints/note-endpoint-warnings.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import {
  type CreatedSecret,
  createdSecret,
  printSecret,
  secretsFileOption,
  withSecretsFile,
} from '../../secrets/created-secrets.ts';
import { secretValue } from '../../secrets/new-secret.ts';
import type { SecretValue } from '../../stores/secret-admin.ts';

interface AddOptions extends DefinitionOptions, NewSecretOptions, JsonOption {
  readonly id?: string;
}

/** `pcr endpoints add` */
export function addAddCommand(group: Command, io: Io): void {
  addDefinitionOptions(group.command('add'))
    .description(
      'Adds an endpoint. Creates its signing secret, and prints it once if the output is a terminal.',
    )
    .option('--id <id>', 'ep_ and letters or digits; default: a new one')
    .option(
      '--secret-id <name>',
      'sign with an existing secret, by name or ARN, instead of a new one; for slack and teams: the secret with the URL',
    )
    .option('--secret-file <file>', 'take the secret from a file, or from standard input with -')
    .addOption(secretsFileOption())
    .option('--asymmetric', 'also sign with ed25519 (v1a); prints the public key')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        "pcr endpoints add --id ep_crm --url https://partner.example.com/hooks --topic 'opportunity.*'",
        "pcr endpoints add --url https://partner.example.com/hooks --topic '*' --payload thin --header 'Authorization: Bearer …'",
        "pcr endpoints add --id ep_deals --format slack --url-file slack-url.txt --topic '*.stage_changed' --redact personal-data",
        "pcr endpoints add --event-bus arn:aws:events:us-east-1:123456789012:event-bus/co-sell --topic 'engagement_invitation.*'",
      ),
    )
    .action((options: AddOptions) => addEndpoint(options, io));
}

/**
 * Stands for the secret until the stack is known: the options are checked before the first call to
 * AWS.
 */
const unnamed = 'unnamed';

async function addEndpoint(options: AddOptions, io: Io): Promise<void> {
  const { id = newEndpointId(), secretId, secretFile, asymmetric } = options;
  const fields = givenFields(options);
  const hasSecret = fields['eventBus'] === undefined || fields['url'] !== undefined;
  const checked = toEndpoint({ id, ...fields, ...(hasSecret && { secretId: secretId ?? unnamed }) });
  const url = isChannel(checked) ? newChannelUrl(checked, options) : undefined;
  if (!isChannel(checked)) assertSecretOptions(options, hasSecret);
  const isSigned = hasSecret && !isChannel(checked);
  const value = isSigned && secretId === undefined ? secretValue({ secretFile, asymmetric }) : undefined;
  const relay = await io.relay();
  if (isChannel(checked)) assertReadsChannels(relay);
  const endpoint = withSecretId(checked, relay);
  assertReachable(endpoint, relay, io, url);
  const present = await lookUpEndpoint(endpoint.id, relay);
  if (present) throw alreadyExists(present === 'unreadable' ? endpoint : present);
  if (secretId !== undefined) await assertUsableSecret('--secret-id', secretId, endpoint.id, relay);
  const warnings = await noteEndpointWarnings([endpoint], relay, io);
  const created = await withSecretsFile(options, relay, io, async (handOut) => {
    await store(endpoint, url === undefined ? value : [url], relay);
    if (!value || secretFile !== undefined) return undefined;
    const [printable] = handOut([createdSecret(endpoint.id, value, ownSecretId(endpoint.id, relay))]);
    return printable;
  });
  const { secret, publicKey } = created ?? {};
  if (options.json === true)
    printJson({ endpoint: printedEndpoint(endpoint), secret, publicKey, warnings }, io);
  else printAdded(endpoint, created, io);
}

/**
 * Stores the endpoint without topics first, so that nothing is sent to it yet. If two commands add
 * the same id at once, only the one that stored it touches the secret.
 */
async function store(endpoint: Endpoint, value: SecretValue | undefined, relay: Relay): Promise<void> {
  const { id } = endpoint;
  if ((await relay.endpoints.add({ ...endpoint, topics: [], ordering: 'none' })) === 'exists')
    throw alreadyExists(endpoint);
  // A removed endpoint of the same id may have left an open circuit breaker.
  await relay.gates.reset(id);
  const [created] = await Promise.allSettled([value && createSecret(id, value, relay)]);
  if (created.status === 'rejected') {
    await relay.endpoints.remove(id);
    throw created.reason;
  }
  if ((await relay.endpoints.update(endpoint)) === 'missing')
    throw new CommandError(`${id} was removed meanwhile. Add it again.`);
}

function withSecretId(endpoint: Endpoint, relay: Relay): Endpoint {
  const { id, destination } = endpoint;
  if (!('secretId' in destination) || destination.secretId !== unnamed) return endpoint;
  return { ...endpoint, destination: { ...destination, secretId: ownSecretId(id, relay) } };
}

function alreadyExists({ id, topics }: Endpoint): UsageError {
  if (topics.length === 0)
    return new UsageError(
      `--id ${id}: another command is adding it, or was interrupted; if so, remove it with \`pcr endpoints remove ${id}\` and add it again`,
    );
  return new UsageError(`--id ${id}: it exists already; change it with \`pcr endpoints update\``);
}

function printAdded({ id, destination }: Endpoint, created: CreatedSecret | undefined, io: Io): void {
  io.print(`Added ${id}.`);
  if (created) printSecret(created, io);
  if (destination.kind === 'eventbridge')
    io.note('The stack may use this bus only if the setting relay:eventBuses lists it.');
  io.note(`Send it a sample: pcr endpoints test ${id}`);
}
