import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';
import type { Link } from './link.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { Topic } from './message-type.ts';
import type { RecordKey, RecordKind } from './record.ts';
import { announceReminders, findDueReminders } from './reminder.ts';
import { type ReminderTopic, reminderNameOf } from './reminder-rule.ts';
import { type ChangeTopic, sampleChanges } from './sample-changes.ts';
import { engagementSample, invitationSample } from './sample-engagements.ts';
import { opportunitySample, summarySample } from './sample-opportunities.ts';
import { daysAfter, relatedIds, type Sample } from './sample-parts.ts';
import { remindedSince, reminderPatch } from './sample-reminders.ts';
import { decide, type RecordState, restate, type Version } from './version.ts';

type RecordTopic = Exclude<Topic, `command.${string}`>;
type CreationTopic = Extract<Topic, `${string}.created`>;
type RemindingTopic = ReminderTopic | 'opportunity.reminder';

/** What a version adds to the version before, which has the same payload. */
interface Addition {
  readonly type: Version['type'];
  readonly link?: Link;
}

const additions: Readonly<
  Record<Exclude<RecordTopic, ChangeTopic | CreationTopic | RemindingTopic>, Addition>
> = {
  'opportunity.linked': {
    type: 'opportunity.updated',
    link: { kind: 'engagement-invitation', id: relatedIds.invitation, via: 'acceptance-task' },
  },
  'engagement_invitation.linked': {
    type: 'engagement_invitation.updated',
    link: { kind: 'opportunity', id: relatedIds.opportunity, via: 'acceptance-task' },
  },
  'engagement.linked': {
    type: 'engagement.updated',
    link: { kind: 'opportunity', id: relatedIds.opportunity, via: 'snapshot' },
  },
  'engagement_invitation.expiring': { type: 'engagement_invitation.expiring' },
};

const payloads: Readonly<Record<RecordKind, (sample: Sample) => JsonObject>> = {
  opportunity: opportunitySample,
  'aws-opportunity-summary': summarySample,
  'engagement-invitation': invitationSample,
  engagement: engagementSample,
  // See commandSample.
  command: () => ({}),
};

/** Makes a version of a record of Partner Central that has this type or topic. */
export function recordSample(topic: RecordTopic, key: RecordKey, madeAt: Instant): Version {
  const payload = payloads[key.kind]({ ...key, madeAt });
  if (isCreation(topic)) return observe(undefined, key, payload, madeAt);
  if (isReminding(topic)) return remind(topic, key, payload, madeAt);
  const dayBefore = daysAfter(madeAt, -1);
  if (isChange(topic)) {
    const { before, after } = sampleChanges[topic];
    const former = observe(
      undefined,
      key,
      withTimestamp(applyMergePatch(payload, before), dayBefore),
      dayBefore,
    );
    return observe(former, key, after ? applyMergePatch(payload, after) : payload, madeAt);
  }
  const { type, link } = additions[topic];
  const former = observe(undefined, key, withTimestamp(payload, dayBefore), dayBefore);
  const topics = [...new Set([type, topic])];
  return restate(former, { type, topics, cause: causeAt(madeAt), ...(link && { links: [link] }) });
}

function isCreation(topic: RecordTopic): topic is CreationTopic {
  return topic.endsWith('.created');
}

function isChange(topic: RecordTopic): topic is ChangeTopic {
  return Object.hasOwn(sampleChanges, topic);
}

function isReminding(topic: RecordTopic): topic is RemindingTopic {
  return topic === 'opportunity.reminder' || reminderNameOf(topic) !== undefined;
}

function remind(topic: RemindingTopic, key: RecordKey, usual: JsonObject, madeAt: Instant): Version {
  const name = reminderNameOf(topic) ?? 'close_date_passed';
  const since = remindedSince(madeAt);
  const payload = withTimestamp(applyMergePatch(usual, reminderPatch(name, madeAt)), since);
  const former = observe(undefined, key, payload, since);
  return announceReminders(former, findDueReminders(former, [{ name, afterMs: 0 }], madeAt), causeAt(madeAt));
}

function observe(
  state: RecordState | undefined,
  key: RecordKey,
  payload: JsonObject,
  readAt: Instant,
): Version {
  const solutions = key.kind === 'opportunity' ? [{ id: relatedIds.solution, name: 'Example Platform' }] : [];
  const decision = decide(state, { key, payload, readAt, cause: causeAt(readAt), solutions });
  if (decision.outcome === 'stored') return decision.version;
  throw new TypeError(`the sample of ${key.kind} ${key.id} is ${decision.outcome}`);
}

/** No event is behind a sample. */
function causeAt(eventTime: Instant): Version['cause'] {
  return { detailType: 'Test', eventIds: [], eventTime };
}

/** Sets the time of the last modification where the payload has one. */
function withTimestamp(payload: JsonObject, modifiedAt: Instant): JsonObject {
  const names = ['LastModifiedDate', 'ModifiedAt'].filter((name) => name in payload);
  return { ...payload, ...Object.fromEntries(names.map((name) => [name, modifiedAt])) };
}
