import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

/** The secret that is made for an endpoint, unless it names another. */
export function ownSecretId(relay: Pick<Relay, 'output'>, id: EndpointId): string {
  return `${relay.output('EndpointSecretNamePrefix')}${id}`;
}

/** Undefined where nothing signs. */
export function signerOf(destination: Endpoint['destination'] | undefined): string | undefined {
  return destination?.kind === 'webhook' ? destination.secretId : undefined;
}

/** @throws UsageError where it is none that the relay may read, or there is none */
export async function assertUsable(
  relay: Pick<Relay, 'output' | 'secrets'>,
  field: string,
  secretId: string,
): Promise<void> {
  const prefix = relay.output('EndpointSecretNamePrefix');
  if (!nameIn(secretId).startsWith(prefix))
    throw new UsageError(
      `${field} ${secretId}: the relay may not read it; allowed: a name that begins with ${prefix}`,
    );
  if (!(await relay.secrets.state(secretId)))
    throw new UsageError(`${field} ${secretId}: there is no such secret; allowed: one that exists`);
}

/**
 * Puts the value into the secret that is made for an endpoint. A secret of its name that no other endpoint uses was left by an
 * endpoint that is gone, or by an attempt that broke off: what it held signs no more.
 */
export async function makeSecret(
  relay: Pick<Relay, 'secrets' | 'endpoints' | 'output'>,
  id: EndpointId,
  value: readonly SigningSecret[],
): Promise<void> {
  const own = ownSecretId(relay, id);
  if ((await relay.secrets.create(own, value)) === 'created') return;
  const { endpoints } = await relay.endpoints.all();
  const user = endpoints.find((endpoint) => endpoint.id !== id && signsWith(endpoint, own));
  if (user) throw new UsageError(`secretId ${own}: it signs for ${user.id}; choose another id`);
  await relay.secrets.rotate(own, value);
  await relay.secrets.finishRotation(own);
}

/** Removes the secret that was made for an endpoint that is gone, unless another uses it too. */
export async function removeOwnSecret(
  relay: Pick<Relay, 'output' | 'secrets' | 'endpoints'>,
  id: EndpointId,
): Promise<void> {
  if (!(await checkSecretInUse(relay, id))) await relay.secrets.remove(ownSecretId(relay, id));
}

/** Whether there still is the secret of an endpoint that is gone. */
export async function checkForOrphanedSecret(
  relay: Pick<Relay, 'output' | 'secrets' | 'endpoints'>,
  id: EndpointId,
): Promise<boolean> {
  return (
    (await relay.secrets.state(ownSecretId(relay, id))) !== undefined && !(await checkSecretInUse(relay, id))
  );
}

/** Of an endpoint that cannot be read nobody knows what signs for it. */
async function checkSecretInUse(
  relay: Pick<Relay, 'output' | 'endpoints'>,
  id: EndpointId,
): Promise<boolean> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  const own = ownSecretId(relay, id);
  return unreadable.length > 0 || endpoints.some((endpoint) => signsWith(endpoint, own));
}

function signsWith({ destination }: Endpoint, secretId: string): boolean {
  return isSameSecret(signerOf(destination), secretId);
}

/** By name or ARN, with or without the hyphen and six characters that Secrets Manager adds to the name in an ARN. */
export function isSameSecret(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const names = namesIn(other);
  return namesIn(one).some((name) => names.includes(name));
}

function namesIn(secretId: string): readonly string[] {
  const name = nameIn(secretId);
  return name === secretId ? [name] : [name, name.replace(/-[A-Za-z0-9]{6}$/, '')];
}

function nameIn(secretId: string): string {
  return secretId.startsWith('arn:') ? secretId.split(':').slice(6).join(':') : secretId;
}
