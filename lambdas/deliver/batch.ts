import type { DeliveryDoorbellMessage } from '../core/doorbell-body.ts';
import type { EndpointId } from '../core/ids.ts';
import { instantOf } from '../core/instant.ts';
import { deliver } from './deliver.ts';
import { type DeliverFailures, deliverInSlot, each, type Task } from './deliver-in-slot.ts';
import type { DeliverDeps } from './deps.ts';
import { endFirstAttempt, rememberSettled, type SettledDeliveries } from './end-first-attempt.ts';
import { readTogether } from './read-together.ts';

/**
 * Works on the doorbell messages of a batch, all at once, with one slot per endpoint. A lone
 * delivery to a quick endpoint needs none. A delivery for which there is no slot, or no start
 * within the rate limit, is postponed without spending an attempt.
 */
export async function deliverBatch(
  messages: readonly DeliveryDoorbellMessage[],
  deps: DeliverDeps,
): Promise<DeliverFailures> {
  const failures: DeliverFailures = new Map();
  const settled = rememberSettled(deps.deliveries);
  const named = messages.map((message) => ({ message }));
  const tasks = await each(named, failures, ({ message }) => prepareTask(message, deps));
  const known = tasks.filter((task) => task !== undefined);
  const groups = Map.groupBy(known, ({ endpointId }) => endpointId);
  await Promise.all([...groups].map(([id, group]) => deliverGroup(id, group, failures, deps, settled)));
  return failures;
}

/**
 * Revives the delivery if the message says so. Returns undefined if the delivery does not exist, or
 * if its row is unreadable: then the claim sets it aside.
 */
async function prepareTask(message: DeliveryDoorbellMessage, deps: DeliverDeps): Promise<Task | undefined> {
  const { deliveries, clock } = deps;
  const { deliveryId, revive, endpointId } = message;
  if (revive) await deliveries.revive(deliveryId, instantOf(clock.nowMs()));
  if (endpointId) return { ...message, message, endpointId };
  const state = await deliveries.state(deliveryId);
  if (state) return { ...message, message, endpointId: state.endpointId, wanted: state.wanted };
  await deliver(deliveryId, deps);
  return undefined;
}

async function deliverGroup(
  endpointId: EndpointId,
  tasks: readonly Task[],
  failures: DeliverFailures,
  given: DeliverDeps,
  settled: SettledDeliveries,
): Promise<void> {
  const { owner, gate, records } = await readTogether(endpointId, tasks, given);
  const deps = { ...given, deliveries: settled.deliveries, records };
  // What is not sent needs no slot and no start, and must not be the trial of the breaker.
  const needsSlot = ({ wanted }: Task) => owner?.isUnreadable || (owner && wanted !== false);
  const toSend = tasks.filter(needsSlot);
  const toSettle = tasks.filter((task) => !needsSlot(task));
  await Promise.all([
    each(toSettle, failures, ({ deliveryId, first }) => deliver(deliveryId, deps, first)),
    owner && toSend.length > 0 && deliverInSlot(owner, gate, toSend, failures, deps),
  ]);
  const ended = tasks.filter(({ message }) => !failures.has(message));
  await each(ended, failures, async ({ first }) => first && endFirstAttempt(first, deps, settled));
}
