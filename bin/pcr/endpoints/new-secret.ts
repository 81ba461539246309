import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
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

/** Bytes of a secret that is made here, of the 24 to 64 that Standard Webhooks allows; and of the seed of an ed25519 key. */
const secretBytes = 32;

export interface SecretOptions {
  readonly secretFile?: string;
  readonly asymmetric?: boolean;
}

/** The secret that was given, or a new one. @throws UsageError where the file holds none */
export function secretOf({ secretFile, asymmetric = false }: SecretOptions): readonly SigningSecret[] {
  if (secretFile === undefined) return newSecret(asymmetric);
  if (asymmetric)
    throw new UsageError('--asymmetric: allowed without --secret-file only, which holds all that signs');
  const value = parseSecretValue(fileText('--secret-file', secretFile).trim());
  if (!value)
    throw new UsageError(
      `--secret-file ${secretFile}: what it holds is no secret; allowed: whsec_ and 24 to 64 bytes in base64, and after a space, if you like, whsk_ and an ed25519 key in base64`,
    );
  return value;
}

function newSecret(asymmetric: boolean): readonly SigningSecret[] {
  return asymmetric ? [`whsec_${randomBase64()}`, `whsk_${randomBase64()}`] : [`whsec_${randomBase64()}`];
}

function randomBase64(): string {
  return randomBytes(secretBytes).toString('base64');
}

/** For an endpoint that nobody named. 40 bits: there are never many. */
export function newEndpointId(): EndpointId {
  return `ep_${randomBytes(5).toString('hex')}`;
}

/** What an operator passes on to the receiver. The private key is not in it: only the relay needs that. */
export interface ShownSecret {
  readonly secret: string | undefined;
  readonly publicKey: PublicKey | undefined;
}

export function shownSecret(value: readonly SigningSecret[]): ShownSecret {
  return { secret: value.find((each) => !isAsymmetric(each)), publicKey: publicKeyIn(value) };
}

export function publicKeyIn(value: readonly SigningSecret[]): PublicKey | undefined {
  const key: AsymmetricSecret | undefined = value.find(isAsymmetric);
  return key && publicKeyOf(key);
}

/** The one time that it is shown. @param of whose it is, where there are several */
export function printSecret(io: Pick<Io, 'print'>, { secret, publicKey }: ShownSecret, of = ''): void {
  if (secret !== undefined) io.print(`Signing secret${of}, shown this once: ${secret}`);
  if (publicKey !== undefined) io.print(`Public key${of}, for receivers that verify v1a: ${publicKey}`);
}

/** @param path a file, or `-` for standard input. @throws UsageError where there is no such file */
export function fileText(option: string, path: string): string {
  // Node reads a descriptor as it reads a file; 0 is standard input.
  if (path === '-') return readFileSync(0, 'utf8');
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(
      `${option} ${path}: there is no such file; allowed: a file, or - for standard input`,
    );
  return readFileSync(path, 'utf8');
}
