import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

/** Also finds an endpoint whose item is unreadable, so that it can be repaired or removed. */
export async function lookUpEndpoint(
  id: EndpointId,
  { endpoints }: Pick<Relay, 'endpoints'>,
): Promise<Endpoint | 'unreadable' | undefined> {
  const all = await endpoints.all();
  return (
    all.endpoints.find((each) => each.id === id) ?? (all.unreadable.includes(id) ? 'unreadable' : undefined)
  );
}

/** @throws UsageError that names the existing endpoints; ServiceError `endpoint.unreadable` */
export async function findEndpoint(id: EndpointId, relay: Pick<Relay, 'endpoints'>): Promise<Endpoint> {
  const found = await relay.endpoints.find(id);
  if (!found) throw await missingEndpoint(id, relay);
  return found;
}

export async function missingEndpoint(
  id: EndpointId,
  { endpoints }: Pick<Relay, 'endpoints'>,
): Promise<UsageError> {
  const all = await endpoints.all();
  const ids = [...all.endpoints.map((each) => each.id), ...all.unreadable].toSorted();
  return new UsageError(
    `endpoint ${id}: it does not exist; allowed: ${ids.join(', ') || 'none yet, add one'}`,
  );
}
