import { textAt } from '../core/json.ts';
import { isExact, type Link } from '../core/link.ts';
import { isOpportunityId, type PartnerEvent } from '../core/partner-event.ts';
import type { RecordState } from '../core/version.ts';
import { type LinkableKey, linkRecords } from '../records/link-records.ts';
import { linkToEngagement, mergeLinkResults } from '../records/link-to-engagement.ts';
import { readOrRefusal } from '../records/read-or-refusal.ts';
import { causeOf } from './events.ts';
import type { HydrateDeps } from './hydrate-deps.ts';
import { type LinkDeps, retryUntilStored, retryWhileFresh } from './link-engagement.ts';
import { isAcceptedLead, linkLead } from './link-lead.ts';

/**
 * Links the current state of an invitation to its opportunity, known from the first of these that
 * names one: its own links (another worker may have ended half-way), the links of its engagement,
 * AWS's acceptance task, and last, as a guess, the only opportunity with the same title and
 * customer.
 * @returns the number of reads of Partner Central.
 * @throws ServiceError `link.pending` (later) while an event is fresh and a related record is not
 *   stored; `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function linkInvitation(
  key: LinkableKey,
  events: readonly PartnerEvent[],
  deps: LinkDeps,
): Promise<number> {
  const state = await deps.records.current(key);
  if (!state) return 0;
  const engagement = engagementOf(state);
  if (engagement && isAcceptedLead(state)) {
    const { missing } = await linkLead(key, engagement, causeOf(events), deps);
    const sentByAws = events.filter(({ listed }) => !listed);
    retryWhileFresh(missing, sentByAws, deps);
  }
  const known = await findKnownOpportunities(state, deps);
  if (known.length > 0) {
    await linkExactly(key, state, known, events, deps);
    return 0;
  }
  const isAccepted = state.attributes.status === 'ACCEPTED';
  if (!isAccepted || textAt(state.payload, 'PayloadType') !== 'OpportunityInvitation') return 0;
  const task = await readAcceptanceTask(key, deps);
  if (task.opportunityId) {
    const link: Link = { kind: 'opportunity', id: task.opportunityId, via: 'acceptance-task' };
    await linkExactly(key, state, [link], events, deps);
  } else {
    // A running task will soon name the opportunity exactly.
    if (task.isRunning) retryWhileFresh([key], events, deps);
    await linkByTitle(key, state, events, deps);
  }
  return 1;
}

/** Returns the invitation's own exact links, else those of its engagement. */
async function findKnownOpportunities(state: RecordState, { records }: HydrateDeps): Promise<Link[]> {
  const own = exactOpportunities(state);
  const engagement = engagementOf(state);
  if (own.length > 0 || !engagement) return own;
  return exactOpportunities(await records.current(engagement));
}

function exactOpportunities(state: RecordState | undefined): Link[] {
  return state?.links.filter((link) => link.kind === 'opportunity' && isExact(link)) ?? [];
}

function engagementOf({ catalog, attributes }: RecordState): LinkableKey | undefined {
  return attributes.engagementId ? { catalog, kind: 'engagement', id: attributes.engagementId } : undefined;
}

async function linkExactly(
  key: LinkableKey,
  state: RecordState,
  links: readonly Link[],
  events: readonly PartnerEvent[],
  deps: LinkDeps,
): Promise<void> {
  const cause = causeOf(events);
  const engagement = engagementOf(state);
  const missing: LinkableKey[] = [];
  for (const { kind, id, via } of links) {
    const opportunity = { catalog: key.catalog, kind, id };
    // The invitation comes first: if this worker ends here, the next attempt starts from that link.
    let result = await linkRecords(key, opportunity, via, cause, deps);
    if (engagement && result.missing.length === 0)
      result = mergeLinkResults(result, await linkToEngagement(engagement, opportunity, via, cause, deps));
    missing.push(...result.missing);
  }
  retryUntilStored(missing, events, deps);
}

/**
 * Returns what the task that accepted the invitation made. There is a task only if this account
 * accepted through the API. A refused read means the same as no task.
 */
async function readAcceptanceTask(
  { catalog, id }: LinkableKey,
  { partnerCentral }: HydrateDeps,
): Promise<{ readonly opportunityId?: string | undefined; readonly isRunning: boolean }> {
  // The first page only: one invitation has few tasks.
  const read = await readOrRefusal(() => partnerCentral.listAcceptanceTasks(catalog, id));
  const tasks = 'answer' in read ? read.answer.items : [];
  const opportunityIds = tasks
    .filter((task) => textAt(task, 'TaskStatus') === 'COMPLETE')
    .map((task) => textAt(task, 'OpportunityId'));
  return {
    opportunityId: opportunityIds.find(isOpportunityId),
    isRunning: tasks.some((task) => textAt(task, 'TaskStatus') === 'IN_PROGRESS'),
  };
}

/**
 * Titles are not unique: a guess is made only if exactly one opportunity of that customer has the
 * title, and it is never passed on to the engagement. It stays until an exact link replaces it.
 */
async function linkByTitle(
  key: LinkableKey,
  state: RecordState,
  events: readonly PartnerEvent[],
  deps: LinkDeps,
): Promise<void> {
  const guessed = state.links.find(({ kind }) => kind === 'opportunity');
  const candidates = guessed
    ? [{ catalog: key.catalog, kind: guessed.kind, id: guessed.id }]
    : await findCandidates(state, deps);
  if (!candidates) return;
  const [opportunity, another] = candidates;
  // A pass of `reconcile` sends every invitation without a link: retrying those would read the
  // tasks of each many times.
  const sentByAws = events.filter(({ listed }) => !listed);
  if (!opportunity) retryWhileFresh([key], sentByAws, deps);
  if (opportunity && !another) await linkRecords(key, opportunity, 'project-title', causeOf(events), deps);
}

/** Returns undefined if the invitation has no title or no customer to search by. */
async function findCandidates(
  { catalog, attributes, payload }: RecordState,
  { index, records }: LinkDeps,
): Promise<LinkableKey[] | undefined> {
  const title = textAt(payload, 'Payload', 'OpportunityInvitation', 'Project', 'Title');
  if (!title || !attributes.customerName) return undefined;
  const titled = await index.findOpportunitiesByTitle(catalog, attributes.customerName, title);
  const states = await Promise.all(titled.map((each) => records.current(each)));
  return states.flatMap((state) => {
    const isTaken = state?.links.some((link) => link.kind === 'engagement-invitation' && isExact(link));
    return state && !isTaken ? [{ catalog, kind: 'opportunity', id: state.id }] : [];
  });
}
