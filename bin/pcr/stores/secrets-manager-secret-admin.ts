import {
  CreateSecretCommand,
  DeleteSecretCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  paginateListSecrets,
  RestoreSecretCommand,
  type SecretsManagerClient,
  type SecretVersionsListEntry,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { secretFailure } from '../../../lambdas/adapters/secrets-manager-failure.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { errorName } from '../../../lambdas/core/service-error.ts';
import type { SecretAdmin, SecretValue } from './secret-admin.ts';

/** @param kmsKeyId key of created secrets. @default AWS's key for Secrets Manager */
export function secretsManagerSecretAdmin(client: SecretsManagerClient, kmsKeyId?: string): SecretAdmin {
  const put = (SecretId: string, value: SecretValue) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString: value.join(' ') }));
  const finish = async (SecretId: string): Promise<'finished' | 'none'> => {
    const previous = stagedAs('AWSPREVIOUS', await versionsOf(client, SecretId));
    if (!previous) return 'none';
    const RemoveFromVersionId = previous.VersionId;
    const VersionStage = 'AWSPREVIOUS';
    await client.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, RemoveFromVersionId }));
    return 'finished';
  };
  return {
    create: (secretId, value) =>
      call(secretId, async () => {
        const created = await createUnlessThere(client, secretId, value.join(' '), kmsKeyId);
        if (created !== 'deleted') return created;
        // A removed secret of this name can be restored. Its old values must not sign again.
        await client.send(new RestoreSecretCommand({ SecretId: secretId }));
        await put(secretId, value);
        await finish(secretId);
        return 'created';
      }),
    rotate: (secretId, value) =>
      call(secretId, async () => {
        await put(secretId, value);
      }),
    finishRotation: (secretId) => call(secretId, () => finish(secretId)),
    state: (secretId) =>
      call(secretId, async () => {
        const versions = (await unless(gone, () => versionsOf(client, secretId))) ?? [];
        const current = stagedAs('AWSCURRENT', versions);
        if (!current?.CreatedDate) return undefined;
        const isRotating = stagedAs('AWSPREVIOUS', versions) !== undefined;
        return { currentSince: instantOf(current.CreatedDate.getTime()), isRotating };
      }),
    listNames: (prefix) =>
      call(prefix, async () => {
        const names: string[] = [];
        const query = { Filters: [{ Key: 'name' as const, Values: [prefix] }] };
        for await (const { SecretList = [] } of paginateListSecrets({ client }, query))
          names.push(...SecretList.map(({ Name = '' }) => Name));
        // The filter ignores case, and matches words anywhere.
        return names.filter((name) => name.startsWith(prefix));
      }),
    remove: (secretId) =>
      call(secretId, async () => {
        const remove = new DeleteSecretCommand({ SecretId: secretId, RecoveryWindowInDays: 7 });
        await unless(gone, () => client.send(remove));
      }),
  };
}

/** The secret does not exist or is scheduled for deletion, so a removal can be repeated. */
const gone = ['ResourceNotFoundException', 'InvalidRequestException'];

async function call<T>(secretId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw secretFailure({ secretId }, cause);
  }
}

async function createUnlessThere(
  client: SecretsManagerClient,
  Name: string,
  SecretString: string,
  KmsKeyId: string | undefined,
): Promise<'created' | 'exists' | 'deleted'> {
  try {
    await client.send(new CreateSecretCommand({ Name, SecretString, KmsKeyId }));
    return 'created';
  } catch (error) {
    if (errorName(error) === 'ResourceExistsException') return 'exists';
    // CreateSecret answers this only if a secret of this name is scheduled for deletion.
    if (errorName(error) === 'InvalidRequestException') return 'deleted';
    throw error;
  }
}

/** Only the last two values have a stage, so one page is enough. */
async function versionsOf(
  client: SecretsManagerClient,
  SecretId: string,
): Promise<SecretVersionsListEntry[]> {
  const { Versions = [] } = await client.send(new ListSecretVersionIdsCommand({ SecretId }));
  return Versions;
}

function stagedAs(stage: string, versions: readonly SecretVersionsListEntry[]) {
  return versions.find(({ VersionStages = [] }) => VersionStages.includes(stage));
}

async function unless<T>(names: readonly string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (names.includes(errorName(error))) return undefined;
    throw error;
  }
}
