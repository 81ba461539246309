import type { Client } from '../core/client.ts';
import { isFailure } from '../core/service-error.ts';
import type { SigningSecret } from '../core/signature.ts';
import { isSigned } from '../core/verify-signature.ts';
import type { ClientSecrets } from '../ports/client-secrets.ts';
import type { ClientStore } from '../ports/client-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { SignedRequest } from './signed-request.ts';
import { timedCache } from './timed-cache.ts';

export interface AuthenticateDeps {
  readonly clients: ClientStore;
  readonly secrets: ClientSecrets;
  readonly clock: Clock;
  readonly log: Log;
}

export type Authentication =
  | { readonly kind: 'authentic'; readonly client: Client }
  /** No known client has signed it. The answer does not say whether the client exists. */
  | { readonly kind: 'unauthorized' }
  /** The client has signed it too long ago, or its clock is ahead. */
  | { readonly kind: 'stale' };

/** As verifiers of Standard Webhooks allow, both ways. */
export const toleranceSeconds = 5 * 60;

/** A changed or disabled client is seen after this. Unknown ids are remembered too. */
const clientLife = { livesMs: 10_000, most: 1_000 };
/** A secret that a rotation has removed is valid for this long. */
const secretLife = { livesMs: 5 * 60_000, most: 1_000 };
/** A bad signature may be of a secret that is newer than the known ones. */
const leastSecretAgeMs = 5_000;

/** Verified in place of the secrets of an unknown client, whose request is refused in any case. */
const decoy: readonly SigningSecret[] = [`whsec_${Buffer.alloc(32).toString('base64')}`];

/** Returns the function that finds who has sent a request. It caches across invocations. */
export function createAuthenticator(
  deps: AuthenticateDeps,
): (request: SignedRequest) => Promise<Authentication> {
  const { clock } = deps;
  const clients = timedCache((id) => readClient(id, deps), clientLife, clock);
  const secrets = timedCache((id) => readSecrets(id, deps), secretLife, clock);
  const verify = async (client: Client | undefined, { headers, body }: SignedRequest) => {
    const known = client ? await secrets.get(client.id) : decoy;
    if (isSigned(known, headers, body)) return true;
    if (!client) return false;
    const newest = await secrets.getYounger(client.id, leastSecretAgeMs);
    return newest !== known && isSigned(newest, headers, body);
  };
  return async (request) => {
    const client = await clients.get(request.clientId);
    const isValid = await verify(client, request);
    if (!client || !isValid) return { kind: 'unauthorized' };
    const ageSeconds = Math.abs(clock.nowMs() / 1_000 - request.timestampSeconds);
    return ageSeconds > toleranceSeconds ? { kind: 'stale' } : { kind: 'authentic', client };
  };
}

/** Returns undefined if its item was edited by hand, until it is repaired. */
async function readClient(clientId: string, { clients, log }: AuthenticateDeps): Promise<Client | undefined> {
  try {
    return await clients.find(clientId);
  } catch (error) {
    if (!isFailure(error, 'client.unreadable')) throw error;
    log.error('client.excluded', { clientId, attributes: error.details.attributes });
    return undefined;
  }
}

/** Returns none if they cannot be used: then nothing is signed with them. */
async function readSecrets(
  clientId: string,
  { secrets, log }: AuthenticateDeps,
): Promise<readonly SigningSecret[]> {
  try {
    return await secrets.read(clientId);
  } catch (error) {
    if (!isFailure(error, 'secret.unusable')) throw error;
    log.error('secret.degraded', { clientId, error: error.details.error });
    return [];
  }
}
