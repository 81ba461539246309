import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { useSecretsManager } from './use-secrets-manager.ts';

const client = useSecretsManager();

test('a second value becomes AWSCURRENT and the first AWSPREVIOUS', async () => {
  const { ARN } = await client().send(new CreateSecretCommand({ Name: 'rotated', SecretString: 'first' }));
  await expect(
    client().send(new GetSecretValueCommand({ SecretId: 'rotated', VersionStage: 'AWSPREVIOUS' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);

  const { VersionId } = await client().send(
    new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'second' }),
  );
  const current = await client().send(new GetSecretValueCommand({ SecretId: ARN }));
  const previous = await client().send(
    new GetSecretValueCommand({ SecretId: 'rotated', VersionStage: 'AWSPREVIOUS' }),
  );
  expect(current).toMatchObject({
    Name: 'rotated',
    SecretString: 'second',
    VersionId,
    VersionStages: ['AWSCURRENT'],
  });
  expect(current.CreatedDate).toBeInstanceOf(Date);
  expect(previous).toMatchObject({ SecretString: 'first', VersionStages: ['AWSPREVIOUS'] });

  await client().send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'third' }));
  const rotatedAgain = await client().send(
    new GetSecretValueCommand({ SecretId: 'rotated', VersionStage: 'AWSPREVIOUS' }),
  );
  expect(rotatedAgain).toMatchObject({ SecretString: 'second', VersionId, VersionStages: ['AWSPREVIOUS'] });
});

test('the same request token again is the same version', async () => {
  const request = {
    Name: 'once',
    SecretString: 'a',
    ClientRequestToken: 'token-that-is-long-enough-to-be-a-uuid',
  };
  await client().send(new CreateSecretCommand(request));
  await client().send(new PutSecretValueCommand({ ...request, SecretId: 'once' }));
  await expect(
    client().send(new GetSecretValueCommand({ SecretId: 'once', VersionStage: 'AWSPREVIOUS' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('what is absent, or there already, is refused in the words of the service', async () => {
  await expect(client().send(new GetSecretValueCommand({ SecretId: 'nobody' }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
  await expect(
    client().send(new PutSecretValueCommand({ SecretId: 'nobody', SecretString: 'x' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
  const twice = { Name: 'twice', SecretString: 'x' };
  await client().send(new CreateSecretCommand(twice));
  await expect(client().send(new CreateSecretCommand(twice))).rejects.toBeInstanceOf(ResourceExistsException);
});

test('what the stage does not keep is refused', async () => {
  const binary = new CreateSecretCommand({ Name: 'binary', SecretBinary: new Uint8Array(1) });
  await expect(client().send(binary)).rejects.toThrow('SecretString');
  const version = new GetSecretValueCommand({ SecretId: 'rotated', VersionId: 'v'.repeat(36) });
  await expect(client().send(version)).rejects.toThrow('only by VersionStage');
});
