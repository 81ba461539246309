import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { type Io, UsageError } from '../io.ts';
import { type JsonOption, printJson } from '../json.ts';
import type { Relay } from '../relay.ts';
import { type DefinitionOptions, endpointOf, givenFields } from './definition-options.ts';
import { assertUsable, makeSecret, ownSecretId } from './endpoint-secret.ts';
import { lookUp } from './find-endpoint.ts';
import {
  newEndpointId,
  printSecret,
  type SecretOptions,
  type ShownSecret,
  secretOf,
  shownSecret,
} from './new-secret.ts';
import { shownEndpoint } from './shown-endpoint.ts';

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
  if (await lookUp(relay, endpoint.id)) throw exists(endpoint);
  if (secretId !== undefined) await assertUsable(relay, '--secret-id', secretId);
  if (value && endpoint.destination.kind === 'webhook')
    await makeSecret(relay, endpoint.destination.secretId, value);
  if ((await relay.endpoints.add(endpoint)) === 'exists') throw exists(endpoint);
  const made = secretFile === undefined && value ? shownSecret(value) : undefined;
  if (options.json === true) printJson(io, { endpoint: shownEndpoint(endpoint), ...made });
  else printAdded(io, endpoint, made);
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

function exists({ id }: Endpoint): UsageError {
  return new UsageError(`--id ${id}: there is one already; change it with \`pcr endpoints update ${id}\``);
}

function printAdded(io: Io, { id, destination }: Endpoint, made: ShownSecret | undefined): void {
  io.print(`Added ${id}.`);
  if (made) printSecret(io, made);
  if (destination.kind === 'eventbridge')
    io.tell(
      'The stack must be allowed to use this bus: it has to stand in the context key relay:eventBuses.',
    );
  io.tell(`Send it a sample: pcr endpoints test ${id}`);
}
