import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type SecretsManager, startSecretsManager } from '../../../local/host/secrets-manager.ts';

let server: SecretsManager;
let client: SecretsManagerClient;

beforeAll(async () => {
  server = await startSecretsManager();
  client = new SecretsManagerClient(clientSettings(server.endpoint));
});
afterAll(async () => {
  await server.stop();
});

test('a second value becomes AWSCURRENT and the first AWSPREVIOUS', async () => {
  const { ARN } = await client.send(new CreateSecretCommand({ Name: 'rotated', SecretString: 'first' }));
  await expect(
    client.send(new GetSecretValueCommand({ SecretId: 'rotated', VersionStage: 'AWSPREVIOUS' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);

  const { VersionId } = await client.send(
    new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'second' }),
  );
  const current = await client.send(new GetSecretValueCommand({ SecretId: ARN }));
  const previous = await client.send(
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

  await client.send(new PutSecretValueCommand({ SecretId: 'rotated', SecretString: 'third' }));
  const byVersion = await client.send(new GetSecretValueCommand({ SecretId: 'rotated', VersionId }));
  expect(byVersion).toMatchObject({ SecretString: 'second', VersionStages: ['AWSPREVIOUS'] });
});

test('the same request token again is the same version', async () => {
  const request = {
    Name: 'once',
    SecretString: 'a',
    ClientRequestToken: 'token-that-is-long-enough-to-be-a-uuid',
  };
  await client.send(new CreateSecretCommand(request));
  await client.send(new PutSecretValueCommand({ ...request, SecretId: 'once' }));
  await expect(
    client.send(new GetSecretValueCommand({ SecretId: 'once', VersionStage: 'AWSPREVIOUS' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
});

test('what is absent, or there already, is refused in the words of the service', async () => {
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'nobody' }))).rejects.toBeInstanceOf(
    ResourceNotFoundException,
  );
  await expect(
    client.send(new PutSecretValueCommand({ SecretId: 'nobody', SecretString: 'x' })),
  ).rejects.toBeInstanceOf(ResourceNotFoundException);
  await client.send(new CreateSecretCommand({ Name: 'twice' }));
  await expect(client.send(new CreateSecretCommand({ Name: 'twice' }))).rejects.toBeInstanceOf(
    ResourceExistsException,
  );
});
