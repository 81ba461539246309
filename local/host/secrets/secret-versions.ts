import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { localArn } from '../local-account.ts';

interface Version {
  readonly id: string;
  readonly text: string;
  readonly createdAtEpochSeconds: number;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  /**
   * By staging label: AWSCURRENT; after a second value AWSPREVIOUS; AWSPENDING if a rotation of AWS
   * has begun.
   */
  readonly stages: Map<string, Version>;
  /** A deleted secret can be restored. Until then it refuses all other operations. */
  isDeleted: boolean;
}

const token = v.optional(v.string());
export const createRequest = v.object({
  Name: v.string(),
  SecretString: v.string(),
  ClientRequestToken: token,
});
export const putRequest = v.object({
  SecretId: v.string(),
  SecretString: v.string(),
  ClientRequestToken: token,
  VersionStages: v.optional(v.tuple([v.picklist(['AWSCURRENT', 'AWSPENDING'])]), ['AWSCURRENT']),
});
export const getRequest = v.object({
  SecretId: v.string(),
  VersionId: v.optional(v.never('the local stage finds versions only by VersionStage')),
  VersionStage: v.optional(v.string(), 'AWSCURRENT'),
});

export const secretRequest = v.object({ SecretId: v.string() });
export const listRequest = v.object({
  Filters: v.tuple([v.object({ Key: v.literal('name'), Values: v.tuple([v.string()]) })]),
});
export const stageRequest = v.object({
  SecretId: v.string(),
  VersionStage: v.literal('AWSPREVIOUS', 'the local stage moves only this staging label'),
  RemoveFromVersionId: v.string(),
});

/** An error of Secrets Manager. The SDK throws an exception of this name. */
export class SecretsManagerError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export function createSecret(
  secrets: Map<string, Secret>,
  request: v.InferOutput<typeof createRequest>,
): unknown {
  if (secrets.has(request.Name)) {
    findSecret(secrets, request.Name);
    throw new SecretsManagerError('ResourceExistsException', `The secret ${request.Name} already exists.`);
  }
  const arn = localArn('secretsmanager', `secret:${request.Name}-${randomUUID().slice(0, 6)}`);
  const secret: Secret = { arn, name: request.Name, stages: new Map(), isDeleted: false };
  secrets.set(request.Name, secret);
  return { ARN: arn, Name: secret.name, VersionId: addVersion(secret, request).id };
}

export function putSecretValue(
  secrets: Map<string, Secret>,
  request: v.InferOutput<typeof putRequest>,
): unknown {
  const secret = findSecret(secrets, request.SecretId);
  const [stage] = request.VersionStages;
  const { id } = addVersion(secret, request, stage);
  return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [stage] };
}

export function getSecretValue(
  secrets: Map<string, Secret>,
  request: v.InferOutput<typeof getRequest>,
): unknown {
  const secret = findSecret(secrets, request.SecretId);
  const version = secret.stages.get(request.VersionStage);
  if (version === undefined) {
    throw new SecretsManagerError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for staging label: ${request.VersionStage}`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    SecretString: version.text,
    VersionStages: [request.VersionStage],
    CreatedDate: version.createdAtEpochSeconds,
  };
}

function addVersion(
  secret: Secret,
  value: Pick<v.InferOutput<typeof putRequest>, 'SecretString' | 'ClientRequestToken'>,
  stage: 'AWSCURRENT' | 'AWSPENDING' = 'AWSCURRENT',
): Version {
  const current = secret.stages.get(stage);
  const id = value.ClientRequestToken ?? randomUUID();
  // A request with the same token is a retry.
  if (current?.id === id) return current;
  const createdAtEpochSeconds = Date.now() / 1_000;
  const version: Version = { id, text: value.SecretString, createdAtEpochSeconds };
  if (current !== undefined && stage === 'AWSCURRENT') secret.stages.set('AWSPREVIOUS', current);
  secret.stages.set(stage, version);
  return version;
}

export function listVersions({ arn, name, stages }: Secret): unknown {
  const Versions = [...stages].map(([stage, { id, createdAtEpochSeconds }]) => ({
    VersionId: id,
    VersionStages: [stage],
    CreatedDate: createdAtEpochSeconds,
  }));
  return { ARN: arn, Name: name, Versions };
}

/** The filter ignores case. Secrets that are scheduled for deletion are left out. */
export function listSecrets(
  secrets: ReadonlyMap<string, Secret>,
  { Filters: [{ Values }] }: v.InferOutput<typeof listRequest>,
): unknown {
  const [prefix] = Values;
  const found = [...secrets.values()].filter(
    ({ name, isDeleted }) => !isDeleted && name.toLowerCase().startsWith(prefix.toLowerCase()),
  );
  return { SecretList: found.map(({ name, arn }) => ({ Name: name, ARN: arn })) };
}

export function removeStage(
  secrets: Map<string, Secret>,
  request: v.InferOutput<typeof stageRequest>,
): unknown {
  const { arn, name, stages } = findSecret(secrets, request.SecretId);
  if (stages.get(request.VersionStage)?.id !== request.RemoveFromVersionId)
    throw new SecretsManagerError(
      'InvalidParameterException',
      'The staging label is attached to another version.',
    );
  stages.delete(request.VersionStage);
  return { ARN: arn, Name: name };
}

export function markDeleted(secret: Secret, isDeleted: boolean): unknown {
  secret.isDeleted = isDeleted;
  return { ARN: secret.arn, Name: secret.name };
}

export function findSecret(secrets: Map<string, Secret>, nameOrArn: string, evenDeleted = false): Secret {
  const secret = [...secrets.values()].find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (secret === undefined)
    throw new SecretsManagerError(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
    );
  if (secret.isDeleted && !evenDeleted)
    throw new SecretsManagerError('InvalidRequestException', 'The secret was scheduled for deletion.');
  return secret;
}
