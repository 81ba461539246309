import type { Command } from 'commander';
import type { EndpointId } from '../../../../lambdas/core/ids.ts';
import { isFailure } from '../../../../lambdas/core/service-error.ts';
import type { SigningSecret } from '../../../../lambdas/core/signature.ts';
import { clearFault } from '../../endpoints/clear-fault.ts';
import { assertOwnSecret } from '../../endpoints/endpoint-secret.ts';
import { findEndpoint } from '../../endpoints/find-endpoint.ts';
import { UsageError } from '../../errors.ts';
import { examples, withEndpointId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import {
  createdSecret,
  printSecret,
  secretsFileOption,
  withSecretsFile,
} from '../../secrets/created-secrets.ts';
import { publicKeyIn, type SecretOptions, secretValue } from '../../secrets/new-secret.ts';
import {
  assertNotRotating,
  assertRotateOptions,
  finishRotation,
  type RotationOptions,
} from '../../secrets/rotation.ts';

interface RotateOptions extends RotationOptions, SecretOptions, JsonOption {}

/** `pcr endpoints rotate-secret` */
export function addRotateSecretCommand(group: Command, io: Io): void {
  withEndpointId(group.command('rotate-secret'))
    .description('Signs with a new secret and the old one, until --finish ends the rotation.')
    .option('--finish', 'end the rotation: the old secret no longer signs')
    .option('--secret-file <file>', 'take the new secret from a file, or from standard input with -')
    .addOption(secretsFileOption())
    .option('--asymmetric', 'also sign with ed25519 (v1a); without it: as before')
    .option('--no-asymmetric', 'no longer sign with ed25519')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `${examples('pcr endpoints rotate-secret ep_crm', 'pcr endpoints rotate-secret ep_crm --finish')}

The new secret is printed if the output is a terminal. To read it later:
  aws secretsmanager get-secret-value --secret-id <secretId of pcr endpoints show> --region us-east-1`,
    )
    .action((id: EndpointId, options: RotateOptions) => rotateSecret(id, options, io));
}

/** Starts a rotation, during which the new and the old value both sign, or ends it. */
async function rotateSecret(id: EndpointId, options: RotateOptions, io: Io): Promise<void> {
  assertRotateOptions(options);
  const given = options.secretFile === undefined ? undefined : secretValue(options);
  const relay = await io.relay();
  const secretId = await secretIdOf(id, relay);
  // A row that was edited by hand may name the secret of another endpoint.
  assertOwnSecret('secretId', secretId, id, relay);
  const owner = { kind: 'endpoint', id, secretId } as const;
  // `deliver` caches a secret for five minutes.
  const done = `After five minutes only the new secret of ${id} signs.`;
  if (options.finish === true) return finishRotation(owner, done, options, relay, io);
  await assertNotRotating(owner, `pcr endpoints rotate-secret ${id} --finish`, relay);
  const value = given ?? (await newValue(id, secretId, options, relay));
  const created = createdSecret(id, value, secretId);
  const printable = await withSecretsFile(options, relay, io, async (handOut) => {
    await relay.secrets.rotate(secretId, value);
    return given ? [{ ...created, secret: undefined }] : handOut([created]);
  });
  await clearFault(id, relay);
  for (const each of printable) {
    const { ownerId: endpointId, ...rest } = each;
    if (options.json === true) return printJson({ endpointId, ...rest }, io);
    printSecret(each, io);
  }
  io.note(
    `Give the receiver the new secret in six minutes: until then messages may carry the signature of the old one alone. Then: \`pcr endpoints rotate-secret ${id} --finish\``,
  );
}

/**
 * The new secret keeps the kind of the old one by default: receivers that verify v1a would find no
 * signature.
 */
async function newValue(
  id: EndpointId,
  secretId: string,
  { asymmetric }: RotateOptions,
  relay: Relay,
): Promise<readonly SigningSecret[]> {
  const [before] = await Promise.allSettled([relay.readSecrets({ id, secretId })]);
  // A secret that cannot be used is what a rotation may repair.
  if (before.status === 'rejected' && !isFailure(before.reason, 'secret.unusable')) throw before.reason;
  const wasAsymmetric = before.status === 'fulfilled' && publicKeyIn(before.value.secrets) !== undefined;
  return secretValue({ asymmetric: asymmetric ?? wasAsymmetric });
}

async function secretIdOf(id: EndpointId, relay: Relay): Promise<string> {
  const { destination } = await findEndpoint(id, relay);
  if (destination.kind === 'webhook') return destination.secretId;
  if (destination.kind === 'chat')
    throw new UsageError(
      `endpoint ${id}: its messages are not signed, and its secret is its URL; change it with \`pcr endpoints update ${id} --url-file FILE\`; allowed: an endpoint with a url`,
    );
  throw new UsageError(`endpoint ${id}: its messages are not signed; allowed: an endpoint with a url`);
}
