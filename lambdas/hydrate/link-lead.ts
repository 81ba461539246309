import { contextsIn } from '../core/engagement-context.ts';
import { textAt } from '../core/json.ts';
import { isExact } from '../core/link.ts';
import type { Cause, RecordState } from '../core/version.ts';
import { type LinkableKey, type LinkResult, linkRecords } from '../records/link-records.ts';
import { findInvitations } from '../records/link-to-engagement.ts';
import type { LinkDeps } from './link-engagement.ts';

/** Whether it is an invitation to a lead that this partner has accepted. */
export function isAcceptedLead({ attributes, payload }: RecordState): boolean {
  return attributes.status === 'ACCEPTED' && textAt(payload, 'PayloadType') === 'LeadInvitation';
}

/** Links the invitation to a lead and its engagement, where the lead is worked on. */
export function linkLead(
  invitation: LinkableKey,
  engagement: LinkableKey,
  cause: Cause,
  deps: LinkDeps,
): Promise<LinkResult> {
  return linkRecords(invitation, engagement, 'invitation', cause, deps);
}

/**
 * Links an engagement with a lead to the invitations that led there, and those to the opportunities
 * that were made of the lead. `linkInvitation` does it too: the record that is stored last finds
 * the other one.
 */
export async function linkLeadInvitations(
  engagement: LinkableKey,
  cause: Cause,
  deps: LinkDeps,
): Promise<void> {
  const state = await deps.records.current(engagement);
  if (!state || !hasLead(state)) return;
  if (state.links.some(({ kind }) => kind === 'engagement-invitation')) return;
  const opportunities = state.links.filter((link) => link.kind === 'opportunity' && isExact(link));
  for (const invitation of await findInvitations(engagement, deps)) {
    const stored = await deps.records.current(invitation);
    if (!stored || !isAcceptedLead(stored)) continue;
    await linkLead(invitation, engagement, cause, deps);
    for (const { kind, id, via } of opportunities)
      await linkRecords(invitation, { catalog: engagement.catalog, kind, id }, via, cause, deps);
  }
}

function hasLead({ payload }: RecordState): boolean {
  return contextsIn(payload).some((context) => textAt(context, 'Type') === 'Lead');
}
