import { testCatalog } from '../core/catalogs.ts';
import type { Delivery } from '../core/delivery.ts';
import type { ChatDestination, EventBusDestination, WebhookDestination } from '../core/endpoint.ts';
import { foreignSecretText, isSecretOf } from '../core/endpoint-secret.ts';
import { messageOf } from '../core/message.ts';
import { redactedTexts } from '../core/message-redaction.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { SigningSecret } from '../core/signature.ts';
import type { Trace } from '../core/trace.ts';
import type { Version } from '../core/version.ts';
import { type WebhookRequest, webhookRequestOf } from '../core/webhook-request.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import { leastAttemptTimeoutMs } from './contract.ts';
import type { DeliverDeps } from './deps.ts';
import type { SendingEndpoint } from './next-step.ts';

/** A message before it is built and signed, with its endpoint. */
export interface Outgoing {
  readonly endpoint: SendingEndpoint;
  readonly version: Version;
  readonly recipient: Recipient;
}

/** A destination with what Secrets Manager has for it. */
type Recipient =
  | EventBusDestination
  | (WebhookDestination & { readonly secrets: readonly SigningSecret[] })
  | (ChatDestination & { readonly url: string });

/** As the default of a webhook. EventBridge usually answers within milliseconds. */
const eventBusTimeoutSeconds = 15;

/**
 * Loads the version, and the signing secrets or the URL of a chat.
 * @throws ServiceError `version.missing` (never); `secret.unusable`, `store.unavailable`,
 * `secret.unavailable` (later).
 */
export async function loadOutgoing(
  { version: ref, messageId }: Pick<Delivery, 'version' | 'messageId'>,
  endpoint: SendingEndpoint,
  deps: Pick<DeliverDeps, 'records' | 'secrets' | 'secretNamePrefix'>,
): Promise<Outgoing> {
  const { records } = deps;
  const version = ref.catalog === testCatalog ? await findSample(ref) : await records.version(ref);
  // After a restore, another version may have the number: it has its own message.
  if (version?.messageId !== messageId) {
    const details = { record: recordPath(ref), version: ref.version };
    throw new ServiceError('version.missing', details);
  }
  return { endpoint, version, recipient: await loadRecipient(endpoint, deps) };
}

async function loadRecipient(
  { id, destination }: SendingEndpoint,
  { secrets, secretNamePrefix }: Pick<DeliverDeps, 'secrets' | 'secretNamePrefix'>,
): Promise<Recipient> {
  if (destination.kind === 'eventbridge') return destination;
  const { secretId } = destination;
  if (!isSecretOf(id, secretId, secretNamePrefix)) {
    const error = foreignSecretText(id, secretNamePrefix);
    throw new ServiceError('secret.unusable', { endpointId: id, error });
  }
  if (destination.kind === 'chat') {
    const { format } = destination;
    return { ...destination, url: await secrets.chatUrl({ id, secretId, format }) };
  }
  return { ...destination, secrets: await secrets.signingSecrets({ id, secretId }) };
}

/** A cold start does not read the samples: they are a file of their own in the bundle. */
async function findSample(ref: VersionRef): Promise<Version | undefined> {
  const { sampleVersion } = await import('../core/sample-version.ts');
  return sampleVersion(ref);
}

/**
 * Sends a message once.
 * @param nowSeconds start of the attempt, whole seconds since 1970
 */
export async function send(
  { endpoint, version, recipient }: Outgoing,
  nowSeconds: number,
  trace: Trace,
  { transport, eventBus, timeScale }: Pick<DeliverDeps, 'transport' | 'eventBus' | 'timeScale'>,
): Promise<Answer> {
  const timeoutMs = (seconds: number) => Math.max(seconds * 1_000 * timeScale, leastAttemptTimeoutMs);
  if (recipient.kind === 'eventbridge') {
    const { body } = messageOf(version, endpoint);
    const event = { type: version.type, body, trace, masked: redactedTexts(version, endpoint.redact) };
    return eventBus.put(recipient.busArn, event, timeoutMs(eventBusTimeoutSeconds));
  }
  const { url } = recipient;
  const attemptMs = timeoutMs(recipient.timeoutSeconds);
  if (recipient.kind === 'chat') {
    const { headers, body, masked } = await buildChatRequest(version, endpoint, recipient);
    return transport.post(url, headers, body, attemptMs, masked);
  }
  const { secrets, caCertificate } = recipient;
  const request = webhookRequestOf(version, endpoint, recipient.headers, secrets, trace, nowSeconds);
  return transport.post(url, request.headers, request.body, attemptMs, request.masked, caCertificate);
}

/** Most endpoints are no chats: their words are a file of its own in the bundle. */
async function buildChatRequest(
  version: Version,
  endpoint: SendingEndpoint,
  { format, url }: Pick<ChatDestination, 'format'> & { readonly url: string },
): Promise<WebhookRequest> {
  const { chatRequestOf } = await import('../core/chat-request.ts');
  return chatRequestOf(version, endpoint, format, url);
}
