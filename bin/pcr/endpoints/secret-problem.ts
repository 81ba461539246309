import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { foreignSecretText, isSecretOf } from '../../../lambdas/core/endpoint-secret.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import type { Relay } from '../relay.ts';

/**
 * Why nothing can be signed for an endpoint. Returns undefined if its secret is usable, or if it
 * cannot be read: the credentials of an operator may be fewer than those of `deliver`.
 */
export async function secretProblem(
  { id, destination }: Endpoint,
  { signing, output }: Pick<Relay, 'signing' | 'output'>,
): Promise<string | undefined> {
  if (destination.kind !== 'webhook') return undefined;
  const prefix = output('EndpointSecretNamePrefix');
  if (!isSecretOf(id, destination.secretId, prefix)) return foreignSecretText(id, prefix);
  const [read] = await Promise.allSettled([signing.signingSecrets({ id, secretId: destination.secretId })]);
  if (read.status === 'fulfilled' || !isFailure(read.reason, 'secret.unusable')) return undefined;
  const { error } = read.reason.details;
  return error.startsWith('AccessDenied') ? undefined : error;
}
