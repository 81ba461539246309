import { closeSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Option } from 'commander';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { isAsymmetric, type PublicKey, type SigningSecret } from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { isLocalStage } from '../local-host.ts';
import type { Relay } from '../relay.ts';
import { publicKeyIn } from './new-secret.ts';

/** What an owner of a new signing secret needs of it: not the private key. */
export interface CreatedSecret {
  /** Id of the endpoint or of the client. */
  readonly ownerId: string;
  readonly secretId: string;
  /** Undefined if it must not be printed. */
  readonly secret: string | undefined;
  readonly publicKey: PublicKey | undefined;
}

export function createdSecret(
  ownerId: string,
  value: readonly SigningSecret[],
  secretId: string,
): CreatedSecret {
  return {
    ownerId,
    secretId,
    secret: value.find((each) => !isAsymmetric(each)),
    publicKey: publicKeyIn(value),
  };
}

/** Hands out created secrets. @returns what may be printed of them: public keys always */
export type HandOut = (created: readonly CreatedSecret[]) => readonly CreatedSecret[];

export interface SecretsFileOption {
  readonly secretsFile?: string;
}

/** For every command that creates signing secrets: `.addOption(secretsFileOption())`. */
export function secretsFileOption(): Option {
  return new Option('--secrets-file <file>', 'write created secrets to this new file, as JSON; print none');
}

/** @throws UsageError if a secret is given, and a new one is to be written too */
export function assertOneSecretFile({
  secretFile,
  secretsFile,
}: SecretsFileOption & { readonly secretFile?: string | undefined }): void {
  if (secretFile !== undefined && secretsFile !== undefined)
    throw new UsageError(
      '--secret-file, --secrets-file: allowed: one of them; --secrets-file takes a new secret',
    );
}

/**
 * Creates the file of `--secrets-file` before the command changes anything. Without that option,
 * secrets are printed to a terminal only: a pipe or a file may be a log, such as that of a build.
 * @param work creates the secrets, and hands them out once. If it does not, no file is left.
 * @throws UsageError if a file exists there, or its folder does not
 */
export async function withSecretsFile<T>(
  { secretsFile }: SecretsFileOption,
  relay: Pick<Relay, 'output'>,
  io: Pick<Io, 'note' | 'isOutputTerminal'>,
  work: (handOut: HandOut) => Promise<T>,
): Promise<T> {
  const file = secretsFile === undefined ? undefined : newPrivateFile('--secrets-file', secretsFile);
  const handOut: HandOut = (created) => {
    file?.write(`${stringifyJson(byOwner(created))}\n`);
    if (!file && io.isOutputTerminal) return created;
    if (!file) for (const each of created) io.note(unprintedText(each, relay));
    return created.map((each) => ({ ...each, secret: undefined }));
  };
  try {
    return await work(handOut);
  } finally {
    file?.close();
  }
}

/** As in the file and in the output of `apply --json`. */
export function byOwner(created: readonly CreatedSecret[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(created.map(({ ownerId, ...rest }) => [ownerId, rest]));
}

function unprintedText({ ownerId, secretId }: CreatedSecret, relay: Pick<Relay, 'output'>): string {
  return `The signing secret of ${ownerId} was created. It is not printed, because the output is not a terminal. To read it: ${readCommand(secretId, relay)}`;
}

/**
 * The command that prints the newest value of a secret. Every stack is in this region. In the
 * folder of a local stage, npm prints the variables that point the AWS CLI to it.
 */
export function readCommand(secretId: string, relay: Pick<Relay, 'output'>): string {
  const toStage = isLocalStage(relay) ? 'eval "$(npm start -s -- --env)" && ' : '';
  return `${toStage}aws secretsmanager get-secret-value --secret-id '${secretId}' --region us-east-1 --query SecretString --output text`;
}

/** Prints secrets, the only time. @param of e.g. ` of ep_crm` */
export function printSecret({ secret, publicKey }: CreatedSecret, io: Pick<Io, 'print'>, of = ''): void {
  if (secret !== undefined) io.print(`Signing secret${of}, printed only once: ${secret}`);
  if (publicKey !== undefined) io.print(`Public key${of}, for receivers that verify v1a: ${publicKey}`);
}

interface PrivateFile {
  readonly write: (text: string) => void;
  /** Removes the file if nothing was written, so that the command can be repeated. */
  readonly close: () => void;
}

/** Creates a file that only this user can read. */
function newPrivateFile(option: string, path: string): PrivateFile {
  const [existing, folder] = [path, dirname(path)].map((each) => statSync(each, { throwIfNoEntry: false }));
  if (existing || folder?.isDirectory() !== true)
    throw new UsageError(
      `${option} ${path}: cannot be created; allowed: a path at which no file exists, in a folder that exists`,
    );
  const descriptor = openSync(path, 'wx', 0o600);
  let isWritten = false;
  return {
    write(text) {
      writeFileSync(descriptor, text);
      isWritten = true;
    },
    close() {
      closeSync(descriptor);
      if (!isWritten) rmSync(path);
    },
  };
}
