import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { UsageError } from '../io.ts';
import type { Relay } from '../relay.ts';

/** The secret that is made for an endpoint, unless it names another. */
export function ownSecretId(relay: Pick<Relay, 'output'>, id: EndpointId): string {
  return `${relay.output('EndpointSecretNamePrefix')}${id}`;
}

/** @throws UsageError where it is none that the relay may read, or there is none */
export async function assertUsable(
  relay: Pick<Relay, 'output' | 'secrets'>,
  field: string,
  secretId: string,
): Promise<void> {
  const prefix = relay.output('EndpointSecretNamePrefix');
  const name = secretId.startsWith('arn:') ? secretId.split(':').slice(6).join(':') : secretId;
  if (!name.startsWith(prefix))
    throw new UsageError(
      `${field} ${secretId}: the relay may not read it; allowed: a name that begins with ${prefix}`,
    );
  if (!(await relay.secrets.state(secretId)))
    throw new UsageError(`${field} ${secretId}: there is no such secret; allowed: one that exists`);
}

/**
 * Puts the value into the secret of a new endpoint. A secret of its name that no endpoint uses was left by an endpoint that is
 * gone, or by an attempt that broke off: what it held signs no more.
 */
export async function makeSecret(
  relay: Pick<Relay, 'secrets' | 'endpoints'>,
  secretId: string,
  value: readonly SigningSecret[],
): Promise<void> {
  if ((await relay.secrets.create(secretId, value)) === 'created') return;
  const { endpoints } = await relay.endpoints.all();
  const user = endpoints.find((endpoint) => signsWith(endpoint, secretId));
  if (user) throw new UsageError(`secretId ${secretId}: it signs for ${user.id}; choose another id`);
  await relay.secrets.rotate(secretId, value);
  await relay.secrets.finishRotation(secretId);
}

/** Removes the secret that was made for an endpoint, unless another uses it too. */
export async function removeOwnSecret(
  relay: Pick<Relay, 'output' | 'secrets' | 'endpoints'>,
  { id, destination }: Endpoint,
): Promise<void> {
  const own = ownSecretId(relay, id);
  if (destination.kind !== 'webhook' || destination.secretId !== own) return;
  const { endpoints } = await relay.endpoints.all();
  if (endpoints.some((endpoint) => signsWith(endpoint, own))) return;
  await relay.secrets.remove(own);
}

function signsWith({ destination }: Endpoint, secretId: string): boolean {
  return destination.kind === 'webhook' && destination.secretId === secretId;
}
