import { textAt } from '../core/json.ts';
import { isExact, type Link } from '../core/link.ts';
import { isOpportunityId } from '../core/partner-event.ts';
import type { RecordState } from '../core/version.ts';
import { type LinkableKey, linkRecords } from '../records/link-records.ts';
import { causeOf, type HydrateDeps, type Occasion, readOrRefusal } from './hydrate-deps.ts';
import {
  type LinkDeps,
  linkToEngagement,
  mergeLinkResults,
  retryUntilStored,
  retryWhileFresh,
} from './link-engagement.ts';

/**
 * Links an invitation, as it stands, to its opportunity. In this order: what it was linked to before (a worker may have ended
 * half-way), what its engagement is linked to, what AWS's own task made of it, and at last, as a guess, the one opportunity
 * that bears its title.
 * @returns how many reads of Partner Central it took.
 * @throws ServiceError `link.pending` (later) while an event is fresh and what belongs together is not all stored; of
 *   `partner-central.*` and `store.*`, `quota.waiting`.
 */
export async function linkInvitation(
  key: LinkableKey,
  events: readonly Occasion[],
  hydration: LinkDeps,
): Promise<number> {
  const state = await hydration.records.current(key);
  if (!state) return 0;
  const known = await knownOpportunities(state, hydration);
  if (known.length > 0) {
    await linkExactly(key, state, known, events, hydration);
    return 0;
  }
  const isAccepted = state.attributes.status === 'ACCEPTED';
  if (!isAccepted || textAt(state.payload, 'PayloadType') !== 'OpportunityInvitation') return 0;
  const task = await acceptanceTask(key, hydration);
  if (task.opportunityId) {
    const made: Link = { kind: 'opportunity', id: task.opportunityId, via: 'acceptance-task' };
    await linkExactly(key, state, [made], events, hydration);
  } else {
    // What a task makes is soon known exactly.
    if (task.isRunning) retryWhileFresh([key], events, hydration);
    await linkByTitle(key, state, events, hydration);
  }
  return 1;
}

/** Its own exact links, else those of its engagement. */
async function knownOpportunities(state: RecordState, { records }: HydrateDeps): Promise<Link[]> {
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
  events: readonly Occasion[],
  hydration: LinkDeps,
): Promise<void> {
  const cause = causeOf(events);
  const engagement = engagementOf(state);
  const missing: LinkableKey[] = [];
  for (const { kind, id, via } of links) {
    const opportunity = { catalog: key.catalog, kind, id };
    // Its own first: of two workers' halves this one is what the next attempt starts from.
    let linking = await linkRecords(key, opportunity, via, cause, hydration);
    if (engagement && linking.missing.length === 0)
      linking = mergeLinkResults(
        linking,
        await linkToEngagement(engagement, opportunity, via, cause, hydration),
      );
    missing.push(...linking.missing);
  }
  retryUntilStored(missing, events, hydration);
}

/** The task that accepted an invitation, if this account did so through the API. A refusal means the same as no task. */
async function acceptanceTask(
  { catalog, id }: LinkableKey,
  { partnerCentral }: HydrateDeps,
): Promise<{ readonly opportunityId?: string | undefined; readonly isRunning: boolean }> {
  const read = await readOrRefusal(() => partnerCentral.listAcceptanceTasks(catalog, id));
  const tasks = 'answer' in read ? read.answer.items : [];
  const made = tasks
    .filter((task) => textAt(task, 'TaskStatus') === 'COMPLETE')
    .map((task) => textAt(task, 'OpportunityId'));
  return {
    opportunityId: made.find(isOpportunityId),
    isRunning: tasks.some((task) => textAt(task, 'TaskStatus') === 'IN_PROGRESS'),
  };
}

/**
 * A title is not unique: a guess is made only where one opportunity of that customer fits, and never spreads to the engagement.
 * A guess that was made stays until something exact replaces it.
 */
async function linkByTitle(
  key: LinkableKey,
  state: RecordState,
  events: readonly Occasion[],
  hydration: LinkDeps,
): Promise<void> {
  const guessed = state.links.find(({ kind }) => kind === 'opportunity');
  const fitting = guessed
    ? [{ catalog: key.catalog, kind: guessed.kind, id: guessed.id }]
    : await fittingOpportunities(state, hydration);
  if (!fitting) return;
  const [opportunity, another] = fitting;
  // A pass of `reconcile` sends what has no link again: were it to wait here too, each would have its tasks read many times.
  const sentByAws = events.filter(({ listed }) => !listed);
  if (!opportunity) retryWhileFresh([key], sentByAws, hydration);
  if (opportunity && !another)
    await linkRecords(key, opportunity, 'project-title', causeOf(events), hydration);
}

/** Undefined where the invitation says too little of itself to tell. */
async function fittingOpportunities(
  { catalog, attributes, payload }: RecordState,
  { index, records }: LinkDeps,
): Promise<LinkableKey[] | undefined> {
  const title = textAt(payload, 'Payload', 'OpportunityInvitation', 'Project', 'Title');
  if (!title || !attributes.customerName) return undefined;
  const titled = await index.opportunitiesTitled(catalog, attributes.customerName, title);
  const states = await Promise.all(titled.map((each) => records.current(each)));
  return states.flatMap((state) => {
    const isTaken = state?.links.some((link) => link.kind === 'engagement-invitation' && isExact(link));
    return state && !isTaken ? [{ catalog, kind: 'opportunity', id: state.id }] : [];
  });
}
