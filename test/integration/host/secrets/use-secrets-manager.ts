import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll } from 'vitest';
import { clientSettings } from '../../../../local/host/local-account.ts';
import { type SecretsManager, startSecretsManager } from '../../../../local/host/secrets/secrets-manager.ts';

/**
 * Starts an embedded Secrets Manager for all tests of a file.
 * @returns its client, after the start
 */
export function useSecretsManager(): () => SecretsManagerClient {
  let started: { readonly server: SecretsManager; readonly client: SecretsManagerClient } | undefined;
  beforeAll(async () => {
    const server = await startSecretsManager();
    started = { server, client: new SecretsManagerClient(clientSettings(server.endpoint)) };
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.server.stop();
  });
  return () => {
    if (!started) throw new Error('Secrets Manager did not start');
    return started.client;
  };
}
