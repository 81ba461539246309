import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, test } from 'vitest';
import type { Stage, UnusableVersion } from '../../lambdas/adapters/read-secrets.ts';
import {
  cachingSecretStore,
  secretsManagerSecretStore,
} from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import type { SigningSecret } from '../../lambdas/core/signature.ts';
import type { EndpointSigner, SecretStore } from '../../lambdas/ports/secret-store.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { inMemorySecretStore } from '../fakes/in-memory-secret-store.ts';
import { type ManualClock, manualClock } from '../fakes/manual-clock.ts';
import { useSecretsManager } from '../integration/host/secrets/use-secrets-manager.ts';

const client = useSecretsManager();

function newSecret(bytes = 32): SigningSecret {
  return `whsec_${randomBytes(bytes).toString('base64')}`;
}

let secrets = 0;
/** An endpoint whose secret does not exist yet. */
function newEndpoint(): EndpointSigner {
  secrets += 1;
  return { id: 'ep_example', secretId: `relay/secret${secrets}` };
}

interface SecretsUnderTest {
  readonly store: SecretStore;
  readonly clock: ManualClock;
  /** Creates the secret, or rotates it. */
  readonly put: (endpoint: EndpointSigner, secret: string) => Promise<void>;
}

async function fakeSecrets(): Promise<SecretsUnderTest> {
  const store = inMemorySecretStore();
  const signing = new Map<string, SigningSecret[]>();
  const put = async ({ secretId }: EndpointSigner, secret: string) => {
    const newest: SigningSecret = `whsec_${secret.slice('whsec_'.length)}`;
    signing.set(secretId, [newest, ...(signing.get(secretId) ?? [])].slice(0, 2));
    store.set(secretId, ...(signing.get(secretId) ?? []));
  };
  return { store, clock: manualClock(), put };
}

async function realSecrets(): Promise<SecretsUnderTest> {
  const clock = manualClock();
  const made = new Set<string>();
  const put = async ({ secretId }: EndpointSigner, SecretString: string) => {
    if (made.has(secretId))
      await client().send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    else await client().send(new CreateSecretCommand({ Name: secretId, SecretString }));
    made.add(secretId);
  };
  return { store: secretsManagerSecretStore(client(), clock), clock, put };
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A Secrets Manager that returns a secret for each stage, or an error of this name. */
async function scriptedSecrets(
  stages: Readonly<Record<'AWSCURRENT' | 'AWSPREVIOUS', string>>,
  report: (version: UnusableVersion) => void = () => undefined,
) {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await text(request);
    const answer = stages[sent.includes('AWSCURRENT') ? 'AWSCURRENT' : 'AWSPREVIOUS'];
    const isSecret = answer.startsWith('whsec_');
    const body = isSecret ? { SecretString: answer } : { __type: answer, Message: 'about Example Corp' };
    response.writeHead(isSecret ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(body));
  };
  const server = await startLoopbackServer((request, response) => void respond(request, response));
  const scripted = new SecretsManagerClient({ ...clientSettings(server.url), maxAttempts: 1 });
  cleanUps.push(() => scripted.destroy(), server.stop);
  return secretsManagerSecretStore(scripted, manualClock(), report);
}

const unusable = { code: 'secret.unusable', retry: { kind: 'later' } };

describe.each([
  ['in memory', fakeSecrets],
  ['on Secrets Manager', realSecrets],
])('secret store %s', (_name, newSecrets) => {
  test('returns the only secret', async () => {
    const { store, put } = await newSecrets();
    const [endpoint, secret] = [newEndpoint(), newSecret()];
    await put(endpoint, secret);
    expect(await store.signingSecrets(endpoint)).toEqual([secret]);
  });

  test('returns both secrets during a rotation, newest first, and never a third', async () => {
    const { store, put } = await newSecrets();
    const endpoint = newEndpoint();
    const [oldest, before, current] = [newSecret(), newSecret(24), newSecret(64)];
    for (const secret of [oldest, before, current]) await put(endpoint, secret);
    expect(await store.signingSecrets(endpoint)).toEqual([current, before]);
  });

  test('keeps the secrets of two endpoints apart', async () => {
    const { store, put } = await newSecrets();
    const [one, other] = [newEndpoint(), newEndpoint()];
    await put(one, newSecret());
    await put(other, newSecret());
    expect(await store.signingSecrets(one)).not.toEqual(await store.signingSecrets(other));
  });

  test('is unusable if there is no secret', async () => {
    const { store } = await newSecrets();
    await expect(store.signingSecrets(newEndpoint())).rejects.toMatchObject(unusable);
  });

  test('names the endpoint that has no secret', async () => {
    const { store } = await newSecrets();
    const { secretId } = newEndpoint();
    await expect(store.signingSecrets({ id: 'ep_crm', secretId })).rejects.toMatchObject({
      details: { endpointId: 'ep_crm' },
    });
  });

  test('returns a secret that was created after it was missing', async () => {
    const { store, put } = await newSecrets();
    const endpoint = newEndpoint();
    await expect(store.signingSecrets(endpoint)).rejects.toMatchObject(unusable);
    const secret = newSecret();
    await put(endpoint, secret);
    expect(await store.signingSecrets(endpoint)).toEqual([secret]);
  });
});

describe('secret store on Secrets Manager', () => {
  test.each([
    ['empty', ''],
    ['a plain text', 'correct horse battery staple'],
    ['JSON around a secret', JSON.stringify({ secret: newSecret() })],
    ['too short', newSecret(23)],
    ['too long', newSecret(65)],
    ['not base64', `whsec_${'*'.repeat(44)}`],
  ])('is unusable if the secret is %s, and the error does not contain it', async (_name, secret) => {
    const { store, put } = await realSecrets();
    const endpoint = newEndpoint();
    await put(endpoint, secret);
    const failure: unknown = await store.signingSecrets(endpoint).catch((error: unknown) => error);
    expect(failure).toMatchObject({ ...unusable, details: { endpointId: 'ep_example' } });
    if (secret !== '') expect(String(failure)).not.toContain(secret.trim());
  });

  test('signs with the new secret if the previous version is unusable', async () => {
    const { store, put } = await realSecrets();
    const [endpoint, secret] = [newEndpoint(), newSecret()];
    await put(endpoint, 'placeholder');
    await put(endpoint, secret);
    expect(await store.signingSecrets(endpoint)).toEqual([secret]);
  });

  test('is unavailable if Secrets Manager does not answer, and does not cache the error', async () => {
    const port = await freePort();
    const away = new SecretsManagerClient({ ...clientSettings(`http://127.0.0.1:${port}`), maxAttempts: 1 });
    const [endpoint, secret] = [newEndpoint(), newSecret()];
    const store = secretsManagerSecretStore(away, manualClock());
    const unavailable = { code: 'secret.unavailable', retry: { kind: 'later' } };
    await expect(store.signingSecrets(endpoint)).rejects.toMatchObject(unavailable);
    const { put } = await realSecrets();
    await put(endpoint, secret);
    away.config.endpoint = client().config.endpoint;
    expect(await store.signingSecrets(endpoint)).toEqual([secret]);
  });
});

/** A store whose secret was created an hour ago. The test changes `versions`. */
function cachedSecrets() {
  const clock = manualClock();
  const createdAtMs = clock.nowMs() - 3_600_000;
  const versions: Partial<Record<Stage, { text: string; createdAtMs: number }>> = {
    AWSCURRENT: { text: newSecret(), createdAtMs },
  };
  const reads: Stage[] = [];
  const store = cachingSecretStore(async (_secretId, stage) => {
    reads.push(stage);
    const version = versions[stage];
    if (version) return version;
    throw Object.assign(new Error('no such version'), { name: 'ResourceNotFoundException' });
  }, clock);
  const endpoint = newEndpoint();
  const signing = () => store.signingSecrets(endpoint);
  const rotate = (newest: string) => {
    const { AWSCURRENT } = versions;
    Object.assign(versions, {
      AWSCURRENT: { text: newest, createdAtMs: clock.nowMs() },
      AWSPREVIOUS: AWSCURRENT,
    });
  };
  return { clock, versions, reads, signing, rotate };
}

describe('the cache of secrets', () => {
  test('is kept for five minutes, not longer', async () => {
    const { clock, signing, rotate } = cachedSecrets();
    const [before] = await signing();
    const after = newSecret();
    rotate(after);
    clock.advance(299_999);
    expect(await signing()).toEqual([before]);
    clock.advance(1);
    expect(await signing()).toEqual([after, before]);
  });

  test('does not read AWSPREVIOUS again while AWSCURRENT stays the same and alone', async () => {
    const { clock, reads, signing, rotate } = cachedSecrets();
    for (const advancedMs of [300_000, 300_000]) {
      await signing();
      clock.advance(advancedMs);
    }
    expect(reads).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'AWSCURRENT']);
    rotate(newSecret());
    expect(await signing()).toHaveLength(2);
    clock.advance(300_000);
    expect(await signing()).toHaveLength(2);
    expect(reads.slice(3)).toEqual(['AWSCURRENT', 'AWSPREVIOUS', 'AWSCURRENT', 'AWSPREVIOUS']);
  });

  test('is kept for ten seconds if the read of AWSPREVIOUS may lag behind a new AWSCURRENT', async () => {
    const { clock, versions, signing, rotate } = cachedSecrets();
    const [before] = await signing();
    clock.advance(300_000);
    const after = newSecret();
    rotate(after);
    const { AWSPREVIOUS } = versions;
    delete versions.AWSPREVIOUS;
    expect(await signing()).toEqual([after]);
    Object.assign(versions, { AWSPREVIOUS });
    clock.advance(9_999);
    expect(await signing()).toEqual([after]);
    clock.advance(1);
    expect(await signing()).toEqual([after, before]);
  });

  test('is kept for one minute if a version cannot be used', async () => {
    const { clock, signing, rotate } = cachedSecrets();
    const [before] = await signing();
    clock.advance(300_000);
    rotate('a placeholder');
    expect(await signing()).toEqual([before]);
    const after = newSecret();
    rotate(after);
    clock.advance(59_999);
    expect(await signing()).toEqual([before]);
    clock.advance(1);
    expect(await signing()).toEqual([after]);
  });
});

describe('an error of Secrets Manager', () => {
  const permanent = [
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
    'InvalidParameterException',
    'ValidationException',
  ];
  const passing = [
    'ThrottlingException',
    'InternalServiceError',
    'ExpiredTokenException',
    'SomethingNewException',
  ];
  const cases = [
    ...permanent.map((name) => [name, 'secret.unusable'] as const),
    ...passing.map((name) => [name, 'secret.unavailable'] as const),
  ];

  test.each(cases)('%s for both versions becomes %s', async (name, code) => {
    const store = await scriptedSecrets({ AWSCURRENT: name, AWSPREVIOUS: name });
    const failure: unknown = await store.signingSecrets(newEndpoint()).catch((error: unknown) => error);
    const details = { endpointId: 'ep_example', error: name };
    expect(failure).toMatchObject({ name: 'ServiceError', code, retry: { kind: 'later' }, details });
    expect(String(failure)).not.toContain('Example Corp');
  });

  test.each(['AWSCURRENT', 'AWSPREVIOUS'] as const)(
    'is reported and lets the other version sign alone, unless it is temporary: %s',
    async (bad) => {
      for (const [name, code] of [...cases, ['whsec_malformed', 'secret.unusable'] as const]) {
        const secret = newSecret();
        const reported: UnusableVersion[] = [];
        const stages = { AWSCURRENT: secret, AWSPREVIOUS: secret, [bad]: name };
        const store = await scriptedSecrets(stages, (version) => reported.push(version));
        const found: unknown = await store.signingSecrets(newEndpoint()).catch((error: unknown) => error);
        if (code === 'secret.unavailable') expect(found).toMatchObject({ name: 'ServiceError', code });
        else {
          expect(found).toEqual([secret]);
          expect(reported).toMatchObject([{ endpointId: 'ep_example', stage: bad }]);
        }
      }
    },
  );

  test('is not reported if there is no version before the first', async () => {
    const [secret, missing] = [newSecret(), 'ResourceNotFoundException'];
    const reported: UnusableVersion[] = [];
    const stages = { AWSCURRENT: secret, AWSPREVIOUS: missing };
    const store = await scriptedSecrets(stages, (version) => reported.push(version));
    expect(await store.signingSecrets(newEndpoint())).toEqual([secret]);
    expect(reported).toEqual([]);
  });
});

describe('the text of a secret', () => {
  test.each([
    ['is followed by a line break', (secret: string) => `${secret}\n`],
    ['is followed by a line break of Windows', (secret: string) => `${secret}\r\n`],
    ['is surrounded by spaces', (secret: string) => `  ${secret} `],
    ['has no padding', (secret: string) => secret.replace(/=+$/, '')],
  ])('signs the same if it %s', async (_name, edit) => {
    const { store, put } = await realSecrets();
    const [endpoint, secret] = [newEndpoint(), newSecret(32)];
    expect(secret).toMatch(/=$/);
    await put(endpoint, edit(secret));
    expect(await store.signingSecrets(endpoint)).toEqual([secret]);
  });
});
