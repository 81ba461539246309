import type { DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Json } from '../../../lambdas/core/json.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { sampleVersion } from '../../../lambdas/core/sample-version.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Relay } from '../relay.ts';

/** The message of a delivery, or why it cannot be built. */
export interface MessageNow {
  readonly body?: Json;
  readonly bodyMissing?: string;
}

/**
 * Builds the message as it would be sent now: of the stored version, in the form of the endpoint's
 * present definition. Headers are left out, because they may hold credentials.
 */
export async function messageNow(
  { endpointId, messageId, version: ref }: DeliveryEntry,
  { endpoints, records }: Pick<Relay, 'endpoints' | 'records'>,
): Promise<MessageNow> {
  const endpoint = await endpoints.find(endpointId);
  if (!endpoint) return { bodyMissing: `its endpoint ${endpointId} was removed` };
  const version = sampleVersion(ref) ?? (await ifReadable(() => records.version(ref)));
  if (version?.messageId !== messageId)
    return { bodyMissing: 'its version is no longer stored, or unreadable' };
  return { body: parseJson(messageOf(version, endpoint).body) };
}
