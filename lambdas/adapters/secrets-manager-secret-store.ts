import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isFailure, ServiceError } from '../core/service-error.ts';
import { normalizeSecretValue, parseSecretValue, type SigningSecret } from '../core/signature.ts';
import type { Clock } from '../ports/clock.ts';
import type { SecretStore, Signer } from '../ports/secret-store.ts';
import { secretFailure } from './secrets-manager-failure.ts';

/**
 * How long secrets are cached, across invocations. Shorter than a rotation, during which both
 * versions are valid.
 */
const cachedMs = 300_000;
/** How long they are cached if one version cannot be used: an operator may repair it soon. */
const degradedMs = 60_000;
/**
 * How long a new AWSCURRENT is cached if there is no AWSPREVIOUS. Either the secret is new, or the
 * read of AWSPREVIOUS lags behind.
 */
const unsettledMs = 10_000;

/** A version of a secret that cannot sign, while the other version can. */
export interface UnusableVersion {
  readonly endpointId: string;
  readonly stage: Stage;
  readonly error: string;
}

export type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';

export interface SecretVersion {
  readonly text: string;
  /** Epoch milliseconds. Undefined if Secrets Manager does not say. */
  readonly createdAtMs: number | undefined;
}

/**
 * Reads one version of a secret.
 * @throws an error with a name of Secrets Manager
 */
export type ReadSecretVersion = (secretId: string, stage: Stage) => Promise<SecretVersion>;

/** A store on Secrets Manager, see `cachingSecretStore`. */
export function secretsManagerSecretStore(
  client: SecretsManagerClient,
  clock: Clock,
  report?: (version: UnusableVersion) => void,
): SecretStore {
  const store = cachingSecretStore(secretReader(client), clock, report);
  return { signingSecrets: (signer) => store.signingSecrets(signer) };
}

export function secretReader(client: SecretsManagerClient): ReadSecretVersion {
  return async (SecretId, VersionStage) => {
    const input = { SecretId, VersionStage };
    const { SecretString = '', CreatedDate } = await client.send(new GetSecretValueCommand(input));
    return { text: SecretString, createdAtMs: CreatedDate?.getTime() };
  };
}

/**
 * Signs with the versions AWSCURRENT and AWSPREVIOUS, so that receivers can verify during a
 * rotation. If only one of them can be used, it signs alone. If there was no AWSPREVIOUS, it is not
 * read again before AWSCURRENT has changed: only a new AWSCURRENT makes one.
 * @param report called at most once a minute for each version that cannot be used
 */
export function cachingSecretStore(
  read: ReadSecretVersion,
  clock: Clock,
  report: (version: UnusableVersion) => void = () => undefined,
): SecretStore {
  const cache = new Map<string, CachedSecrets>();
  const refresh = async (signer: Signer, entry: CachedSecrets, lastAlone: string | undefined) => {
    const nowMs = clock.nowMs();
    const { secrets, unusable, alone } = await readSecrets(read, signer, lastAlone);
    const isSettled = alone && nowMs - (alone.createdAtMs ?? 0) >= cachedMs;
    if (unusable) report(unusable);
    if (isSettled) entry.alone = alone.text;
    else if (unusable) entry.untilMs = nowMs + degradedMs;
    else if (alone) entry.untilMs = nowMs + unsettledMs;
    return secrets;
  };
  return {
    signingSecrets(signer) {
      const cached = cache.get(signer.secretId);
      if (cached?.secrets && clock.nowMs() < cached.untilMs) return cached.secrets;
      const entry: CachedSecrets = { untilMs: clock.nowMs() + cachedMs };
      const secrets = refresh(signer, entry, cached?.alone);
      entry.secrets = secrets;
      cache.set(signer.secretId, entry);
      // Errors are not cached.
      secrets.catch(() => cache.delete(signer.secretId));
      return secrets;
    },
  };
}

interface CachedSecrets {
  untilMs: number;
  secrets?: Promise<readonly SigningSecret[]>;
  /** The text of AWSCURRENT if there was no AWSPREVIOUS beside it. */
  alone?: string;
}

export interface ReadSecrets {
  /** As `signingSecrets` returns them. */
  readonly secrets: readonly SigningSecret[];
  readonly unusable?: UnusableVersion;
  /** AWSCURRENT, if it is usable and there is no AWSPREVIOUS. */
  readonly alone?: SecretVersion;
}

/**
 * @param lastAlone if this is still the text of AWSCURRENT, AWSPREVIOUS is not read
 * @throws ServiceError as `signingSecrets`
 */
export async function readSecrets(
  read: ReadSecretVersion,
  signer: Signer,
  lastAlone?: string,
): Promise<ReadSecrets> {
  const current = await readVersion(read, signer, 'AWSCURRENT');
  if ('secrets' in current && current.version.text === lastAlone)
    return { secrets: current.secrets, alone: current.version };
  const previous = await readVersion(read, signer, 'AWSPREVIOUS');
  const secrets = [current, previous].flatMap((version) => ('secrets' in version ? version.secrets : []));
  if (secrets.length === 0 && 'failure' in current) throw current.failure;
  const failed = [current, previous].find((version) => 'failure' in version);
  if (!failed) return { secrets };
  const { stage, failure } = failed;
  const { error } = failure.details;
  // A secret that was never rotated has no AWSPREVIOUS.
  if ('secrets' in current && error === notFoundError) return { secrets, alone: current.version };
  return { secrets, unusable: { endpointId: signer.id, stage, error } };
}

const notFoundError = 'ResourceNotFoundException';

type ReadVersion =
  | { readonly stage: Stage; readonly version: SecretVersion; readonly secrets: readonly SigningSecret[] }
  | { readonly stage: Stage; readonly failure: ServiceError<'secret.unusable'> };

/** @throws ServiceError `secret.unavailable` (later). */
async function readVersion(
  read: ReadSecretVersion,
  { id: endpointId, secretId }: Signer,
  stage: Stage,
): Promise<ReadVersion> {
  try {
    const version = await read(secretId, stage);
    const secrets = parseSecretValue(normalizeSecretValue(version.text));
    if (secrets) return { stage, version, secrets };
    const error = `${stage} is not a whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key`;
    return { stage, failure: new ServiceError('secret.unusable', { endpointId, error }) };
  } catch (cause) {
    const failure = secretFailure({ endpointId }, cause);
    if (isFailure(failure, 'secret.unusable')) return { stage, failure };
    throw failure;
  }
}
