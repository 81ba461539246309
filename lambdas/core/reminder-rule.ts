import * as v from 'valibot';
import { commaSeparated, type ValueSchema } from './value-schema.ts';

/** The reminders, named as in their topics and in the setting `relay:reminders`. */
export const reminderNames = [
  'close_date_passed',
  'action_required_unanswered',
  'review_overdue',
  'idle',
] as const;
export type ReminderName = (typeof reminderNames)[number];

/** Switches a reminder on. */
export interface ReminderRule {
  readonly name: ReminderName;
  /** How long the situation lasts before the reminder is due. */
  readonly days: number;
}

/** The day after the target close date. */
const closeDateDays = 1;

/**
 * Reads `close_date_passed`, or the name of another reminder with 1 to 999 days, such as `idle:30`.
 * Returns undefined for any other text.
 */
export function readReminderRule(text: string): ReminderRule | undefined {
  const [first, days, ...rest] = text.split(':');
  const name = reminderNames.find((known) => known === first);
  if (name === undefined || rest.length > 0) return undefined;
  if (name === 'close_date_passed') return days === undefined ? { name, days: closeDateDays } : undefined;
  return days !== undefined && /^[1-9]\d{0,2}$/.test(days) ? { name, days: Number(days) } : undefined;
}

/** What `readReminderRule` reads, for errors. */
export const reminderRuleText =
  'close_date_passed, action_required_unanswered:<days>, review_overdue:<days> or idle:<days>, with 1 to 999 days';

/** The rules of a deployment, separated by commas. */
export const reminderRules = /* @__PURE__ */ commaSeparatedRules();

function commaSeparatedRules(): ValueSchema<readonly ReminderRule[]> {
  const schema = v.pipe(
    v.string(reminderRuleText),
    v.transform(readReminderRule),
    v.custom<ReminderRule>((rule) => rule !== undefined, reminderRuleText),
  );
  const allowed = `one or more of ${reminderRuleText}, separated by commas`;
  return commaSeparated({ allowed: reminderRuleText, schema }, allowed, 1);
}

export type ReminderTopic = `opportunity.${ReminderName}`;

export function reminderTopicOf(name: ReminderName): ReminderTopic {
  return `opportunity.${name}`;
}

export const reminderTopics = reminderNames.map(reminderTopicOf);

/** Returns the reminder that a topic is about; undefined for any other topic. */
export function reminderNameOf(topic: string): ReminderName | undefined {
  return reminderNames.find((name) => topic === reminderTopicOf(name));
}
