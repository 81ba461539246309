import { randomBytes } from 'node:crypto';
import { openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import {
  type AsymmetricSecret,
  isAsymmetric,
  type PublicKey,
  parseSecretValue,
  publicKeyOf,
  type SigningSecret,
} from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';

/** Bytes of a new secret (Standard Webhooks allows 24 to 64), and of the seed of an ed25519 key. */
const secretBytes = 32;

export interface SecretOptions {
  readonly secretFile?: string;
  readonly asymmetric?: boolean;
}

/** Returns the given secret or a new one. @throws UsageError if the file holds no valid secret */
export function secretValue({ secretFile, asymmetric = false }: SecretOptions): readonly SigningSecret[] {
  if (secretFile === undefined) return newSecret(asymmetric);
  if (asymmetric)
    throw new UsageError('--asymmetric: allowed without --secret-file only, which contains all keys');
  const value = parseSecretValue(fileText('--secret-file', secretFile).trim());
  if (!value)
    throw new UsageError(
      `--secret-file ${secretFile}: not a valid secret; allowed: whsec_ and 24 to 64 bytes in base64, optionally followed by a space, whsk_ and an ed25519 key in base64`,
    );
  return value;
}

function newSecret(asymmetric: boolean): readonly SigningSecret[] {
  return asymmetric ? [`whsec_${randomBase64()}`, `whsk_${randomBase64()}`] : [`whsec_${randomBase64()}`];
}

function randomBase64(): string {
  return randomBytes(secretBytes).toString('base64');
}

/** 40 random bits are enough: a stack has few endpoints. */
export function newEndpointId(): EndpointId {
  return `ep_${randomBytes(5).toString('hex')}`;
}

/**
 * The part of a secret that the receiver needs. The private key is left out: only the relay needs
 * it.
 */
export interface PrintedSecret {
  readonly secret: string | undefined;
  readonly publicKey: PublicKey | undefined;
}

export function printedSecret(value: readonly SigningSecret[]): PrintedSecret {
  return { secret: value.find((each) => !isAsymmetric(each)), publicKey: publicKeyIn(value) };
}

export function publicKeyIn(value: readonly SigningSecret[]): PublicKey | undefined {
  const key: AsymmetricSecret | undefined = value.find(isAsymmetric);
  return key && publicKeyOf(key);
}

/** Prints a secret, the only time. @param of e.g. ` of ep_crm` */
export function printSecret({ secret, publicKey }: PrintedSecret, io: Pick<Io, 'print'>, of = ''): void {
  if (secret !== undefined) io.print(`Signing secret${of}, printed only once: ${secret}`);
  if (publicKey !== undefined) io.print(`Public key${of}, for receivers that verify v1a: ${publicKey}`);
}

/** @param path a file, or `-` for standard input. @throws UsageError if the file does not exist */
export function fileText(option: string, path: string): string {
  // Descriptor 0 is standard input.
  if (path === '-') return readFileSync(0, 'utf8');
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(
      `${option} ${path}: this file does not exist; allowed: a file, or - for standard input`,
    );
  return readFileSync(path, 'utf8');
}

/**
 * Creates a file that only this user can read.
 * @throws UsageError if a file exists there, or its folder does not
 */
export function newPrivateFile(option: string, path: string): { readonly write: (text: string) => void } {
  const [existing, folder] = [path, dirname(path)].map((each) => statSync(each, { throwIfNoEntry: false }));
  if (existing || folder?.isDirectory() !== true)
    throw new UsageError(
      `${option} ${path}: cannot be created; allowed: a path at which no file exists, in a folder that exists`,
    );
  const descriptor = openSync(path, 'wx', 0o600);
  return { write: (text) => writeFileSync(descriptor, text) };
}
