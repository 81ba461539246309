import { type JsonObject, textAt } from '../../lambdas/core/json.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { type ReminderTopic, reminderNameOf } from '../../lambdas/core/reminder-rule.ts';
import { dayMs, parseEpochMs, toDay, toMillisecond } from '../partner-central/model/aws-timestamps.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { catalog, keyOf, openOpportunity, type TriggerWorld } from './choose-record.ts';

/** Longer ago than any reminder of the local stage waits. */
const longAgoMs = 40 * dayMs;

export type RemindingTopic = 'opportunity.reminder' | ReminderTopic;

/** Whether `reconcile` finds out from the table what the topic is about. */
export function isReminding(topic: string): topic is RemindingTopic {
  return topic === 'opportunity.reminder' || reminderNameOf(topic) !== undefined;
}

/** Moves the target close date of an opportunity into the past, further than it is already. */
export async function passCloseDate(world: TriggerWorld, id: string | undefined): Promise<RecordKey> {
  const opportunity = await openOpportunity(world, id);
  const nowMs = Date.now();
  const closesAtMs = parseEpochMs(textAt(opportunity.body, 'LifeCycle', 'TargetCloseDate'), nowMs);
  const TargetCloseDate = toDay(Math.min(closesAtMs, nowMs) - dayMs);
  world.partner.updateOpportunity(opportunity.id, { patch: { LifeCycle: { TargetCloseDate } } });
  return opportunity;
}

/** Creates an opportunity that was last changed long ago. */
export function createIdle(partner: SimulatedPartner): RecordKey {
  return keyOf('opportunity', partner.createOpportunity(catalog, { patch: longUnchanged() }));
}

/** Creates an opportunity that has had this review status for long. */
export function createWaiting(partner: SimulatedPartner, ReviewStatus: string): RecordKey {
  const id = partner.createOpportunity(catalog);
  partner.submitOpportunity(id);
  partner.alter('opportunity', id, { ...longUnchanged(), LifeCycle: { ReviewStatus } });
  return keyOf('opportunity', id);
}

function longUnchanged(): JsonObject {
  return { LastModifiedDate: toMillisecond(Date.now() - longAgoMs) };
}
