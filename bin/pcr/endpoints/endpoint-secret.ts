import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { allowedSecrets, isSecretOf, secretNameIn } from '../../../lambdas/core/endpoint-secret.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { ownSecretName } from '../../../lambdas/core/secret-name.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';
import { replaceSecret } from '../secrets/replace-secret.ts';
import type { SecretValue } from '../stores/secret-admin.ts';

/** The secret that is created for an endpoint unless its definition names another. */
export function ownSecretId(id: EndpointId, relay: Pick<Relay, 'output'>): string {
  return ownSecretName(id, prefixOf(relay));
}

/** The secret that signs the messages, or that is the URL of a chat. An event bus has none. */
export function secretIdOf(destination: Endpoint['destination'] | undefined): string | undefined {
  return destination && 'secretId' in destination ? destination.secretId : undefined;
}

function prefixOf(relay: Pick<Relay, 'output'>): string {
  return relay.output('EndpointSecretNamePrefix');
}

/**
 * A secret of another endpoint is refused: its receiver would take the messages as its own.
 * @throws UsageError if the secret is not the endpoint's
 */
export function assertOwnSecret(
  field: string,
  secretId: string,
  id: EndpointId,
  relay: Pick<Relay, 'output'>,
): void {
  const prefix = prefixOf(relay);
  if (isSecretOf(id, secretId, prefix)) return;
  throw new UsageError(`${field} ${secretId}: not a secret of ${id}; allowed: ${allowedSecrets(id, prefix)}`);
}

/** @throws UsageError if the secret is not the endpoint's, or does not exist */
export async function assertUsableSecret(
  field: string,
  secretId: string,
  id: EndpointId,
  relay: Pick<Relay, 'output' | 'secrets'>,
): Promise<void> {
  assertOwnSecret(field, secretId, id, relay);
  if (!(await relay.secrets.state(secretId)))
    throw new UsageError(`${field} ${secretId}: this secret does not exist; allowed: an existing one`);
}

/** Creates the own secret of an endpoint, unless another endpoint uses it. */
export async function createSecret(
  id: EndpointId,
  value: SecretValue,
  relay: Pick<Relay, 'secrets' | 'endpoints' | 'output'>,
): Promise<void> {
  const own = ownSecretId(id, relay);
  await replaceSecret(own, value, relay.secrets, async () => {
    const { endpoints } = await relay.endpoints.all();
    const user = endpoints.find((endpoint) => endpoint.id !== id && signsWith(endpoint, own));
    if (user) throw new UsageError(`secretId ${own}: the endpoint ${user.id} uses it; choose another id`);
  });
}

/** Removes the own secret of a removed endpoint, unless another endpoint uses it. */
export async function removeOwnSecret(
  id: EndpointId,
  relay: Pick<Relay, 'output' | 'secrets' | 'endpoints'>,
): Promise<void> {
  if (!(await findUse(id, relay))) await relay.secrets.remove(ownSecretId(id, relay));
}

/** Returns whether the own secret of a removed endpoint still exists and is unused. */
export async function findOrphanedSecret(
  id: EndpointId,
  relay: Pick<Relay, 'output' | 'secrets' | 'endpoints'>,
): Promise<boolean> {
  const state = await relay.secrets.state(ownSecretId(id, relay));
  return state !== undefined && !(await findUse(id, relay));
}

/**
 * Returns whether an endpoint uses the secret. The secret of an unreadable endpoint is unknown, and
 * may be this one.
 */
async function findUse(id: EndpointId, relay: Pick<Relay, 'output' | 'endpoints'>): Promise<boolean> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  const own = ownSecretId(id, relay);
  return unreadable.length > 0 || endpoints.some((endpoint) => signsWith(endpoint, own));
}

function signsWith({ destination }: Endpoint, secretId: string): boolean {
  return isSameSecret(secretIdOf(destination), secretId);
}

/**
 * Compares names and ARNs. In an ARN, Secrets Manager adds a hyphen and six characters to the name.
 */
export function isSameSecret(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const names = namesIn(other);
  return namesIn(one).some((name) => names.includes(name));
}

function namesIn(secretId: string): readonly string[] {
  const name = secretNameIn(secretId);
  return name === secretId ? [name] : [name, name.replace(/-[A-Za-z0-9]{6}$/, '')];
}
