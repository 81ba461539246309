import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { Relay } from '../relay.ts';
import { type CreatedSecret, createdSecret } from '../secrets/created-secrets.ts';
import { secretValue } from '../secrets/new-secret.ts';
import { isChannel, storeChannelUrl } from './channel-url.ts';
import type { Plan, Update } from './endpoint-plan.ts';
import { createSecret, isSameSecret, ownSecretId, secretIdOf } from './endpoint-secret.ts';
import type { PlanWithUrls } from './plan-channel-urls.ts';

/** Stores the new URLs of these endpoints of a plan. */
export async function storeNewUrls(
  endpoints: readonly Endpoint[],
  { newUrls }: PlanWithUrls,
  relay: Relay,
): Promise<void> {
  for (const endpoint of endpoints.filter(isChannel)) {
    const url = newUrls.get(endpoint.id);
    if (url !== undefined) await storeChannelUrl(endpoint, url, relay);
  }
}

/** Creates the signing secrets that the endpoints of a plan need. */
export async function createMissingSecrets(
  { add, update }: Plan<Endpoint>,
  relay: Relay,
): Promise<readonly CreatedSecret[]> {
  const created: CreatedSecret[] = [];
  const candidates = [...add];
  for (const each of update) if (await needsSecret(each, relay)) candidates.push(each.after);
  for (const { id, destination } of candidates) {
    const secretId = destination.kind === 'webhook' ? destination.secretId : undefined;
    if (secretId === undefined || !isSameSecret(secretId, ownSecretId(id, relay))) continue;
    const value = secretValue({});
    await createSecret(id, value, relay);
    created.push(createdSecret(id, value, secretId));
  }
  return created;
}

/**
 * Whether the secret changes, or is missing because adding the endpoint was interrupted. Such an
 * endpoint has no topics yet.
 */
async function needsSecret({ before, after }: Update<Endpoint>, relay: Relay): Promise<boolean> {
  const secretId = secretIdOf(after.destination);
  if (secretId === undefined || isChannel(after)) return false;
  if (!isSameSecret(secretIdOf(before.destination), secretId)) return true;
  return before.topics.length === 0 && (await relay.secrets.state(secretId)) === undefined;
}
