import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ownSecretName } from '../core/secret-name.ts';
import type { ClientSecrets } from '../ports/client-secrets.ts';
import { readSecrets, secretReader, type UnusableStage } from './read-secrets.ts';

/**
 * Reads AWSCURRENT and AWSPREVIOUS. If only one of them can be used, it is valid alone.
 * @param prefix of the names of the secrets of all clients; the id of a client follows
 * @param report called for a version that cannot be used
 */
export function secretsManagerClientSecrets(
  client: SecretsManagerClient,
  prefix: string,
  report: (clientId: string, version: UnusableStage) => void,
): ClientSecrets {
  const readVersion = secretReader(client);
  return {
    async read(clientId) {
      const { secrets, unusable } = await readSecrets(readVersion, {
        clientId,
        secretId: ownSecretName(clientId, prefix),
      });
      if (unusable) report(clientId, unusable);
      return secrets;
    },
  };
}
