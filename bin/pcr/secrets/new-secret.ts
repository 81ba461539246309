import { randomBytes } from 'node:crypto';
import {
  type AsymmetricSecret,
  isAsymmetric,
  type PublicKey,
  parseSecretValue,
  publicKeyOf,
  type SigningSecret,
} from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import { fileText } from '../file-text.ts';

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

export function publicKeyIn(value: readonly SigningSecret[]): PublicKey | undefined {
  const key: AsymmetricSecret | undefined = value.find(isAsymmetric);
  return key && publicKeyOf(key);
}
