import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { errorName, isFailure, never, ServiceError } from '../core/service-error.ts';
import { parseSecretValue, type SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore, Signer } from '../ports/secret-store.ts';
import { secretFailure } from './secrets-manager-failure.ts';

/** How long a rotated secret may still sign: well within the time in which both of its versions do. */
const cachedMs = 60_000;

/** One secret per endpoint; the versions AWSCURRENT and AWSPREVIOUS both sign, so that a rotation loses nothing. */
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
      // A failure is not worth remembering.
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
      'AWSCURRENT is no whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key',
    );
  // What stood there before may be out of reach by now, or may never have been a secret: a placeholder, say.
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
  return new ServiceError('secret.unusable', { endpointId: id, error }, { retry: never });
}
