import { epochMsOf, type Instant } from './instant.ts';
import { at, type JsonObject } from './json.ts';
import { isEndedStage } from './opportunity-stage.ts';
import { type ReminderName, reminderNameOf, reminderTopicOf } from './reminder-rule.ts';
import { reviewWaitOf, waitingSince } from './review-wait.ts';
import { type Cause, type RecordState, restate, type Version } from './version.ts';

/** A situation of an opportunity that someone should look at. */
export interface Reminder {
  readonly name: ReminderName;
  /** When the situation began. Another beginning is another situation. */
  readonly since: Instant;
}

/** See `ReminderRule`. */
export interface TimedReminderRule {
  readonly name: ReminderName;
  /** How long the situation lasts before the reminder is due. */
  readonly afterMs: number;
}

/** What the reminders of an opportunity depend on. */
export interface ReminderSource
  extends Pick<RecordState, 'lastModifiedAt' | 'waitsSince' | 'announcedReminders' | 'erased'> {
  readonly attributes: Pick<RecordState['attributes'], 'stage' | 'reviewStatus' | 'dueOn'>;
}

/** Returns the reminders that are due and that no version has announced. */
export function findDueReminders(
  state: ReminderSource,
  rules: readonly TimedReminderRule[],
  now: Instant,
): readonly Reminder[] {
  if (state.erased || hasEnded(state)) return [];
  return rules.flatMap(({ name, afterMs }) => {
    const since = beginnings[name](state);
    if (since === undefined || epochMsOf(now) - epochMsOf(since) < afterMs) return [];
    return state.announcedReminders?.[name] === since ? [] : { name, since };
  });
}

/** Makes the version that announces reminders: the same payload under the next number. */
export function announceReminders(
  current: RecordState,
  reminders: readonly Reminder[],
  cause: Cause,
): Version {
  const type = 'opportunity.reminder';
  return restate(current, {
    type,
    topics: [type, ...reminders.map(({ name }) => reminderTopicOf(name))],
    cause,
    announcedReminders: Object.fromEntries(reminders.map(({ name, since }) => [name, since])),
  });
}

/**
 * Returns the reminders that a version announces; none for any other version.
 * @param left what an endpoint gets of the payload: without the member that a reminder is about,
 * the reminder is left out
 */
export function remindersIn(
  { topics, announcedReminders = {} }: Pick<Version, 'topics' | 'announcedReminders'>,
  left: JsonObject,
): readonly Reminder[] {
  return topics.flatMap((topic) => {
    const name = reminderNameOf(topic);
    const since = name && announcedReminders[name];
    return name && since && at(left, ...remindedMembers[name]) !== undefined ? { name, since } : [];
  });
}

/** AWS has closed the opportunity. Its guides also name Disqualified, its model does not. */
const closedReviews = ['Rejected', 'Disqualified'];

function hasEnded({ attributes: { stage, reviewStatus = '' } }: ReminderSource): boolean {
  return isEndedStage(stage) || closedReviews.includes(reviewStatus);
}

/** When each situation began. Undefined if it does not exist, or if that is not known. */
const beginnings: Readonly<Record<ReminderName, (state: ReminderSource) => Instant | undefined>> = {
  close_date_passed: ({ attributes: { dueOn } }) =>
    dueOn === undefined ? undefined : `${dueOn}T00:00:00.000Z`,
  action_required_unanswered: (state) =>
    reviewWaitOf(state.attributes.reviewStatus) === 'partner' ? waitingSince(state) : undefined,
  review_overdue: (state) =>
    reviewWaitOf(state.attributes.reviewStatus) === 'aws' ? waitingSince(state) : undefined,
  idle: ({ lastModifiedAt }) => lastModifiedAt,
};

/** The member of the payload that each reminder is about. */
export const remindedMembers: Readonly<Record<ReminderName, readonly string[]>> = {
  close_date_passed: ['LifeCycle', 'TargetCloseDate'],
  action_required_unanswered: ['LifeCycle', 'ReviewStatus'],
  review_overdue: ['LifeCycle', 'ReviewStatus'],
  idle: ['LastModifiedDate'],
};
