import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { SecretAdmin } from '../../bin/pcr/stores/secret-admin.ts';
import { secretsManagerSecretAdmin } from '../../bin/pcr/stores/secrets-manager-secret-admin.ts';
import { secretsManagerSecretStore } from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';
import type { SecretStore } from '../../lambdas/ports/secret-store.ts';
import { inMemorySecretStore } from '../fakes/in-memory-secret-store.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { useSecretsManager } from '../integration/host/secrets/use-secrets-manager.ts';

const client = useSecretsManager();

function newSecret(): SigningSecret {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
function newKey(): SigningSecret {
  return `whsk_${randomBytes(32).toString('base64')}`;
}

interface SecretsUnderTest {
  readonly admin: SecretAdmin;
  /** What signs now: by a worker that remembers nothing. */
  readonly signing: (secretId: string) => ReturnType<SecretStore['signingSecrets']>;
}

function fakeSecrets(): SecretsUnderTest {
  const store = inMemorySecretStore();
  return { admin: store, signing: (secretId) => store.signingSecrets({ id: 'ep_example', secretId }) };
}

function realSecrets(): SecretsUnderTest {
  return {
    admin: secretsManagerSecretAdmin(client()),
    signing: (secretId) =>
      secretsManagerSecretStore(client(), manualClock()).signingSecrets({ id: 'ep_example', secretId }),
  };
}

let names = 0;
function newName(): string {
  names += 1;
  return `relay/endpoints/ep_${names}`;
}

const unusable = { code: 'secret.unusable', retry: { kind: 'later' } };

describe.each([
  ['in memory', fakeSecrets],
  ['on Secrets Manager', realSecrets],
])('secret admin %s', (_name, newSecrets) => {
  test('creates a secret that signs from then on, alone or with a key', async () => {
    const { admin, signing } = newSecrets();
    const [name, secret, other, key] = [newName(), newSecret(), newSecret(), newKey()];
    expect(await admin.create(name, [secret])).toBe('created');
    expect(await signing(name)).toEqual([secret]);
    const otherName = newName();
    await admin.create(otherName, [other, key]);
    expect(await signing(otherName)).toEqual([other, key]);
  });

  test('leaves a secret alone that is there already', async () => {
    const { admin, signing } = newSecrets();
    const [name, secret] = [newName(), newSecret()];
    await admin.create(name, [secret]);
    expect(await admin.create(name, [newSecret()])).toBe('exists');
    expect(await signing(name)).toEqual([secret]);
  });

  test('rotates: both sign until it is finished, then the new one alone', async () => {
    const { admin, signing } = newSecrets();
    const [name, before, after, key] = [newName(), newSecret(), newSecret(), newKey()];
    await admin.create(name, [before]);
    expect(await admin.state(name)).toMatchObject({ isRotating: false });
    await admin.rotate(name, [after, key]);
    expect(await signing(name)).toEqual([after, key, before]);
    expect(await admin.state(name)).toMatchObject({ isRotating: true });
    expect(await admin.finishRotation(name)).toBe('finished');
    expect(await signing(name)).toEqual([after, key]);
    expect(await admin.state(name)).toMatchObject({ isRotating: false });
  });

  test('has nothing to finish where nothing was rotated', async () => {
    const { admin, signing } = newSecrets();
    const [name, secret] = [newName(), newSecret()];
    await admin.create(name, [secret]);
    expect(await admin.finishRotation(name)).toBe('none');
    expect(await signing(name)).toEqual([secret]);
  });

  test('a secret that was removed signs no more, and does not come back with one of its name', async () => {
    const { admin, signing } = newSecrets();
    const [name, old, next] = [newName(), newSecret(), newSecret()];
    await admin.create(name, [old]);
    await admin.remove(name);
    await admin.remove(name);
    await expect(signing(name)).rejects.toMatchObject(unusable);
    expect(await admin.state(name)).toBeUndefined();
    expect(await admin.create(name, [next])).toBe('created');
    expect(await signing(name)).toEqual([next]);
    expect(await admin.state(name)).toMatchObject({ isRotating: false });
  });

  test('finds nothing about a secret that does not exist', async () => {
    const { admin } = newSecrets();
    const name = newName();
    expect(await admin.state(name)).toBeUndefined();
    await admin.remove(name);
    await expect(admin.rotate(name, [newSecret()])).rejects.toMatchObject(unusable);
    await expect(admin.finishRotation(name)).rejects.toMatchObject(unusable);
  });
});

describe('secret admin on Secrets Manager', () => {
  test('tells since when the present value is there, and never the value', async () => {
    const { admin } = realSecrets();
    const name = newName();
    await admin.create(name, [newSecret()]);
    const { CreatedDate } = await client().send(new GetSecretValueCommand({ SecretId: name }));
    const state = await admin.state(name);
    expect(state).toEqual({ currentSince: CreatedDate?.toISOString(), isRotating: false });
  });

  test('names the secret in a failure, not its value', async () => {
    const { admin } = realSecrets();
    const [name, secret] = [newName(), newSecret()];
    const failure: unknown = await admin.rotate(name, [secret]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ details: { secretId: name, error: 'ResourceNotFoundException' } });
    expect(String(failure)).not.toContain(secret);
  });
});
