import type { Endpoint } from '../core/endpoint.ts';
import { ifReadable } from '../core/unreadable.ts';
import { isOmitted, isWanted } from '../core/wanted.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';

/** Returns whether the endpoint wants the version, also if its item was unreadable at fan-out. */
export async function decideWanted(
  { wanted, version: ref, messageId }: ClaimedDelivery,
  endpoint: Endpoint,
  { records }: Pick<DeliverDeps, 'records'>,
): Promise<boolean> {
  if (wanted !== undefined) return wanted;
  const version = await records.version(ref);
  // A missing version is reported when it is loaded to be sent.
  if (version?.messageId !== messageId) return true;
  return isWanted(endpoint, version) && !isOmitted(endpoint, version);
}

/** An echo is named as such, so that an operator sees why nothing was sent. */
export async function reasonToSkip(
  { version: ref }: ClaimedDelivery,
  endpoint: Endpoint | undefined,
  { records }: Pick<DeliverDeps, 'records'>,
): Promise<'echo' | undefined> {
  if (endpoint?.echo !== 'omit') return undefined;
  const version = await ifReadable(() => records.version(ref));
  const isEcho = version && isWanted(endpoint, version) && isOmitted(endpoint, version);
  return isEcho ? 'echo' : undefined;
}
