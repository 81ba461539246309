import type { Command } from 'commander';
import { clientSecretId, clientSecretValue } from '../../clients/client-secret.ts';
import { findClient } from '../../clients/find-client.ts';
import { examples, withClientId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import {
  createdSecret,
  printSecret,
  secretsFileOption,
  withSecretsFile,
} from '../../secrets/created-secrets.ts';
import { replaceSecret } from '../../secrets/replace-secret.ts';
import {
  assertNotRotating,
  assertRotateOptions,
  finishRotation,
  type RotationOptions,
} from '../../secrets/rotation.ts';

interface RotateOptions extends RotationOptions, JsonOption {}

/** `pcr clients rotate-secret` */
export function addRotateSecretCommand(group: Command, io: Io): void {
  withClientId(group.command('rotate-secret'))
    .description('Makes a new secret valid beside the old one, until --finish ends the rotation.')
    .option('--finish', 'end the rotation: the old secret is no longer valid')
    .option('--secret-file <file>', 'take the new secret from a file, or from standard input with -')
    .addOption(secretsFileOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr clients rotate-secret crm', 'pcr clients rotate-secret crm --finish'))
    .action((id: string, options: RotateOptions) => rotateSecret(id, options, io));
}

async function rotateSecret(id: string, options: RotateOptions, io: Io): Promise<void> {
  assertRotateOptions(options);
  const { secretFile } = options;
  const given = secretFile === undefined ? undefined : clientSecretValue(secretFile);
  const relay = await io.relay();
  await findClient(id, relay);
  const secretId = clientSecretId(id, relay);
  const owner = { kind: 'client', id, secretId } as const;
  const done = `After five minutes only the new secret of ${id} is valid.`;
  if (options.finish === true) return finishRotation(owner, done, options, relay, io);
  await assertNotRotating(owner, `pcr clients rotate-secret ${id} --finish`, relay);
  const value = given ?? clientSecretValue(undefined);
  const created = createdSecret(id, value, secretId);
  // An interrupted command, or a person, may have removed it.
  const isMissing = (await relay.secrets.state(secretId)) === undefined;
  const printable = await withSecretsFile(options, relay, io, async (handOut) => {
    if (isMissing) await replaceSecret(secretId, value, relay.secrets);
    else await relay.secrets.rotate(secretId, value);
    return given ? [{ ...created, secret: undefined }] : handOut([created]);
  });
  for (const each of printable) {
    const { ownerId: clientId, ...rest } = each;
    if (options.json === true) return printJson({ clientId, ...rest }, io);
    printSecret(each, io);
  }
  io.note(isMissing ? `${id} had no secret: the new one alone is valid.` : bothValidText(id));
}

function bothValidText(id: string): string {
  return `Both secrets are valid in five seconds. Let the client sign with the new one, then: \`pcr clients rotate-secret ${id} --finish\``;
}
