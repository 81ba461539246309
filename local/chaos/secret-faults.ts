import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { endpointSecretId } from '../stage-access.ts';
import type { SecretBreak } from './nemesis-generator.ts';

export interface SecretFaultsDeps {
  readonly client: SecretsManagerClient;
  /** The valid secret of an endpoint. */
  readonly secretOf: (endpointId: string) => string;
  /** An invalid secret. */
  readonly invalid: string;
}

/** Makes the secret of an endpoint unusable. @returns a function that mends it */
export async function breakSecret(
  { endpointId, how }: Pick<SecretBreak, 'endpointId' | 'how'>,
  { client, secretOf, invalid }: SecretFaultsDeps,
): Promise<() => Promise<void>> {
  const SecretId = endpointSecretId(endpointId);
  const valid = secretOf(endpointId);
  const put = async (SecretString: string): Promise<void> => {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  };
  switch (how) {
    case 'malformed':
      // Twice, so that AWSPREVIOUS is invalid too.
      await put(invalid);
      await put(invalid);
      break;
    case 'one-malformed':
      await put(invalid);
      break;
    case 'line-break':
      await put(`${valid}\n`);
      break;
    case 'deleted':
      await client.send(new DeleteSecretCommand({ SecretId }));
      return async () => void (await client.send(new RestoreSecretCommand({ SecretId })));
    case 'denied':
      // The nemesis refuses the reads.
      return () => Promise.resolve();
  }
  return () => put(valid);
}
