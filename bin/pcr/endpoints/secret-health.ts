import type { UnusableVersion } from '../../../lambdas/adapters/read-secrets.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { foreignSecretText, isSecretOf } from '../../../lambdas/core/endpoint-secret.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import type { PublicKey } from '../../../lambdas/core/signature.ts';
import type { Relay } from '../relay.ts';
import { publicKeyIn } from './new-secret.ts';

/** The version of a secret that cannot sign, while the other one does. */
export type DegradedSecret = Omit<UnusableVersion, 'endpointId'>;

/** What these credentials can see of the secret of an endpoint. */
export interface SecretHealth {
  /** Why nothing can be signed for the endpoint. */
  readonly problem?: string;
  readonly degraded?: DegradedSecret;
  readonly publicKey?: PublicKey | undefined;
}

/** An operator's credentials may be fewer than those of `deliver`: then nothing is known. */
export async function secretHealth(
  { id, destination }: Endpoint,
  { readSecrets, output }: Pick<Relay, 'readSecrets' | 'output'>,
): Promise<SecretHealth> {
  if (destination.kind !== 'webhook') return {};
  const { secretId } = destination;
  const prefix = output('EndpointSecretNamePrefix');
  if (!isSecretOf(id, secretId, prefix)) return { problem: foreignSecretText(id, prefix) };
  const [read] = await Promise.allSettled([readSecrets({ id, secretId })]);
  if (read.status === 'fulfilled') {
    const { secrets, unusable } = read.value;
    const publicKey = publicKeyIn(secrets);
    return unusable
      ? { publicKey, degraded: { stage: unusable.stage, error: unusable.error } }
      : { publicKey };
  }
  if (!isFailure(read.reason, 'secret.unusable')) return {};
  const { error } = read.reason.details;
  return error.startsWith('AccessDenied') ? {} : { problem: error };
}

export function degradedText({ stage, error }: DegradedSecret): string {
  const other = stage === 'AWSCURRENT' ? 'AWSPREVIOUS' : 'AWSCURRENT';
  return `${other} signs alone, because ${stage} cannot be used: ${error}`;
}
