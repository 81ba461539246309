import { definitionOf } from '../core/action-definitions.ts';
import { commandDetailType } from '../core/command-version.ts';
import { addMs } from '../core/instant.ts';
import { isFailure } from '../core/service-error.ts';
import { linkToEngagement } from '../records/link-to-engagement.ts';
import type { ActDeps } from './deps.ts';
import { logFields } from './end-command.ts';
import { readRecord } from './read-target.ts';
import { type CommandWork, type LineWork, nowOf, type Rest, restFor } from './work.ts';

/**
 * Reads and stores the opportunity that a task has made, and links it to the engagement and to the
 * invitations that led there. Safe to repeat, so a crash before the end of the command costs
 * nothing. Does nothing for tasks whose opportunity `hydrate` links.
 * @returns when to look again if the opportunity cannot be read yet
 */
export async function linkCreated(
  work: LineWork,
  { ticket, state }: CommandWork,
  opportunityId: string | undefined,
  deps: ActDeps,
): Promise<Rest | undefined> {
  const via = definitionOf(state.action).task?.linkedVia;
  const { catalog, id, openCall } = work.claimed.line;
  if (via === undefined || opportunityId === undefined) return undefined;
  const opportunity = { catalog, kind: 'opportunity', id: opportunityId } as const;
  const read = await readRecord(opportunity, ticket.commandId, deps);
  if (read.kind === 'refused') {
    const isNew = openCall && nowOf(deps) < addMs(openCall.beganAt, deps.callMs);
    if (isNew && isFailure(read.refusal, 'partner-central.not-found')) return restFor('task', deps);
    // Its event brings it: what AWS has done is not undone by a read that fails.
    deps.log.warn('link.failed', { ...logFields(work, ticket), opportunityId, code: read.refusal.code });
    return undefined;
  }
  const cause = { detailType: commandDetailType, eventIds: [ticket.commandId], eventTime: nowOf(deps) };
  await linkToEngagement({ catalog, kind: 'engagement', id }, opportunity, via, cause, deps);
  return undefined;
}
