import type { InvitationEvent } from '../core/partner-event.ts';
import { redactIfTakenAway } from '../core/redaction.ts';
import type { HydrationResult } from './hydrate-deps.ts';
import { applyReportedStatus, type HydrateInvitationDeps } from './hydrate-invitation.ts';
import { type EarlyReadDeps, readRecordEarly } from './read-early.ts';

/**
 * Reads an invitation early, without its links. A refusal makes no tombstone yet.
 * @param events all about one invitation.
 * @throws ServiceError `partner-central.*`, `store.*`, `quota.waiting`.
 */
export async function* readInvitationEarly(
  events: readonly [InvitationEvent, ...InvitationEvent[]],
  deps: Pick<HydrateInvitationDeps, 'redactRejected'> & EarlyReadDeps,
): AsyncGenerator<HydrationResult> {
  const [{ key }] = events;
  const read = async () => {
    const answer = await deps.partnerCentral.getEngagementInvitation(key.catalog, key.id);
    const payload = applyReportedStatus(answer, events, deps);
    return { content: redactIfTakenAway({ payload }, deps.redactRejected) };
  };
  const invitation = await readRecordEarly(key, await deps.records.current(key), events, read, deps);
  if (invitation) yield invitation;
}
