import { sha256 } from './digest.ts';
import type { Instant } from './instant.ts';
import type { Link } from './link.ts';
import { recordPath, type VersionRef } from './record.ts';

/** Ids of this project have a prefix. Ids of AWS (`O5465588`, `engi-…`) stay unchanged. */
export type EndpointId = `ep_${string}`;
export type MessageId = `msg_${string}`;
export type DeliveryId = `dlv_${string}`;

/** Returns 128 bits of SHA-256 in hex. Retries and replays derive the same id. */
function deriveId(...parts: readonly string[]): string {
  return sha256(parts.join('\n')).slice(0, 32);
}

/** What a version says, as far as it takes to tell it from any other with the same number. */
export interface MessageOrigin extends VersionRef {
  readonly type: string;
  readonly contentHash: string;
  readonly readAt: Instant;
  readonly cause: { readonly eventIds: readonly string[]; readonly eventTime: Instant };
  readonly links: readonly Link[];
}

/**
 * Returns the `webhook-id` of a version: the same at every endpoint and in every attempt. The
 * number alone does not identify a message: after an erasure or a restore, numbers begin again. It
 * is derived once and stored with the version, because a redaction changes the content.
 */
export function messageIdOf(origin: MessageOrigin): MessageId {
  const { version, type, contentHash, readAt, cause, links } = origin;
  const ends = links.map(({ kind, id, via }) => `${kind}/${id}/${via}`);
  const says = [type, contentHash, readAt, cause.eventTime, ...cause.eventIds, ...ends];
  return `msg_${deriveId(recordPath(origin), String(version), ...says)}`;
}

/** Returns the id of a version whose item has none, because an earlier release stored it. */
export function numberedMessageIdOf(version: VersionRef): MessageId {
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
