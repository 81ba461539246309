import { sha256 } from './digest.ts';
import { recordPath, type VersionRef } from './record.ts';

/** Ids of this project have a prefix. Ids of AWS (`O5465588`, `engi-…`) stay unchanged. */
export type EndpointId = `ep_${string}`;
export type MessageId = `msg_${string}`;
export type DeliveryId = `dlv_${string}`;

/** Returns 128 bits of SHA-256 in hex. Retries and replays derive the same id. */
function deriveId(...parts: readonly string[]): string {
  return sha256(parts.join('\n')).slice(0, 32);
}

/** Returns the `webhook-id`: one per version, the same at every endpoint and in every attempt. */
export function messageIdOf(version: VersionRef): MessageId {
  return `msg_${deriveId(recordPath(version), String(version.version))}`;
}

export function deliveryIdOf(message: MessageId, endpoint: EndpointId): DeliveryId {
  return `dlv_${deriveId(message, endpoint)}`;
}

export function isEndpointId(text: unknown): text is EndpointId {
  return typeof text === 'string' && /^ep_[0-9A-Za-z]{1,64}$/.test(text);
}

export function isMessageId(text: unknown): text is MessageId {
  return typeof text === 'string' && /^msg_[0-9a-f]{32}$/.test(text);
}

export function isDeliveryId(text: unknown): text is DeliveryId {
  return typeof text === 'string' && /^dlv_[0-9a-f]{32}$/.test(text);
}
