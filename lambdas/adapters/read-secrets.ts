import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { isFailure, ServiceError } from '../core/service-error.ts';
import { normalizeSecretValue, parseSecretValue, type SigningSecret } from '../core/signature.ts';
import type { EndpointSigner } from '../ports/secret-store.ts';
import { type SecretOwner, secretFailure } from './secrets-manager-failure.ts';

/** Who signs with a secret. */
export type Signer = EndpointSigner | ClientSigner;

interface ClientSigner {
  readonly clientId: string;
  readonly secretId: string;
}

/** A version of a secret that cannot sign, while the other version can. */
export type UnusableVersion = SecretOwner & UnusableStage;

export interface UnusableStage {
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

export function secretReader(client: SecretsManagerClient): ReadSecretVersion {
  return async (SecretId, VersionStage) => {
    const input = { SecretId, VersionStage };
    const { SecretString = '', CreatedDate } = await client.send(new GetSecretValueCommand(input));
    return { text: SecretString, createdAtMs: CreatedDate?.getTime() };
  };
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
  return { secrets, unusable: { ...ownerOf(signer), stage, error } };
}

const notFoundError = 'ResourceNotFoundException';

type ReadVersion =
  | { readonly stage: Stage; readonly version: SecretVersion; readonly secrets: readonly SigningSecret[] }
  | { readonly stage: Stage; readonly failure: ServiceError<'secret.unusable'> };

/** @throws ServiceError `secret.unavailable` (later). */
async function readVersion(read: ReadSecretVersion, signer: Signer, stage: Stage): Promise<ReadVersion> {
  const owner = ownerOf(signer);
  try {
    const version = await read(signer.secretId, stage);
    const secrets = parseSecretValue(normalizeSecretValue(version.text));
    if (secrets) return { stage, version, secrets };
    const error = `${stage} is not a whsec_ secret of 24 to 64 bytes in base64, alone or with a whsk_ key`;
    return { stage, failure: new ServiceError('secret.unusable', { ...owner, error }) };
  } catch (cause) {
    const failure = secretFailure(owner, cause);
    if (isFailure(failure, 'secret.unusable')) return { stage, failure };
    throw failure;
  }
}

function ownerOf(signer: Signer): SecretOwner {
  return 'id' in signer ? { endpointId: signer.id } : { clientId: signer.clientId };
}
