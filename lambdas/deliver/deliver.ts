import type { AttemptResult } from '../core/blame.ts';
import type { FirstDoorbell } from '../core/doorbell-body.ts';
import type { DeliveryId } from '../core/ids.ts';
import { type Instant, instantOf } from '../core/instant.ts';
import { isFailure, ServiceError } from '../core/service-error.ts';
import type { ClaimedDelivery } from '../ports/delivery-store.ts';
import { attempt } from './attempt.ts';
import { decideWanted, reasonToSkip } from './decide-wanted.ts';
import type { DeliverDeps } from './deps.ts';
import { canSendTo, type NextStep, nextStep } from './next-step.ts';
import { readPredecessor, reportGap } from './predecessor.ts';
import { releaseIfHeld } from './release-held.ts';
import { loadOutgoing, type Outgoing } from './send.ts';
import { block, type Fault, giveUp, hold, reportUnreadable, setAside, skip, wait } from './settle.ts';

/** A decided step. To send, the version and the secrets are loaded too. */
type LoadedStep =
  | Exclude<NextStep, { step: 'send' | 'skip' }>
  | { readonly step: 'skip'; readonly reason: 'echo' | undefined }
  | { readonly step: 'send'; readonly outgoing: Outgoing }
  | { readonly step: 'block'; readonly fault: Fault }
  | { readonly step: 'set-aside'; readonly error: ServiceError<'record.unreadable'> };

/**
 * Claims a delivery, decides the next step, and does it. Does nothing if the delivery is not due or
 * if another worker has claimed it. After a crash the row is due again when the lease ends; during
 * a first attempt, which has no such row, the intent of its version is due instead.
 * @throws ServiceError `store.unavailable`, `queue.unavailable`, `secret.unavailable` (later).
 */
export async function deliver(
  deliveryId: DeliveryId,
  deps: DeliverDeps,
  first?: FirstDoorbell,
): Promise<AttemptResult | undefined> {
  const claimed = await claim(deliveryId, deps, first);
  return claimed ? deliverClaimed(claimed, deps) : releaseIfHeld(deliveryId, deps);
}

async function deliverClaimed(
  claimed: ClaimedDelivery,
  deps: DeliverDeps,
): Promise<AttemptResult | undefined> {
  const decided = await decideStep(claimed, deps);
  switch (decided.step) {
    case 'send':
      return attempt(claimed, decided.outgoing, deps);
    case 'block':
      return block(claimed, decided.fault, deps);
    case 'wait':
      await wait(claimed, decided, deps);
      break;
    case 'hold':
      await hold(claimed, undefined, deps);
      break;
    case 'skip':
      await skip(claimed, decided.reason, deps);
      break;
    case 'set-aside':
      await setAside(claimed, decided.error, deps);
      break;
    case 'give-up':
      await giveUp(claimed, undefined, decided.error, deps);
  }
  return undefined;
}

async function claim(
  deliveryId: DeliveryId,
  deps: DeliverDeps,
  first: FirstDoorbell | undefined,
): Promise<ClaimedDelivery | undefined> {
  const { deliveries, worker, random } = deps;
  const lease = [fromNow(deps), fromNow(deps, deps.leaseMs)] as const;
  try {
    // A batch may contain a message twice: each has a claim of its own.
    const claimId = `${worker}-${random.next()}`;
    const claimed = first && (await deliveries.claimFirst(first.delivery, claimId, ...lease));
    // The row may be there: a first attempt was made, or postponed.
    return claimed ?? (await deliveries.claim(deliveryId, ...lease));
  } catch (error) {
    if (!isFailure(error, 'delivery.unreadable')) throw error;
    reportUnreadable({ deliveryId }, error.details.problems, deps);
    return undefined;
  }
}

function fromNow({ clock }: DeliverDeps, inMs = 0): Instant {
  return instantOf(clock.nowMs() + inMs);
}

/**
 * Reads what the next step depends on. On a transient error the claim is given back and the error
 * is rethrown.
 */
async function decideStep(claimed: ClaimedDelivery, deps: DeliverDeps): Promise<LoadedStep> {
  try {
    const endpoint = await deps.endpoints.find(claimed.endpointId);
    const isOpen = endpoint !== undefined && canSendTo(endpoint);
    const predecessor = isOpen ? await readPredecessor(claimed, endpoint, deps) : undefined;
    const wanted = isOpen ? await decideWanted(claimed, endpoint, deps) : claimed.wanted;
    const decided = nextStep({ ...claimed, wanted }, endpoint, predecessor, fromNow(deps));
    if (decided.step === 'skip') return { ...decided, reason: await reasonToSkip(claimed, endpoint, deps) };
    if (decided.step !== 'send') return decided;
    reportGap(claimed, predecessor, deps);
    return { step: 'send', outgoing: await loadOutgoing(claimed, decided.endpoint, deps) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const fault = faultOf(error);
    if (fault) return { step: 'block', fault };
    if (isFailure(error, 'record.unreadable')) return { step: 'set-aside', error };
    if (error.retry.kind === 'never') return { step: 'give-up', error };
    // No attempt was made: the settlement gives its number back.
    deps.metrics.count('DeliveriesUnprepared');
    const dueAt = fromNow(deps, error.retry.afterMs);
    await deps.deliveries.settle(claimed, undefined, { status: 'pending', dueAt });
    throw error;
  }
}

/** Returns the fault of this stack that keeps all deliveries to the endpoint waiting. */
function faultOf(error: ServiceError): Fault | undefined {
  const { code } = error;
  if (isFailure(error, 'secret.unusable')) return { code, reason: error.details.error };
  if (isFailure(error, 'endpoint.unreadable'))
    return { code, reason: `invalid: ${error.details.attributes.join(', ')}` };
  return undefined;
}
