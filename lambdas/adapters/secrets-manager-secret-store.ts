import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorName, isFailure, ServiceError } from '../core/service-error.ts';
import { parseSecretValue, type SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore, Signer } from '../ports/secret-store.ts';
import { secretFailure } from './secrets-manager-failure.ts';

/**
 * How long secrets are cached. Much shorter than a rotation, during which both versions are valid.
 */
const cachedMs = 60_000;

/**
 * Signs with the versions AWSCURRENT and AWSPREVIOUS, so that receivers can verify during a
 * rotation.
 */
export function secretsManagerSecretStore(client: SecretsManagerClient, clock: Clock): SecretStore {
  const cache = new Map<
    string,
    { readonly untilMs: number; readonly secrets: Promise<readonly SigningSecret[]> }
  >();
  return {
    signingSecrets(signer) {
      const cached = cache.get(signer.secretId);
      if (cached && clock.nowMs() < cached.untilMs) return cached.secrets;
      const secrets = readSecrets(client, signer);
      cache.set(signer.secretId, { untilMs: clock.nowMs() + cachedMs, secrets });
      // Errors are not cached.
      secrets.catch(() => cache.delete(signer.secretId));
      return secrets;
    },
  };
}

async function readSecrets(client: SecretsManagerClient, signer: Signer): Promise<readonly SigningSecret[]> {
  const newest = parseSecretValue((await secretString(client, signer, 'AWSCURRENT')) ?? '');
  if (!newest)
    throw unusable(
      signer,
      'AWSCURRENT is not a whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key',
    );
  // The previous version may not be readable, or may be a placeholder: then only the current one
  // signs.
  const previous = await secretString(client, signer, 'AWSPREVIOUS').catch((error: unknown) => {
    if (isFailure(error, 'secret.unusable')) return undefined;
    throw error;
  });
  return [...newest, ...(parseSecretValue(previous ?? '') ?? [])];
}

async function secretString(
  client: SecretsManagerClient,
  { id, secretId }: Signer,
  VersionStage: string,
): Promise<string | undefined> {
  try {
    const { SecretString = '' } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage }),
    );
    return SecretString;
  } catch (cause) {
    if (errorName(cause) === 'ResourceNotFoundException') return undefined;
    throw secretFailure({ endpointId: id }, cause);
  }
}

function unusable({ id }: Signer, error: string): ServiceError {
  return new ServiceError('secret.unusable', { endpointId: id, error });
}
