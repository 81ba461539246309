import {
  at,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  textAt,
} from '../../lambdas/core/json.ts';
import type { Topic } from '../../lambdas/core/message-type.ts';
import type { RecordKey } from '../../lambdas/core/record.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { mergePatch } from '../partner-central/model/simulated-records.ts';
import {
  accept,
  catalog,
  invite,
  keyOf,
  openOpportunity,
  ownEngagement,
  pendingInvitation,
  submit,
  summaryOf,
  type TriggerWorld,
} from './choose-record.ts';
import {
  type OpportunityTopic,
  opportunityChanges,
  type SummaryTopic,
  summaryChanges,
} from './member-changes.ts';
import { createIdle, createWaiting, passCloseDate } from './reminder-triggers.ts';

/** Changes a record, the one with this id if one is given. @returns its key */
type Trigger = (world: TriggerWorld, id: string | undefined) => Promise<RecordKey>;

type CommandTopic = Extract<Topic, `command.${string}`>;
export type TriggerTopic = Exclude<Topic, CommandTopic>;

/** An invitation that ends within the time in which a stage with a fast clock announces it. */
const expiresSoonMs = 45 * 60_000;

const others: Readonly<Record<Exclude<TriggerTopic, OpportunityTopic | SummaryTopic>, Trigger>> = {
  'opportunity.created': createTrigger((partner) => keyOf('opportunity', partner.createOpportunity(catalog))),
  'opportunity.updated': async (world, id) => {
    const opportunity = await openOpportunity(world, id);
    world.partner.updateOpportunity(opportunity.id);
    return opportunity;
  },
  'opportunity.reminder': passCloseDate,
  'opportunity.close_date_passed': passCloseDate,
  'opportunity.action_required_unanswered': createTrigger((partner) =>
    createWaiting(partner, 'Action Required'),
  ),
  'opportunity.review_overdue': createTrigger((partner) => createWaiting(partner, 'In review')),
  'opportunity.idle': createTrigger(createIdle),
  'opportunity.linked': async (world, id) => {
    const { opportunityId } = await accept(world, id);
    return keyOf('opportunity', opportunityId);
  },
  'aws_opportunity_summary.created': async ({ partner }, id) => submit(partner, id),
  'aws_opportunity_summary.updated': async (world, id) => {
    const summary = await summaryOf(world, id);
    world.partner.updateAwsSummary(summary.id);
    return summary;
  },
  'engagement_invitation.created': createTrigger(invite),
  'engagement_invitation.accepted': acceptInvitation,
  'engagement_invitation.status_changed': acceptInvitation,
  'engagement_invitation.linked': acceptInvitation,
  'engagement_invitation.rejected': async (world, id) => {
    const invitation = await pendingInvitation(world, id);
    world.partner.rejectInvitation(invitation.id);
    return invitation;
  },
  'engagement_invitation.expired': async (world, id) => {
    const invitation = await pendingInvitation(world, id);
    world.partner.expireInvitation(invitation.id);
    return invitation;
  },
  'engagement_invitation.expiring': (world, id) => {
    const ExpirationDate = new Date(Date.now() + expiresSoonMs).toISOString();
    return alterInvitation(world, id, { ExpirationDate });
  },
  'engagement_invitation.updated': (world, id) => {
    const InvitationMessage = `Please answer soon. (${new Date().toISOString()})`;
    return alterInvitation(world, id, { InvitationMessage });
  },
  'engagement.created': createTrigger((partner) => keyOf('engagement', partner.createEngagement(catalog))),
  'engagement.updated': async (world, id) => {
    const engagement = await ownEngagement(world, id);
    world.partner.updateEngagement(engagement.id);
    return engagement;
  },
  'engagement.contexts_changed': async (world, id) => {
    const engagement = await ownEngagement(world, id);
    world.partner.updateEngagement(engagement.id, { patch: { Contexts: otherContexts(engagement.body) } });
    return engagement;
  },
  'engagement.members_changed': async (world, id) => {
    const engagement = await ownEngagement(world, id);
    world.partner.addMember(engagement.id);
    return engagement;
  },
  'engagement.linked': async (world, id) => {
    const { invitation } = await accept(world, id);
    return keyOf('engagement', textAt(invitation.body, 'EngagementId') ?? '');
  },
};

/** Whether a topic is about what client software asks for, which no change of a record triggers. */
export function isTriggerTopic(topic: Topic): topic is TriggerTopic {
  return !topic.startsWith('command.');
}

/**
 * Changes a record of the simulated partner so that a version with this topic comes of it.
 * @param id of the record. @default one that can change, or a new one
 * @throws Error naming the id and what is allowed
 */
export async function trigger(
  topic: TriggerTopic,
  id: string | undefined,
  world: TriggerWorld,
): Promise<RecordKey> {
  const { partner } = world;
  if (isOpportunityTopic(topic)) {
    const opportunity = await openOpportunity(world, id);
    const patch = opportunityChanges[topic](opportunity.body, Date.now());
    partner.updateOpportunity(opportunity.id, { patch });
    return opportunity;
  }
  if (isSummaryTopic(topic)) {
    const summary = await summaryOf(world, id);
    partner.updateAwsSummary(summary.id, { patch: summaryChanges[topic](summary.body, Date.now()) });
    return summary;
  }
  return others[topic](world, id);
}

function isOpportunityTopic(topic: TriggerTopic): topic is OpportunityTopic {
  return Object.hasOwn(opportunityChanges, topic);
}

function isSummaryTopic(topic: TriggerTopic): topic is SummaryTopic {
  return Object.hasOwn(summaryChanges, topic);
}

function createTrigger(create: (partner: SimulatedPartner) => RecordKey): Trigger {
  return async ({ partner }, id) => {
    if (id !== undefined)
      throw new Error(`--id ${id}: a new record has an id of its own; allowed: this type without --id`);
    return create(partner);
  };
}

async function acceptInvitation(world: TriggerWorld, id: string | undefined): Promise<RecordKey> {
  return (await accept(world, id)).invitation;
}

/** AWS has no event for a changed invitation: a repetition of its first event has it read again. */
async function alterInvitation(
  world: TriggerWorld,
  id: string | undefined,
  patch: JsonObject,
): Promise<RecordKey> {
  const invitation = await pendingInvitation(world, id);
  world.partner.alter('engagement-invitation', invitation.id, patch);
  world.partner.repeatInvitationEvent(invitation.id);
  return invitation;
}

/** Another business problem in the first context, which every engagement has. */
function otherContexts(body: JsonObject): Json {
  const contexts = at(body, 'Contexts');
  const [first, ...rest] = isJsonArray(contexts) ? contexts : [];
  const type = textAt(first, 'Type') ?? 'CustomerProject';
  const problem = `The customer wants to decide by ${new Date(Date.now() + weekMs).toISOString()}.`;
  const changed = isJsonObject(first) ? first : {};
  const Payload = mergePatch({ [type]: at(first, 'Payload', type) ?? {} }, { [type]: { Notes: problem } });
  return [{ ...changed, Payload }, ...rest];
}

const weekMs = 7 * 24 * 60 * 60_000;
