import { testCatalog } from '../core/catalogs.ts';
import type { Delivery } from '../core/delivery.ts';
import { foreignSecretText, isSecretOf } from '../core/endpoint-secret.ts';
import { messageOf } from '../core/message.ts';
import { redactedTexts } from '../core/message-redaction.ts';
import { recordPath, type VersionRef } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { SigningSecret } from '../core/signature.ts';
import type { Trace } from '../core/trace.ts';
import type { Version } from '../core/version.ts';
import { webhookRequestOf } from '../core/webhook-request.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import { leastAttemptTimeoutMs } from './contract.ts';
import type { DeliverDeps } from './deps.ts';
import type { SendingEndpoint } from './next-step.ts';

/** A message before it is built and signed, with its endpoint. */
export interface Outgoing {
  readonly endpoint: SendingEndpoint;
  readonly version: Version;
  /** Empty for an event bus. */
  readonly secrets: readonly SigningSecret[];
}

/** As the default of a webhook. EventBridge usually answers within milliseconds. */
const eventBusTimeoutSeconds = 15;

/**
 * Loads the version and the signing secrets.
 * @throws ServiceError `version.missing` (never); `secret.unusable`, `store.unavailable`,
 * `secret.unavailable` (later).
 */
export async function loadOutgoing(
  { version: ref, messageId }: Pick<Delivery, 'version' | 'messageId'>,
  endpoint: SendingEndpoint,
  { records, secrets, secretNamePrefix }: Pick<DeliverDeps, 'records' | 'secrets' | 'secretNamePrefix'>,
): Promise<Outgoing> {
  const version = ref.catalog === testCatalog ? await findSample(ref) : await records.version(ref);
  // After a restore, another version may have the number: it has its own message.
  if (version?.messageId !== messageId) {
    const details = { record: recordPath(ref), version: ref.version };
    throw new ServiceError('version.missing', details);
  }
  const { id, destination } = endpoint;
  if (destination.kind === 'eventbridge') return { endpoint, version, secrets: [] };
  const { secretId } = destination;
  if (!isSecretOf(id, secretId, secretNamePrefix)) {
    const error = foreignSecretText(id, secretNamePrefix);
    throw new ServiceError('secret.unusable', { endpointId: id, error });
  }
  const signing = await secrets.signingSecrets({ id, secretId });
  return { endpoint, version, secrets: signing };
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
export function send(
  { endpoint, version, secrets }: Outgoing,
  nowSeconds: number,
  trace: Trace,
  { transport, eventBus, timeScale }: Pick<DeliverDeps, 'transport' | 'eventBus' | 'timeScale'>,
): Promise<Answer> {
  const { destination } = endpoint;
  const timeoutMs = (seconds: number) => Math.max(seconds * 1_000 * timeScale, leastAttemptTimeoutMs);
  if (destination.kind === 'eventbridge') {
    const { body } = messageOf(version, endpoint);
    const event = { type: version.type, body, trace, masked: redactedTexts(version, endpoint.redact) };
    return eventBus.put(destination.busArn, event, timeoutMs(eventBusTimeoutSeconds));
  }
  const { url, headers, caCertificate } = destination;
  const request = webhookRequestOf(version, endpoint, headers, secrets, trace, nowSeconds);
  const attemptMs = timeoutMs(destination.timeoutSeconds);
  const { body, masked } = request;
  return transport.post(url, request.headers, body, attemptMs, masked, caCertificate);
}
