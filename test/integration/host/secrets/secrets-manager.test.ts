import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { useSecretsManager } from './use-secrets-manager.ts';

const client = useSecretsManager();

it('Secrets Manager makes a second value AWSCURRENT and the first AWSPREVIOUS', async () => {
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

it('Secrets Manager makes no new version for the same request token', async () => {
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

it('Secrets Manager refuses absent and existing secrets with the errors of the service', async () => {
  await expect(client().send(new GetSecretValueCommand({ SecretId: 'missing' }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
  await expect(
    client().send(new PutSecretValueCommand({ SecretId: 'missing', SecretString: 'x' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
  const twice = { Name: 'twice', SecretString: 'x' };
  await client().send(new CreateSecretCommand(twice));
  await expect(client().send(new CreateSecretCommand(twice))).rejects.toBeInstanceOf(ResourceExistsException);
});

it('Secrets Manager refuses binary secrets and version ids', async () => {
  const binary = new CreateSecretCommand({ Name: 'binary', SecretBinary: new Uint8Array(1) });
  await expect(client().send(binary)).rejects.toThrow('SecretString');
  const version = new GetSecretValueCommand({ SecretId: 'rotated', VersionId: 'v'.repeat(36) });
  await expect(client().send(version)).rejects.toThrow('only by VersionStage');
});
