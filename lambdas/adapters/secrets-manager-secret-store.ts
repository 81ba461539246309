import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isFailure, ServiceError } from '../core/service-error.ts';
import { normalizeSecretValue, parseSecretValue, type SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore, Signer } from '../ports/secret-store.ts';
import { secretFailure } from './secrets-manager-failure.ts';

/**
 * How long secrets are cached. Much shorter than a rotation, during which both versions are valid.
 */
const cachedMs = 60_000;

/** A version of a secret that cannot sign, while the other version can. */
export interface UnusableVersion {
  readonly endpointId: string;
  readonly stage: Stage;
  readonly error: string;
}

export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

/**
 * Reads the text of one version of a secret.
 * @throws an error with a name of Secrets Manager
 */
export type ReadSecretText = (secretId: string, stage: Stage) => Promise<string>;

/** A store on Secrets Manager, see `cachingSecretStore`. */
export function secretsManagerSecretStore(
  client: SecretsManagerClient,
  clock: Clock,
  report?: (version: UnusableVersion) => void,
): SecretStore {
  const store = cachingSecretStore(secretReader(client), clock, report);
  return { signingSecrets: (signer) => store.signingSecrets(signer) };
}

export function secretReader(client: SecretsManagerClient): ReadSecretText {
  return async (SecretId, VersionStage) =>
    (await client.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString ?? '';
}

/**
 * Signs with the versions AWSCURRENT and AWSPREVIOUS, so that receivers can verify during a
 * rotation. If only one of them can be used, it signs alone.
 * @param report called at most once a minute for each version that cannot be used
 */
export function cachingSecretStore(
  read: ReadSecretText,
  clock: Clock,
  report: (version: UnusableVersion) => void = () => undefined,
): SecretStore {
  const cache = new Map<
    string,
    { readonly untilMs: number; readonly secrets: Promise<readonly SigningSecret[]> }
  >();
  return {
    signingSecrets(signer) {
      const cached = cache.get(signer.secretId);
      if (cached && clock.nowMs() < cached.untilMs) return cached.secrets;
      const secrets = readAndReport(read, signer, report);
      cache.set(signer.secretId, { untilMs: clock.nowMs() + cachedMs, secrets });
      // Errors are not cached.
      secrets.catch(() => cache.delete(signer.secretId));
      return secrets;
    },
  };
}

async function readAndReport(
  read: ReadSecretText,
  signer: Signer,
  report: (version: UnusableVersion) => void,
): Promise<readonly SigningSecret[]> {
  const { secrets, unusable } = await readSecrets(read, signer);
  if (unusable) report(unusable);
  return secrets;
}

export interface ReadSecrets {
  /** As `signingSecrets` returns them. */
  readonly secrets: readonly SigningSecret[];
  readonly unusable?: UnusableVersion;
}

/** @throws ServiceError as `signingSecrets` */
export async function readSecrets(read: ReadSecretText, signer: Signer): Promise<ReadSecrets> {
  const current = await readVersion(read, signer, 'AWSCURRENT');
  const previous = await readVersion(read, signer, 'AWSPREVIOUS');
  const secrets = [current, previous].flatMap((version) => ('secrets' in version ? version.secrets : []));
  if (secrets.length === 0 && 'failure' in current) throw current.failure;
  const failed = [current, previous].find((version) => 'failure' in version);
  if (!failed) return { secrets };
  const { stage, failure } = failed;
  const { error } = failure.details;
  // A secret that was never rotated has no AWSPREVIOUS.
  if (stage === 'AWSPREVIOUS' && error === notFoundError) return { secrets };
  return { secrets, unusable: { endpointId: signer.id, stage, error } };
}

const notFoundError = 'ResourceNotFoundException';

type ReadVersion =
  | { readonly stage: Stage; readonly secrets: readonly SigningSecret[] }
  | { readonly stage: Stage; readonly failure: ServiceError<'secret.unusable'> };

/** @throws ServiceError `secret.unavailable` (later). */
async function readVersion(
  read: ReadSecretText,
  { id: endpointId, secretId }: Signer,
  stage: Stage,
): Promise<ReadVersion> {
  try {
    const secrets = parseSecretValue(normalizeSecretValue(await read(secretId, stage)));
    if (secrets) return { stage, secrets };
    const error = `${stage} is not a whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key`;
    return { stage, failure: new ServiceError('secret.unusable', { endpointId, error }) };
  } catch (cause) {
    const failure = secretFailure({ endpointId }, cause);
    if (isFailure(failure, 'secret.unusable')) return { stage, failure };
    throw failure;
  }
}
