import { type MessageForm, messageOf } from './message.ts';
import { redactedTexts } from './message-redaction.ts';
import { type SigningSecret, signedHeaders } from './signature.ts';
import { type Trace, traceparentOf } from './trace.ts';
import type { Version } from './version.ts';

/** What a POST to an endpoint consists of. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Values that the endpoint redacts. An answer that contains them is masked. */
  readonly masked: readonly string[];
}

/**
 * Builds the request that `deliver` and `pcr listen` send. The trace headers are not signed.
 * @param headers those of the endpoint
 * @param nowSeconds start of the attempt, whole seconds since 1970
 */
export function webhookRequestOf(
  version: Version,
  form: MessageForm,
  headers: Readonly<Record<string, string>>,
  secrets: readonly SigningSecret[],
  trace: Trace,
  nowSeconds: number,
): WebhookRequest {
  const { id, body } = messageOf(version, form);
  return {
    headers: {
      ...headers,
      'content-type': 'application/json',
      traceparent: traceparentOf(trace),
      ...signedHeaders(secrets, id, nowSeconds, body),
    },
    body,
    masked: redactedTexts(version, form.redact),
  };
}
