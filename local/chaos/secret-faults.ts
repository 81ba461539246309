import { setTimeout as sleep } from 'node:timers/promises';
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

/** Makes the secret of an endpoint unusable for some time, and mends it. */
export async function breakSecret(
  { endpointId, how, forMs }: Omit<SecretBreak, 'kind'>,
  { client, secretOf, invalid }: SecretFaultsDeps,
): Promise<void> {
  const SecretId = endpointSecretId(endpointId);
  const valid = secretOf(endpointId);
  const put = (SecretString: string) => client.send(new PutSecretValueCommand({ SecretId, SecretString }));
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
      break;
    case 'denied':
      // The nemesis refuses the reads.
      break;
  }
  await sleep(forMs);
  if (how === 'deleted') await client.send(new RestoreSecretCommand({ SecretId }));
  else if (how !== 'denied') await put(valid);
}
