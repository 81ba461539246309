import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { UsageError } from '../errors.ts';
import type { Relay } from '../relay.ts';

/** Among all of them, so that one whose item was spoiled by hand can be mended or removed. Undefined where there is none. */
export async function lookUpEndpoint(
  { endpoints }: Pick<Relay, 'endpoints'>,
  id: EndpointId,
): Promise<Endpoint | 'unreadable' | undefined> {
  const all = await endpoints.all();
  return (
    all.endpoints.find((each) => each.id === id) ?? (all.unreadable.includes(id) ? 'unreadable' : undefined)
  );
}

/** @throws UsageError naming those there are; ServiceError `endpoint.unreadable` */
export async function existingEndpoint(relay: Pick<Relay, 'endpoints'>, id: EndpointId): Promise<Endpoint> {
  const found = await relay.endpoints.find(id);
  if (!found) throw await endpointMissing(relay, id);
  return found;
}

export async function endpointMissing(
  { endpoints }: Pick<Relay, 'endpoints'>,
  id: EndpointId,
): Promise<UsageError> {
  const all = await endpoints.all();
  const ids = [...all.endpoints.map((each) => each.id), ...all.unreadable].toSorted();
  return new UsageError(`endpoint ${id}: there is none; allowed: ${ids.join(', ') || 'none yet, add one'}`);
}
