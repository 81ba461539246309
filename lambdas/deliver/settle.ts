import type { AttemptResult } from '../core/blame.ts';
import { correlationIdOfDelivery } from '../core/correlation.ts';
import type { Attempt } from '../core/delivery.ts';
import { parkedDeliveryBody } from '../core/doorbell-body.ts';
import type { DeliveryId, EndpointId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import { reasonOf, type ServiceError } from '../core/service-error.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import type { DeliverDeps } from './deps.ts';
import { fanOutWaitMs, hasEnded, type NextStep } from './next-step.ts';
import { previousVersion, wake, wakeSuccessor } from './predecessor.ts';
import { releaseIfOpen } from './release-held.ts';

/** Gives a delivery back until its predecessor has ended. */
export async function wait(
  claimed: ClaimedDelivery,
  { predecessor, dueAt }: Extract<NextStep, { step: 'wait' }>,
  deps: DeliverDeps,
): Promise<void> {
  const { id, endpointId, version, correlationId, wanted } = claimed;
  await deps.deliveries.settle(claimed, undefined, { status: 'pending', dueAt, waitsFor: predecessor.id });
  deps.metrics.count('DeliveriesPostponed');
  if (predecessor.state === 'not-fanned-out') {
    await deps.fanOutDoorbell.ring([previousVersion(version)]);
    await deps.doorbell.ring([id], fanOutWaitMs, { endpointId, correlationId, wanted });
  }
  // The predecessor wakes only what already waits for it. It may have ended a moment earlier.
  const state = await deps.deliveries.state(predecessor.id);
  if (!state) return;
  if (hasEnded(state)) await wake(claimed, deps);
  // The worker that held it while its endpoint was enabled may have crashed before its release.
  if (state.status === 'held') await releaseIfOpen({ ...state, id: predecessor.id }, deps);
}

/** Holds a delivery until its endpoint is enabled or its listener fetches it. */
export async function hold(
  claimed: ClaimedDelivery,
  made: Attempt | undefined,
  deps: DeliverDeps,
): Promise<void> {
  const { id: deliveryId, endpointId } = claimed;
  await deps.deliveries.settle(claimed, made, { status: 'held' });
  deps.metrics.count('DeliveriesHeld');
  deps.log.info('delivery.held', {
    correlationId: correlationIdOfDelivery(claimed),
    deliveryId,
    endpointId,
  });
  await releaseIfOpen(claimed, deps);
}

/**
 * Ends a delivery without sending anything. Either the endpoint does not want the version, and the
 * row only keeps the order, or it omits the version as an echo.
 */
export async function skip(
  claimed: ClaimedDelivery,
  reason: 'echo' | undefined,
  deps: DeliverDeps,
): Promise<void> {
  await deps.deliveries.settle(claimed, undefined, { status: 'skipped', reason });
  deps.metrics.count('DeliveriesSkipped');
  await wakeSuccessor(claimed, deps);
}

/** Parks first: a crash in between parks the delivery twice, but never loses it. */
export async function giveUp(
  claimed: ClaimedDelivery,
  made: Attempt | undefined,
  error: ServiceError,
  deps: DeliverDeps,
): Promise<void> {
  const { code, reason } = reasonOf(error);
  const { id: deliveryId, endpointId } = claimed;
  const correlationId = correlationIdOfDelivery(claimed);
  await deps.parked.park(parkedDeliveryBody(deliveryId, claimed.correlationId), { code, reason });
  await deps.deliveries.settle(claimed, made, { status: 'exhausted', reason: code });
  deps.metrics.count('DeliveriesExhausted');
  deps.log.warn('delivery.parked', { correlationId, deliveryId, endpointId, code, reason });
  await wakeSuccessor(claimed, deps);
}

/** Sets a delivery aside whose version was edited by hand. It spends no attempt. */
export async function setAside(
  claimed: ClaimedDelivery,
  { details: { item, problems } }: ServiceError<'record.unreadable'>,
  deps: DeliverDeps,
): Promise<void> {
  const found = [`the version ${item} is unreadable`, ...problems];
  const settlement = {
    status: 'unreadable',
    reason: found.join('; '),
    dueAt: instantOf(deps.clock.nowMs()),
  } as const;
  const outcome = await deps.deliveries.settle(claimed, undefined, settlement);
  if (outcome === 'settled') reportUnreadable({ deliveryId: claimed.id }, found, deps);
  await wakeSuccessor(claimed, deps);
}

/** Reports a delivery, or the item of an endpoint, that waits until an operator repairs it. */
export function reportUnreadable(
  row: { readonly deliveryId: DeliveryId } | { readonly endpointId: EndpointId },
  problems: readonly string[],
  { log, metrics }: Pick<DeliverDeps, 'log' | 'metrics'>,
): void {
  metrics.count('RowsUnreadable');
  log.warn('row.excluded', { ...row, problems });
}

/** A fault of this stack. */
export interface Fault {
  readonly code: string;
  readonly reason: string;
}

/**
 * Gives a delivery back that this stack cannot send because of a fault of its own. No attempt is
 * spent. The endpoint's gate decides when it is tried again.
 */
export async function block(
  claimed: ClaimedDelivery,
  { code, reason }: Fault,
  deps: DeliverDeps,
): Promise<AttemptResult> {
  const dueAt = instantOf(deps.clock.nowMs() + blockedMs * deps.timeScale);
  await deps.deliveries.settle(claimed, undefined, { status: 'pending', dueAt });
  reportBlocked(claimed, { code, reason }, deps);
  return { kind: 'own-fault', reason: `${code}: ${reason}`, code };
}

const blockedMs = 10_000;

export function reportBlocked(claimed: ClaimedDelivery, { code, reason }: Fault, deps: DeliverDeps): void {
  const { id: deliveryId, endpointId } = claimed;
  const correlationId = correlationIdOfDelivery(claimed);
  deps.metrics.count('DeliveriesUnprepared');
  deps.log.warn('delivery.blocked', { correlationId, deliveryId, endpointId, code, reason });
}
