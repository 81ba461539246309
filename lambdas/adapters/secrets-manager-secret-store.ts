import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Endpoint } from '../core/endpoint.ts';
import { errorName, isFailure, laterAfter, never, ServiceError } from '../core/service-error.ts';
import { parseSigningSecret, type SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore } from '../ports/secret-store.ts';

/** How long a rotated secret may still sign: well within the time in which both of its versions do. */
const cachedMs = 60_000;
const recoveryMs = 2_000;

/** One secret per endpoint; the versions AWSCURRENT and AWSPREVIOUS both sign, so that a rotation loses nothing. */
export function secretsManagerSecretStore(client: SecretsManagerClient, clock: Clock): SecretStore {
  const cache = new Map<
    string,
    { readonly untilMs: number; readonly secrets: Promise<readonly SigningSecret[]> }
  >();
  return {
    signingSecrets(endpoint) {
      const cached = cache.get(endpoint.secretId);
      if (cached && clock.nowMs() < cached.untilMs) return cached.secrets;
      const secrets = readSecrets(client, endpoint);
      cache.set(endpoint.secretId, { untilMs: clock.nowMs() + cachedMs, secrets });
      // A failure is not worth remembering.
      secrets.catch(() => cache.delete(endpoint.secretId));
      return secrets;
    },
  };
}

async function readSecrets(
  client: SecretsManagerClient,
  endpoint: Endpoint,
): Promise<readonly SigningSecret[]> {
  const newest = parseSigningSecret((await secretString(client, endpoint, 'AWSCURRENT')) ?? '');
  if (!newest) throw unusable(endpoint, 'AWSCURRENT is no whsec_ secret of 24 to 64 bytes in base64');
  // What stood there before may be out of reach by now, or may never have been a secret: a placeholder, say.
  const previous = await secretString(client, endpoint, 'AWSPREVIOUS').catch((error: unknown) => {
    if (isFailure(error, 'secret.unusable')) return undefined;
    throw error;
  });
  const oldest = parseSigningSecret(previous ?? '');
  return oldest ? [newest, oldest] : [newest];
}

/** Somebody has to do something: grant the name or its key, restore what is to be deleted, mend the name. */
const permanent = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
  'InvalidParameterException',
  'ValidationException',
]);

async function secretString(
  client: SecretsManagerClient,
  { id, secretId }: Endpoint,
  VersionStage: string,
): Promise<string | undefined> {
  try {
    const { SecretString = '' } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId, VersionStage }),
    );
    return SecretString;
  } catch (cause) {
    const details = { endpointId: id, error: errorName(cause) };
    if (details.error === 'ResourceNotFoundException') return undefined;
    if (permanent.has(details.error))
      throw new ServiceError('secret.unusable', details, { retry: never, cause });
    throw new ServiceError('secret.unavailable', details, { retry: laterAfter(recoveryMs), cause });
  }
}

function unusable({ id }: Endpoint, error: string): ServiceError {
  return new ServiceError('secret.unusable', { endpointId: id, error }, { retry: never });
}
