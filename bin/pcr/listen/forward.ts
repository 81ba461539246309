import type { Attempt, DeliveryEntry } from '../../../lambdas/core/delivery.ts';
import type { Endpoint, WebhookDestination } from '../../../lambdas/core/endpoint.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { messageOf } from '../../../lambdas/core/message.ts';
import { type SigningSecret, signedHeaders } from '../../../lambdas/core/signature.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { ClaimedDelivery, DeliveryStore } from '../../../lambdas/ports/delivery-store.ts';
import type { WebhookTransport } from '../../../lambdas/ports/webhook-transport.ts';

export interface ForwardDeps {
  readonly deliveries: Pick<DeliveryStore, 'release' | 'claim' | 'settle'>;
  /** Stored ones, and samples. */
  readonly versions: (ref: ClaimedDelivery['version']) => Promise<Version | undefined>;
  readonly transport: WebhookTransport;
  /** Whether a server is there that could be asked. */
  readonly probe: () => Promise<boolean>;
  readonly clock: Clock;
  readonly secrets: readonly SigningSecret[];
  /** Where to, and how. */
  readonly target: Pick<WebhookDestination, 'url' | 'headers' | 'timeoutSeconds'>;
  readonly form: Pick<Endpoint, 'payload' | 'redact'>;
}

/** What became of a delivery, for the one who watches. */
export interface ForwardResult {
  readonly type: Version['type'];
  readonly attempt: Attempt;
}

/** Beyond the time that an attempt may take: for the reads and writes around it. */
const leaseReserveMs = 30_000;

/**
 * Posts the message of a held delivery to the local address, signed as `deliver` signs it, and settles the row. One attempt:
 * whoever develops the receiver sees at once what it answers. While no server is there, the delivery stays held.
 * @returns undefined where somebody else has the delivery, or its version is not stored any more
 */
export async function forward(
  { id }: Pick<DeliveryEntry, 'id'>,
  forwarding: ForwardDeps,
): Promise<ForwardResult | 'down' | undefined> {
  const { deliveries, versions, clock, target } = forwarding;
  if (!(await forwarding.probe())) return 'down';
  const now = instantOf(clock.nowMs());
  await deliveries.release(id, now);
  const leaseMs = target.timeoutSeconds * 1_000 + leaseReserveMs;
  const claimed = await deliveries.claim(id, now, instantOf(clock.nowMs() + leaseMs));
  if (!claimed) return undefined;
  const version = await versions(claimed.version);
  if (!version) {
    await deliveries.settle(claimed, undefined, { status: 'exhausted', reason: 'version.missing' });
    return undefined;
  }
  const attempt = await post(claimed, version, forwarding);
  await settle(claimed, attempt, forwarding);
  return { type: version.type, attempt };
}

async function post(
  { attemptNumber }: ClaimedDelivery,
  version: Version,
  { transport, clock, secrets, target, form }: ForwardDeps,
): Promise<Attempt> {
  const { id, body } = messageOf(version, form);
  const startedAtMs = clock.nowMs();
  const headers = {
    ...target.headers,
    'content-type': 'application/json',
    ...signedHeaders(secrets, id, Math.floor(startedAtMs / 1_000), body),
  };
  const timeoutMs = target.timeoutSeconds * 1_000;
  const { outcome, status, answer } = await transport.post(target.url, headers, body, timeoutMs);
  return {
    number: attemptNumber,
    startedAt: instantOf(startedAtMs),
    durationMs: clock.nowMs() - startedAtMs,
    outcome,
    status,
    answer,
  };
}

async function settle(
  claimed: ClaimedDelivery,
  attempt: Attempt,
  { deliveries }: ForwardDeps,
): Promise<void> {
  if (attempt.outcome === 'delivered') await deliveries.settle(claimed, attempt, { status: 'delivered' });
  else await deliveries.settle(claimed, attempt, { status: 'exhausted', reason: 'delivery.exhausted' });
}
