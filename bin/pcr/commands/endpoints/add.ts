import type { Endpoint } from '../../../../lambdas/core/endpoint.ts';
import type { SigningSecret } from '../../../../lambdas/core/signature.ts';
import { assertReachable } from '../../endpoints/assert-reachable.ts';
import { type DefinitionOptions, endpointOf, givenFields } from '../../endpoints/definition-options.ts';
import { assertUsable, makeSecret, ownSecretId } from '../../endpoints/endpoint-secret.ts';
import { shownEndpoint } from '../../endpoints/endpoint-text.ts';
import { lookUpEndpoint } from '../../endpoints/find-endpoint.ts';
import {
  newEndpointId,
  printSecret,
  type SecretOptions,
  type ShownSecret,
  secretOf,
  shownSecret,
} from '../../endpoints/new-secret.ts';
import { CommandError, UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';

export interface AddOptions extends DefinitionOptions, SecretOptions, JsonOption {
  readonly id?: string;
  readonly secretId?: string;
}

/** Stands for the secret until the stack, and with it the name, is known: mistakes are told before AWS is asked anything. */
const unnamed = 'unnamed';

export async function addEndpoint(io: Io, options: AddOptions): Promise<void> {
  const { id = newEndpointId(), secretId, secretFile, asymmetric } = options;
  const fields = givenFields(options);
  const hasSecret = fields['eventBus'] === undefined || fields['url'] !== undefined;
  const checked = endpointOf({ id, ...fields, ...(hasSecret && { secretId: secretId ?? unnamed }) });
  assertSecretOptions(options, hasSecret);
  const value = hasSecret && secretId === undefined ? secretOf({ secretFile, asymmetric }) : undefined;
  const relay = await io.relay();
  const endpoint = named(relay, checked);
  assertReachable(io, relay, endpoint);
  const present = await lookUpEndpoint(relay, endpoint.id);
  if (present) throw exists(present === 'unreadable' ? endpoint : present);
  if (secretId !== undefined) await assertUsable(relay, '--secret-id', secretId);
  await store(relay, endpoint, value);
  const made = secretFile === undefined && value ? shownSecret(value) : undefined;
  if (options.json === true) printJson(io, { endpoint: shownEndpoint(endpoint), ...made });
  else printAdded(io, endpoint, made);
}

/**
 * First without topics: of two commands at once one gets the id, and only that one touches the secret, before anything is sent
 * that it signs.
 */
async function store(
  relay: Relay,
  endpoint: Endpoint,
  value: readonly SigningSecret[] | undefined,
): Promise<void> {
  const { id } = endpoint;
  if ((await relay.endpoints.add({ ...endpoint, topics: [], ordering: 'none' })) === 'exists')
    throw exists(endpoint);
  // An endpoint that went before may have left its breaker open.
  await relay.gates.reset(id);
  const [made] = await Promise.allSettled([value && makeSecret(relay, id, value)]);
  if (made.status === 'rejected') {
    await relay.endpoints.remove(id);
    throw made.reason;
  }
  if ((await relay.endpoints.update(endpoint)) === 'missing')
    throw new CommandError(`Somebody removed ${id} meanwhile. Add it again.`);
}

function assertSecretOptions({ secretId, secretFile, asymmetric }: AddOptions, hasSecret: boolean): void {
  const given = Object.entries({
    '--secret-id': secretId,
    '--secret-file': secretFile,
    '--asymmetric': asymmetric,
  })
    .filter(([, value]) => value !== undefined)
    .map(([option]) => option);
  if (!hasSecret && given.length > 0)
    throw new UsageError(`${given.join(', ')}: allowed with --url only; nothing signs for an event bus`);
  if (secretId !== undefined && given.length > 1)
    throw new UsageError(`${given.join(', ')}: allowed: one of them; --secret-id names a secret that exists`);
}

function named(relay: Relay, endpoint: Endpoint): Endpoint {
  const { id, destination } = endpoint;
  if (destination.kind !== 'webhook' || destination.secretId !== unnamed) return endpoint;
  return { ...endpoint, destination: { ...destination, secretId: ownSecretId(relay, id) } };
}

function exists({ id, topics }: Endpoint): UsageError {
  if (topics.length === 0)
    return new UsageError(
      `--id ${id}: it is being added, or that broke off; then remove it with \`pcr endpoints remove ${id}\`, and add it again`,
    );
  return new UsageError(`--id ${id}: there is one already; change it with \`pcr endpoints update ${id}\``);
}

function printAdded(io: Io, { id, destination }: Endpoint, made: ShownSecret | undefined): void {
  io.print(`Added ${id}.`);
  if (made) printSecret(io, made);
  if (destination.kind === 'eventbridge')
    io.note(
      'The stack must be allowed to use this bus: it has to stand in the context key relay:eventBuses.',
    );
  io.note(`Send it a sample: pcr endpoints test ${id}`);
}
