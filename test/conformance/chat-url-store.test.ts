import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../../lambdas/adapters/read-secrets.ts';
import {
  cachingSecretStore,
  secretsManagerSecretStore,
} from '../../lambdas/adapters/secrets-manager-secret-store.ts';
import type { Channel, SecretStore } from '../../lambdas/ports/secret-store.ts';
import { slackUrl, teamsUrl } from '../builders/endpoints.ts';
import { inMemorySecretStore } from '../fakes/in-memory-secret-store.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { useSecretsManager } from '../integration/host/secrets/use-secrets-manager.ts';

const client = useSecretsManager();

let secrets = 0;
/** A channel whose secret does not exist yet. */
function newChannel(format: Channel['format'] = 'slack'): Channel {
  secrets += 1;
  return { id: 'ep_example', secretId: `relay/channel${secrets}`, format };
}

interface UrlsUnderTest {
  readonly store: SecretStore;
  /** Creates the secret, or replaces its value. */
  readonly put: (channel: Channel, url: string) => Promise<void>;
}

async function fakeSecrets(): Promise<UrlsUnderTest> {
  const store = inMemorySecretStore();
  return { store, put: async ({ secretId }, url) => store.set(secretId, url) };
}

async function realSecrets(): Promise<UrlsUnderTest> {
  const made = new Set<string>();
  const put = async ({ secretId }: Channel, SecretString: string) => {
    if (made.has(secretId))
      await client().send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
    else await client().send(new CreateSecretCommand({ Name: secretId, SecretString }));
    made.add(secretId);
  };
  return { store: secretsManagerSecretStore(client(), manualClock()), put };
}

const unusable = { code: 'secret.unusable', retry: { kind: 'later' } };

describe.each([
  ['in memory', fakeSecrets],
  ['on Secrets Manager', realSecrets],
])('the URL of a channel, %s', (_name, newSecrets) => {
  test('is returned without the line break that an editor adds', async () => {
    const { store, put } = await newSecrets();
    const [slack, teams] = [newChannel('slack'), newChannel('teams')];
    await put(slack, `${slackUrl}\n`);
    await put(teams, teamsUrl);
    expect(await store.chatUrl(slack)).toBe(slackUrl);
    expect(await store.chatUrl(teams)).toBe(teamsUrl);
  });

  test('is the newest one alone, because a message is posted once', async () => {
    const { store, put } = await newSecrets();
    const channel = newChannel();
    await put(channel, slackUrl);
    await put(channel, `${slackUrl}2`);
    expect(await store.chatUrl(channel)).toBe(`${slackUrl}2`);
  });

  test('is unusable if there is no secret, and is returned once there is one', async () => {
    const { store, put } = await newSecrets();
    const channel = newChannel();
    await expect(store.chatUrl(channel)).rejects.toMatchObject(unusable);
    await put(channel, slackUrl);
    expect(await store.chatUrl(channel)).toBe(slackUrl);
  });

  test.each(['whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3', 'https://example.slack.com/archives/C0EXAMPLE'])(
    'is unusable if the secret is %s, and the error does not contain it',
    async (value) => {
      const { store, put } = await newSecrets();
      const channel = newChannel();
      await put(channel, value);
      const failure: unknown = await store.chatUrl(channel).catch((error: unknown) => error);
      expect(failure).toMatchObject({ ...unusable, details: { endpointId: 'ep_example' } });
      expect(JSON.stringify(failure) + String(failure)).not.toContain(value);
    },
  );
});

/** A store whose URL the test changes. */
function cachedUrls() {
  const clock = manualClock();
  const state = { text: slackUrl };
  const reads: Stage[] = [];
  const store = cachingSecretStore(async (_secretId, stage) => {
    reads.push(stage);
    return { text: state.text, createdAtMs: undefined };
  }, clock);
  return { clock, state, reads, store };
}

describe('the cache of URLs', () => {
  test('is kept for five minutes, not longer', async () => {
    const { clock, state, store } = cachedUrls();
    const channel = newChannel();
    await store.chatUrl(channel);
    state.text = `${slackUrl}2`;
    clock.advance(299_999);
    expect(await store.chatUrl(channel)).toBe(slackUrl);
    clock.advance(1);
    expect(await store.chatUrl(channel)).toBe(`${slackUrl}2`);
  });

  test('reads a secret once for a batch, and never its previous version', async () => {
    const { reads, store } = cachedUrls();
    const channel = newChannel();
    await Promise.all([store.chatUrl(channel), store.chatUrl(channel), store.chatUrl(channel)]);
    expect(reads).toEqual(['AWSCURRENT']);
  });
});
