import { correlationIdOf } from '../../../lambdas/core/correlation.ts';
import type { Attempt, DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Endpoint, WebhookDestination } from '../../../lambdas/core/endpoint.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { traceOf } from '../../../lambdas/core/trace.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { webhookRequestOf } from '../../../lambdas/core/webhook-request.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { ClaimedDelivery, DeliveryStore } from '../../../lambdas/ports/delivery-store.ts';
import type { WebhookTransport } from '../../../lambdas/ports/webhook-transport.ts';

export interface ForwardDeps {
  readonly deliveries: Pick<DeliveryStore, 'release' | 'claim' | 'settle'>;
  /** Finds stored versions and samples. */
  readonly findVersion: (ref: ClaimedDelivery['version']) => Promise<Version | undefined>;
  readonly transport: WebhookTransport;
  /** Returns whether the local server accepts connections. */
  readonly probe: () => Promise<boolean>;
  readonly clock: Clock;
  readonly secrets: readonly SigningSecret[];
  readonly target: Pick<WebhookDestination, 'url' | 'headers' | 'timeoutSeconds'>;
  readonly form: Pick<Endpoint, 'payload' | 'redact'>;
}

/** The outcome of one forwarded delivery. */
export interface ForwardResult {
  readonly type: Version['type'];
  readonly attempt: Attempt;
  /** The message: one line of JSON. */
  readonly body: string;
}

/** Time for the reads and writes around an attempt. */
const leaseReserveMs = 30_000;

/**
 * Posts the message of a held delivery to the local server, signed like `deliver` signs it, and
 * settles the row after one attempt. While the server is down, the delivery stays held.
 * @returns undefined if another worker has the delivery, or its version is not stored or unreadable
 */
export async function forward(
  { id }: Pick<DeliveryEntry, 'id'>,
  deps: ForwardDeps,
): Promise<ForwardResult | 'down' | undefined> {
  const { deliveries, findVersion, clock, target, probe } = deps;
  if (!(await probe())) return 'down';
  const now = instantOf(clock.nowMs());
  await deliveries.release(id, now);
  const leaseMs = target.timeoutSeconds * 1_000 + leaseReserveMs;
  const claimed = await ifReadable(() => deliveries.claim(id, now, instantOf(clock.nowMs() + leaseMs)));
  if (!claimed) return undefined;
  const version = await ifReadable(() => findVersion(claimed.version));
  if (version?.messageId !== claimed.messageId) {
    await deliveries.settle(claimed, undefined, { status: 'exhausted', reason: 'version.missing' });
    return undefined;
  }
  const { attempt, body } = await post(claimed, version, deps);
  await settle(claimed, attempt, deps);
  return { type: version.type, attempt, body };
}

async function post(
  { id, attemptNumber }: ClaimedDelivery,
  version: Version,
  { transport, clock, secrets, target, form }: ForwardDeps,
): Promise<Pick<ForwardResult, 'attempt' | 'body'>> {
  const startedAtMs = clock.nowMs();
  const trace = traceOf(correlationIdOf(version), id, attemptNumber);
  const nowSeconds = Math.floor(startedAtMs / 1_000);
  const { headers, body, masked } = webhookRequestOf(
    version,
    form,
    target.headers,
    secrets,
    trace,
    nowSeconds,
  );
  const timeoutMs = target.timeoutSeconds * 1_000;
  const { outcome, status, answer, reason } = await transport.post(
    target.url,
    headers,
    body,
    timeoutMs,
    masked,
  );
  const startedAt = instantOf(startedAtMs);
  const durationMs = clock.nowMs() - startedAtMs;
  const attempt = { number: attemptNumber, startedAt, durationMs, outcome, status, answer, reason };
  return { attempt, body };
}

async function settle(
  claimed: ClaimedDelivery,
  attempt: Attempt,
  { deliveries }: ForwardDeps,
): Promise<void> {
  if (attempt.outcome === 'delivered') await deliveries.settle(claimed, attempt, { status: 'delivered' });
  else await deliveries.settle(claimed, attempt, { status: 'exhausted', reason: 'delivery.exhausted' });
}
