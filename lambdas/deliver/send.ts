import type { Endpoint, EventBusDestination, WebhookDestination } from '../core/endpoint.ts';
import { messageOf } from '../core/message.ts';
import { type SigningSecret, signedHeaders } from '../core/signature.ts';
import { type Trace, traceparentOf } from '../core/trace.ts';
import type { Version } from '../core/version.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { SecretStore } from '../ports/secret-store.ts';
import type { Answer, WebhookTransport } from '../ports/webhook-transport.ts';
import { leastAttemptTimeoutMs } from './contract.ts';

export interface Sending {
  readonly secrets: SecretStore;
  readonly transport: WebhookTransport;
  readonly eventBus: EventBus;
  /** Factor on the waits of the schedule and on time-outs, see TIME_SCALE. */
  readonly timeScale: number;
}

/** An endpoint that messages are sent to, not fetched from. */
export interface SentTo extends Endpoint {
  readonly destination: WebhookDestination | EventBusDestination;
}

/** What an attempt is made of. */
export interface Prepared {
  readonly endpoint: SentTo;
  readonly version: Version;
  readonly secrets: readonly SigningSecret[];
}

/** EventBridge answers in milliseconds, or is not well. */
const busTimeoutSeconds = 15;

/** @throws ServiceError `secret.unavailable` (later), `secret.unusable` (never). */
export async function prepareSending(
  endpoint: SentTo,
  version: Version,
  { secrets }: Sending,
): Promise<Prepared> {
  const { id, destination } = endpoint;
  if (destination.kind === 'eventbridge') return { endpoint, version, secrets: [] };
  return {
    endpoint,
    version,
    secrets: await secrets.signingSecrets({ id, secretId: destination.secretId }),
  };
}

/** Sends a message once. What tells of the trace is not part of what is signed. @param nowSeconds whole seconds since 1970 at which the attempt begins */
export async function send(
  { endpoint, version, secrets }: Prepared,
  nowSeconds: number,
  trace: Trace,
  { transport, eventBus, timeScale }: Sending,
): Promise<Answer> {
  const { destination } = endpoint;
  const { id, body } = messageOf(version, endpoint);
  const timeoutMs = (seconds: number) => Math.max(seconds * 1_000 * timeScale, leastAttemptTimeoutMs);
  if (destination.kind === 'eventbridge')
    return eventBus.put(
      destination.busArn,
      { type: version.type, body, trace },
      timeoutMs(busTimeoutSeconds),
    );
  const signed = signedHeaders(secrets, id, nowSeconds, body);
  const headers = {
    ...destination.headers,
    'content-type': 'application/json',
    traceparent: traceparentOf(trace),
    ...signed,
  };
  return transport.post(destination.url, headers, body, timeoutMs(destination.timeoutSeconds));
}
