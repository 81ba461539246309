import type { EndpointId } from './ids.ts';
import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { MessageType } from './message-type.ts';
import { matchesParts } from './wildcard.ts';

/**
 * Where messages go, and which ones. Defined in the Webhooks table, in `endpoints.yaml` or on the
 * command line.
 */
export interface Endpoint {
  readonly id: EndpointId;
  readonly description?: string | undefined;
  readonly destination: Destination;
  /**
   * Types and topics that it wants. `*` matches any characters, so `*` alone matches all of
   * them, except those of commands.
   */
  readonly topics: readonly string[];
  /** Catalogs that it wants; all if empty. */
  readonly catalogs: readonly string[];
  /** An EventBridge event pattern for the whole message. Only matching messages are sent. */
  readonly filter?: JsonObject | undefined;
  readonly payload: PayloadForm;
  readonly redact: Redact;
  readonly ordering: Ordering;
  /** Maximum number of messages per second. @default no limit */
  readonly ratePerSecond?: number | undefined;
  /**
   * The name in commands of the client whose own endpoint this is. Of messages about commands it
   * gets only those of this client.
   */
  readonly client?: string | undefined;
  /** What becomes of echoes: versions that show the client its own changes. Set with `client`. */
  readonly echo?: EchoForm | undefined;
  readonly disabled?: { readonly reason: string; readonly at: string } | undefined;
}

/**
 * A list of what messages leave out: JSON Pointers into the record, with `*` for any element or
 * member, and names of redaction profiles. Or, as `only`, pointers to the members that they keep.
 */
export type Redact = readonly string[] | { readonly only: readonly string[] };

/**
 * `full`: the record, and the changes with their values. `thin`: ids and paths of changes, without
 * values.
 */
export const payloadForms = ['full', 'thin'] as const;
export type PayloadForm = (typeof payloadForms)[number];

/**
 * `per-record`: version n of a record is sent once the delivery of version n-1 to this endpoint has
 * ended.
 */
export const orderings = ['none', 'per-record'] as const;
export type Ordering = (typeof orderings)[number];

/** `mark`: an echo names the commands in its cause. `omit`: it is not sent. */
export const echoForms = ['mark', 'omit'] as const;
export type EchoForm = (typeof echoForms)[number];

export type Destination = WebhookDestination | ChatDestination | EventBusDestination | ListenerDestination;

export interface WebhookDestination {
  readonly kind: 'webhook';
  readonly url: string;
  /** Sent with every message, in addition to the headers of the message. */
  readonly headers: Readonly<Record<string, string>>;
  /** For one attempt: connecting, sending and receiving the answer together. 1 to 30. */
  readonly timeoutSeconds: number;
  /** PEM of the authority of a private receiver. It is never trusted for public addresses. */
  readonly caCertificate?: string | undefined;
  /** Name or ARN of the Secrets Manager secret that its messages are signed with. */
  readonly secretId: string;
}

/** Messages that a person reads: for an incoming webhook of Slack, and for a workflow of Teams. */
export const chatFormats = ['slack', 'teams'] as const;
export type ChatFormat = (typeof chatFormats)[number];

/** `standard`: the signed message for software, see docs/webhooks.md. */
export const messageFormats = ['standard', ...chatFormats] as const;

/**
 * A channel of a chat. Its URL is a credential, because it alone lets anyone post. So it is stored
 * as a secret, and not in the endpoint. Nothing is signed.
 */
export interface ChatDestination {
  readonly kind: 'chat';
  readonly format: ChatFormat;
  /** For one attempt, as for a webhook. 1 to 30. */
  readonly timeoutSeconds: number;
  /** Name or ARN of the Secrets Manager secret that is the URL. */
  readonly secretId: string;
}

/** Messages are put on an event bus, with the type as detail-type and the message as detail. */
export interface EventBusDestination {
  readonly kind: 'eventbridge';
  readonly busArn: string;
}

/** `pcr listen`: nothing is sent. Deliveries are held until the listener fetches them. */
export interface ListenerDestination {
  readonly kind: 'listener';
  /** When the listener ends. */
  readonly expiresAt: Instant;
}

/** The parts of a version by which an endpoint chooses. */
export interface Announced {
  readonly catalog: string;
  readonly type: MessageType;
  readonly topics: readonly string[];
}

/**
 * Whether the topics and catalogs of an endpoint match a version. If it is disabled, deliveries are
 * held for it.
 */
export function isInterested(endpoint: Endpoint, version: Announced): boolean {
  if (endpoint.catalogs.length > 0 && !endpoint.catalogs.includes(version.catalog)) return false;
  return endpoint.topics.some((pattern) => version.topics.some((topic) => matchesTopic(pattern, topic)));
}

/**
 * Whether a pattern such as `opportunity.*` matches a topic. Topics of commands have to be named:
 * `*` does not match them, because an endpoint that follows records does not expect them.
 */
export function matchesTopic(pattern: string, topic: string): boolean {
  if (topic.startsWith('command.') && !pattern.startsWith('command.')) return false;
  return matchesParts(pattern.split('*'), topic);
}
