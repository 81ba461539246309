import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { ReminderName } from './reminder-rule.ts';
import { daysAfter } from './sample-parts.ts';

/** When the opportunity of a reminder changed for the last time. */
export function remindedSince(madeAt: Instant): Instant {
  return daysAfter(madeAt, -31);
}

/** What the usual sample of an opportunity needs for a reminder, as a JSON merge patch. */
export function reminderPatch(name: ReminderName, madeAt: Instant): JsonObject {
  const CreatedDate = `${daysAfter(madeAt, -60).slice(0, 19)}Z`;
  return { CreatedDate, LifeCycle: lifeCycles[name](madeAt) };
}

const lifeCycles: Readonly<Record<ReminderName, (madeAt: Instant) => JsonObject>> = {
  close_date_passed: (madeAt) => ({ TargetCloseDate: daysAfter(madeAt, -1).slice(0, 10) }),
  action_required_unanswered: () => ({ ReviewStatus: 'Action Required' }),
  review_overdue: () => ({ ReviewStatus: 'In review' }),
  idle: () => ({}),
};
