import type { Change } from './change.ts';
import { at } from './json.ts';
import { isAtOrBelow } from './json-pointer.ts';
import type { RecordKind } from './record.ts';
import { type ReminderTopic, reminderTopics } from './reminder-rule.ts';

export const messageTypes = [
  'opportunity.created',
  'opportunity.updated',
  'opportunity.reminder',
  'aws_opportunity_summary.created',
  'aws_opportunity_summary.updated',
  'engagement_invitation.created',
  'engagement_invitation.accepted',
  'engagement_invitation.rejected',
  'engagement_invitation.expired',
  'engagement_invitation.updated',
  'engagement_invitation.expiring',
  'engagement.created',
  'engagement.updated',
  'command.accepted',
  'command.waiting',
  'command.succeeded',
  'command.failed',
  'command.expired',
  'command.cancelled',
] as const;
export type MessageType = (typeof messageTypes)[number];

const commandTypes = messageTypes.filter((type) => type.startsWith('command.'));

const invitationTypes: ReadonlyMap<string, MessageType> = new Map([
  ['ACCEPTED', 'engagement_invitation.accepted'],
  ['REJECTED', 'engagement_invitation.rejected'],
  ['EXPIRED', 'engagement_invitation.expired'],
]);

/**
 * Returns the type of a version's message. `before` and `after` are statuses of an invitation or a
 * command. An unknown status is an update.
 */
export function messageTypeOf(
  kind: RecordKind,
  version: number,
  before?: string,
  after?: string,
): MessageType {
  if (kind === 'opportunity') return version === 1 ? 'opportunity.created' : 'opportunity.updated';
  if (kind === 'aws-opportunity-summary')
    return version === 1 ? 'aws_opportunity_summary.created' : 'aws_opportunity_summary.updated';
  if (kind === 'engagement') return version === 1 ? 'engagement.created' : 'engagement.updated';
  if (kind === 'command')
    return commandTypes.find((type) => type === `command.${after}`) ?? 'command.accepted';
  const settled = after !== undefined && after !== before ? invitationTypes.get(after) : undefined;
  return settled ?? (version === 1 ? 'engagement_invitation.created' : 'engagement_invitation.updated');
}

/** Payload members, by JSON Pointer, whose changes consumers subscribe to. */
export const topicsByPath = {
  opportunity: {
    '/LifeCycle/Stage': 'opportunity.stage_changed',
    '/LifeCycle/ReviewStatus': 'opportunity.review_status_changed',
    '/LifeCycle/TargetCloseDate': 'opportunity.target_close_date_changed',
    '/LifeCycle/NextSteps': 'opportunity.next_steps_changed',
    '/Project/ExpectedCustomerSpend': 'opportunity.expected_spend_changed',
    '/OpportunityTeam': 'opportunity.team_changed',
    '/RelatedEntityIdentifiers/Solutions': 'opportunity.solutions_changed',
    '/RelatedEntityIdentifiers/AwsProducts': 'opportunity.products_changed',
    '/RelatedEntityIdentifiers/AwsMarketplaceProducts': 'opportunity.products_changed',
    '/RelatedEntityIdentifiers/AwsMarketplaceSolutions': 'opportunity.solutions_changed',
    '/RelatedEntityIdentifiers/AwsMarketplaceOffers': 'opportunity.offers_changed',
    '/RelatedEntityIdentifiers/AwsMarketplaceOfferSets': 'opportunity.offers_changed',
    '/Marketing': 'opportunity.marketing_changed',
    '/Customer/Contacts': 'opportunity.contacts_changed',
  },
  'aws-opportunity-summary': {
    '/LifeCycle/Stage': 'aws_opportunity_summary.stage_changed',
    '/LifeCycle/NextSteps': 'aws_opportunity_summary.next_steps_changed',
    '/LifeCycle/TargetCloseDate': 'aws_opportunity_summary.target_close_date_changed',
    '/InvolvementType': 'aws_opportunity_summary.involvement_changed',
    '/CosellMotion': 'aws_opportunity_summary.cosell_motion_changed',
    '/CosellMotionReason': 'aws_opportunity_summary.cosell_motion_changed',
    '/Insights': 'aws_opportunity_summary.insights_changed',
    '/Insights/OpportunityQuality': 'aws_opportunity_summary.quality_changed',
    '/OpportunityTeam': 'aws_opportunity_summary.team_changed',
    '/Project/ExpectedCustomerSpend': 'aws_opportunity_summary.expected_spend_changed',
    '/RelatedEntityIds/Solutions': 'aws_opportunity_summary.solutions_changed',
    '/RelatedEntityIds/AwsMarketplaceSolutions': 'aws_opportunity_summary.solutions_changed',
    '/RelatedEntityIds/AwsProducts': 'aws_opportunity_summary.products_changed',
    '/RelatedEntityIds/AwsMarketplaceProducts': 'aws_opportunity_summary.products_changed',
    '/Customer/Contacts': 'aws_opportunity_summary.contacts_changed',
  },
  'engagement-invitation': { '/Status': 'engagement_invitation.status_changed' },
  engagement: {
    '/Contexts': 'engagement.contexts_changed',
    '/EngagementMemberList': 'engagement.members_changed',
  },
  command: {},
} as const satisfies Readonly<Record<RecordKind, Readonly<Record<string, string>>>>;
type TopicsByPath = typeof topicsByPath;
/** A topic that says which member has changed. */
export type MemberTopic = {
  [Kind in RecordKind]: TopicsByPath[Kind][keyof TopicsByPath[Kind]];
}[RecordKind];

/** Kinds of records that have links. */
export const linkedKinds = ['opportunity', 'engagement-invitation', 'engagement'] as const;
export type LinkedKind = (typeof linkedKinds)[number];

/** The topic of a version that adds or removes links. */
export const linkedTopics = {
  opportunity: 'opportunity.linked',
  'engagement-invitation': 'engagement_invitation.linked',
  engagement: 'engagement.linked',
} as const satisfies Readonly<Record<LinkedKind, string>>;

export type Topic = MessageType | MemberTopic | (typeof linkedTopics)[LinkedKind] | ReminderTopic;

/** All topics, for the documentation and to validate subscriptions. */
export const topics: readonly Topic[] = [
  ...messageTypes,
  ...Object.values(topicsByPath).flatMap((byPath) => [...new Set<MemberTopic>(Object.values(byPath))]),
  ...Object.values(linkedTopics),
  ...reminderTopics,
];

/** Returns the type, then the topic of each listed member that changed. */
export function topicsOf(kind: RecordKind, type: MessageType, changes: readonly Change[]): string[] {
  const changed = Object.entries(topicsByPath[kind])
    .filter(([member]) => changes.some((change) => touches(change, member)))
    .map(([, topic]) => topic);
  return [type, ...new Set(changed)];
}

/**
 * Also true if a parent appeared or disappeared with the member: the service omits an object until
 * one of its members is set.
 */
function touches({ path, before, after }: Change, member: string): boolean {
  if (isAtOrBelow(path, member)) return true;
  if (!member.startsWith(`${path}/`)) return false;
  const below = member.slice(path.length + 1).split('/');
  return [before, after].some((value) => at(value, ...below) !== undefined);
}
