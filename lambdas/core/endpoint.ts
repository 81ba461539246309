import type { EndpointId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { MessageType } from './message-type.ts';
import { matchesParts } from './wildcard.ts';

/** Where messages go, and what of them. In the Webhooks table, in `endpoints.yaml` and on the command line alike. */
export interface Endpoint {
  readonly id: EndpointId;
  readonly description?: string | undefined;
  readonly destination: Destination;
  /** Types and topics it wants; `*` stands for any run of characters, so `*` alone wants all. */
  readonly topics: readonly string[];
  /** Catalogs it wants; empty wants all. */
  readonly catalogs: readonly string[];
  /** An EventBridge event pattern on the whole message: what does not match is not sent. */
  readonly filter?: JsonObject | undefined;
  readonly payload: PayloadForm;
  /** What is left out of its messages: JSON Pointers into the record, `*` for any element or member, and names of profiles. */
  readonly redact: readonly string[];
  readonly ordering: Ordering;
  /** Most messages in a second. @default as fast as it answers */
  readonly ratePerSecond?: number | undefined;
  readonly disabled?: { readonly reason: string; readonly at: string } | undefined;
}

/** `full`: the record and what its changes held before and after. `thin`: ids, paths of changes, and no values. */
export const payloadForms = ['full', 'thin'] as const;
export type PayloadForm = (typeof payloadForms)[number];

/** `per-record`: version n of a record is sent once the delivery of version n-1 to this endpoint has ended. */
export const orderings = ['none', 'per-record'] as const;
export type Ordering = (typeof orderings)[number];

export type Destination = WebhookDestination | EventBusDestination | ListenerDestination;

export interface WebhookDestination {
  readonly kind: 'webhook';
  readonly url: string;
  /** Sent with every message, besides those of the message. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of one attempt: connecting, sending and the answer together, 1 to 30. */
  readonly timeoutSeconds: number;
  /** Name or ARN of the Secrets Manager secret that signs for it. */
  readonly secretId: string;
}

/** Messages are put on an event bus, with the type as detail-type and the message as detail. */
export interface EventBusDestination {
  readonly kind: 'eventbridge';
  readonly busArn: string;
}

/** `pcr listen`: nothing is sent, deliveries are held for the one who listens. */
export interface ListenerDestination {
  readonly kind: 'listener';
  /** From then on nobody listens any more. */
  readonly expiresAt: Instant;
}

/** What a version says of itself to those who choose. */
export interface Announced {
  readonly catalog: string;
  readonly type: MessageType;
  readonly topics: readonly string[];
}

/** Whether its topics and catalogs choose a version. A disabled endpoint stays interested: what it wants is held for it. */
export function isInterested(endpoint: Endpoint, version: Announced): boolean {
  if (endpoint.catalogs.length > 0 && !endpoint.catalogs.includes(version.catalog)) return false;
  return endpoint.topics.some((pattern) => version.topics.some((topic) => matchesTopic(pattern, topic)));
}

/** Whether a pattern of a subscription, `opportunity.*` say, matches a topic. */
export function matchesTopic(pattern: string, topic: string): boolean {
  return matchesParts(pattern.split('*'), topic);
}
