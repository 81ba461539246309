import { type ChatChanges, type ChatLine, chatChangesOf } from './chat-changes.ts';
import { amountText, oneLine, valueText } from './chat-text.ts';
import type { MessageForm } from './message.ts';
import { redactFor } from './message-redaction.ts';
import { linkedTopics, type MessageType } from './message-type.ts';
import { attributesOf, type RecordAttributes, type RecordKind } from './record.ts';
import { summaryMembersOf } from './record-summary.ts';
import { type Reminder, remindersIn } from './reminder.ts';
import type { ReminderName } from './reminder-rule.ts';
import type { Version } from './version.ts';

/** A message that a person reads. All texts are plain: one line each, without markup. */
export interface ChatMessage extends ChatChanges {
  readonly title: string;
  /** The record at a glance. At most ten, because Slack shows ten fields. */
  readonly facts: readonly ChatLine[];
}

/**
 * AWS documents this address, and none of a single record: the id in the message finds the record.
 * Source: AWS Marketplace Seller Guide, "AWS Marketplace Management Portal".
 */
export const partnerCentralUrl = 'https://us-east-1.console.aws.amazon.com/partnercentral/home';

/** Slack's limit of a header block, in UTF-16 units. */
export const mostTitleUnits = 150;

const headlines: Readonly<Record<MessageType, string>> = {
  'opportunity.created': 'New opportunity',
  'opportunity.updated': 'Opportunity changed',
  'opportunity.reminder': 'Reminder',
  'aws_opportunity_summary.created': 'New AWS summary of an opportunity',
  'aws_opportunity_summary.updated': 'AWS summary of an opportunity changed',
  'engagement_invitation.created': 'New engagement invitation',
  'engagement_invitation.accepted': 'Engagement invitation accepted',
  'engagement_invitation.rejected': 'Engagement invitation rejected',
  'engagement_invitation.expired': 'Engagement invitation expired',
  'engagement_invitation.updated': 'Engagement invitation changed',
  'engagement_invitation.expiring': 'Engagement invitation expires soon',
  'engagement.created': 'New engagement',
  'engagement.updated': 'Engagement changed',
  'command.accepted': 'Command accepted',
  'command.waiting': 'Command waits',
  'command.succeeded': 'Command succeeded',
  'command.failed': 'Command failed',
  'command.expired': 'Command expired',
  'command.cancelled': 'Command cancelled',
};

const situations: Readonly<Record<ReminderName, string>> = {
  close_date_passed: 'The target close date has passed',
  action_required_unanswered: 'AWS waits for an answer',
  review_overdue: 'AWS reviews it',
  idle: 'Nothing has changed',
};

const dueLabels: Readonly<Record<RecordKind, string>> = {
  opportunity: 'Target close date',
  'aws-opportunity-summary': 'Target close date',
  'engagement-invitation': 'Expires',
  engagement: 'Due',
  command: 'Expires',
};

/**
 * Puts a version in words. Everything is taken from what is left after redaction, and a thin
 * message has no values of the record.
 */
export function chatMessageOf(version: Version, { payload: form, redact }: MessageForm): ChatMessage {
  const { catalog, kind, id, type } = version;
  const { payload, changes, topics } = redactFor(version, redact);
  const isThin = form === 'thin';
  const attributes = isThin ? {} : attributesOf(kind, payload);
  // The Sandbox and the samples of a test are no business.
  const mark = catalog === 'AWS' ? '' : `[${catalog}] `;
  const name = attributes.title ?? attributes.customerName ?? id;
  const { lines, more } = chatChangesOf(changes, payload, !isThin);
  return {
    title: oneLine(`${mark}${headlines[type]}: ${name}`, mostTitleUnits),
    facts: [
      ...factsOf(kind, attributes),
      ...(isThin ? [] : spendOf(kind, payload)),
      { label: 'Id', text: id },
    ],
    // Links are no members of the record, and so no changes.
    lines: [
      ...(isThin ? [] : remindersIn({ ...version, topics }, payload).map(reminderLine)),
      ...lines,
      ...(topics.some(isLinkedTopic) ? [{ label: 'Related records', text: 'changed' }] : []),
    ],
    more,
  };
}

function reminderLine({ name, since }: Reminder): ChatLine {
  return { label: situations[name], text: `since ${valueText(since)}` };
}

function isLinkedTopic(topic: string): boolean {
  return Object.values(linkedTopics).some((linked) => linked === topic);
}

function factsOf(
  kind: RecordKind,
  { customerName, stage, reviewStatus, status, dueOn }: RecordAttributes,
): readonly ChatLine[] {
  return [
    ['Customer', customerName] as const,
    ['Stage', stage] as const,
    ['Review status', reviewStatus] as const,
    ['Status', status] as const,
    [dueLabels[kind], dueOn] as const,
  ].flatMap(([label, value]) => (value === undefined ? [] : [{ label, text: valueText(value) }]));
}

function spendOf(kind: RecordKind, payload: Version['payload']): readonly ChatLine[] {
  const { amount, currency } = summaryMembersOf(kind, payload);
  if (amount === undefined) return [];
  return [{ label: 'Expected spend', text: oneLine(amountText(String(amount), currency), 64) }];
}
