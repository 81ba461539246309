import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import {
  type Answer,
  addEnd,
  answerOf,
  type Expectation,
  handled,
  type ListedRecord,
  type RecordEvent,
  store,
} from './answers.ts';
import { ownSnapshotOf } from './event-end.ts';

type ExpectRecord = (
  key: RecordKey,
  events: readonly RecordEvent[],
  listed: readonly ListedRecord[],
  world: Expectation,
) => void;

/** Adds what the recordings say about a record and its events. Opportunities come first. */
export const expectRecord: Readonly<
  Record<'opportunity' | 'engagement-invitation' | 'engagement', ExpectRecord>
> = {
  opportunity: expectOpportunity,
  'engagement-invitation': expectInvitation,
  engagement: expectEngagement,
};

/** AWS makes a summary when an opportunity is submitted: before that, the summary is not read. */
function expectOpportunity(
  key: RecordKey,
  events: readonly RecordEvent[],
  _listed: readonly ListedRecord[],
  world: Expectation,
): void {
  const read = answerOf('GetOpportunity', key.id, world);
  if ('refused' in read) return addEnd(events, read.refused, world);
  store(key, read.body, world);
  if (textAt(read.body, 'LifeCycle', 'ReviewStatus') === 'Pending Submission')
    return addEnd(events, handled, world);
  const summary = answerOf('GetAwsOpportunitySummary', key.id, world);
  if ('body' in summary) store({ ...key, kind: 'aws-opportunity-summary' }, summary.body, world);
  const isReady = 'body' in summary || summary.refused === 'partner-central.not-found';
  addEnd(events, isReady ? handled : summary.refused, world);
}

/**
 * An event of AWS is believed if the recorded invitation is still pending. If an older event was
 * stored before, the recorded status stays. An invitation that cannot be read ends as a tombstone
 * if an event or a list says that AWS took it away.
 */
function expectInvitation(
  key: RecordKey,
  events: readonly RecordEvent[],
  listed: readonly ListedRecord[],
  world: Expectation,
): void {
  const read = answerOf('GetEngagementInvitation', key.id, world);
  const reported = events.flatMap(({ event }) => statuses.get(textAt(event, 'detail-type') ?? '') ?? []);
  if ('body' in read) {
    const isPending = textAt(read.body, 'Status') === 'PENDING';
    const others = isPending ? reported.map((Status) => ({ ...read.body, Status })) : [];
    store(key, read.body, world, others);
    addEnd(events, handled, world);
    if ([read.body, ...others].some(({ Status }) => Status === 'ACCEPTED'))
      expectTaskLink(key, read.body, events, world);
    return;
  }
  const inLists = listed.flatMap(({ item }) => textAt(item, 'Status') ?? []);
  const endings = [...reported, ...inLists].filter((each) => each === 'REJECTED' || each === 'EXPIRED');
  const tombstones = endings.map((Status) => ({ Id: key.id, Status }));
  const [body, ...alternatives] = tombstones;
  if (body) {
    const known = { body, alternatives, inaccessible: true, neverRead: true };
    world.truth.set(recordPath(key), known);
    addEnd(events, handled, world);
  }
  // An event that comes after the tombstone is over, one that comes before it is parked.
  addEnd(
    events.filter((each) => !isEnding(each)),
    read.refused,
    world,
  );
}

function isEnding({ event }: RecordEvent): boolean {
  return /(Rejected|Expired)$/.test(textAt(event, 'detail-type') ?? '');
}

const statuses: ReadonlyMap<string, string> = new Map([
  ['Engagement Invitation Accepted', 'ACCEPTED'],
  ['Engagement Invitation Rejected', 'REJECTED'],
  ['Engagement Invitation Expired', 'EXPIRED'],
]);

/**
 * AWS's task names the opportunity of an accepted invitation. A link to it waits until it is
 * stored.
 */
function expectTaskLink(
  { catalog, id }: RecordKey,
  body: JsonObject,
  events: readonly RecordEvent[],
  world: Expectation,
): void {
  if (textAt(body, 'PayloadType') !== 'OpportunityInvitation') return;
  const tasks = answerOf('ListEngagementByAcceptingInvitationTasks', id, world);
  const list = 'body' in tasks ? at(tasks.body, 'TaskSummaries') : undefined;
  const opportunityId = (isJsonArray(list) ? list : [])
    .filter((task) => textAt(task, 'TaskStatus') === 'COMPLETE')
    .map((task) => textAt(task, 'OpportunityId') ?? '')
    .find((each) => /^O[0-9]{1,19}$/.test(each));
  if (opportunityId && !isReportedOpportunity(catalog, opportunityId, world))
    addEnd(events, 'link.pending', world);
}

/** Whether an event leads to the opportunity, so that it is stored as soon as anything is. */
function isReportedOpportunity(catalog: string, id: string, { truth, reported }: Expectation): boolean {
  const path = recordPath({ catalog, kind: 'opportunity', id });
  return truth.has(path) && reported.has(path);
}

/**
 * All events of an engagement in one batch end alike: a refusal or a missing link is that of all.
 */
function expectEngagement(
  key: RecordKey,
  events: readonly RecordEvent[],
  _listed: readonly ListedRecord[],
  world: Expectation,
): void {
  const read = readEngagement(key.id, world);
  const own = events.map(({ event }) => ownSnapshotOf(event));
  const isMissing = (id: string | undefined) =>
    id !== undefined && !isReportedOpportunity(key.catalog, id, world);
  if (own.some(isMissing)) addEnd(events, 'link.pending', world);
  // Only a list leads to the opportunity: it may be stored in time.
  const isCertain = (id: string | undefined) =>
    isMissing(id) &&
    !world.truth.has(recordPath({ catalog: key.catalog, kind: 'opportunity', id: id ?? '' }));
  if ('body' in read) {
    store(key, read.body, world);
    return addEnd(
      events.filter((_event, index) => !isCertain(own[index])),
      handled,
      world,
    );
  }
  addEnd(events, read.refused, world);
  if (isInvitedTo(key.id, world)) addEnd(events, handled, world);
}

function readEngagement(id: string, world: Expectation): Answer {
  const engagement = answerOf('GetEngagement', id, world);
  if ('refused' in engagement) return engagement;
  const members = answerOf('ListEngagementMembers', id, world);
  if ('refused' in members) return members;
  const list = at(members.body, 'EngagementMemberList');
  const EngagementMemberList = isJsonArray(list) ? list.filter(isJsonObject) : [];
  return { body: { ...engagement.body, EngagementMemberList } };
}

/**
 * A partner who is only invited may not read the engagement. Its events are then no failure, and
 * an invitation takes the links.
 */
function isInvitedTo(engagementId: string, { truth }: Expectation): boolean {
  return [...truth].some(
    ([path, { body, neverRead }]) =>
      path.includes('/engagement-invitation/') &&
      (neverRead === true || textAt(body, 'EngagementId') === engagementId),
  );
}
