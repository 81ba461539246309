import { correlationIdOf } from '../core/correlation.ts';
import type { Instant } from '../core/instant.ts';
import { reconciledDetailTypes } from '../core/partner-event.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { type RecordState, restate, type Version } from '../core/version.ts';
import { tryAppend } from '../records/append.ts';
import { withOptimisticLock } from '../records/optimistic-lock.ts';
import type { ReconcileDeps } from './deps.ts';

/** Why and when invitations are announced. */
export interface Notice {
  readonly eventIds: readonly string[];
  readonly now: Instant;
  /** Invitations that expire up to this time are announced. */
  readonly until: Instant;
}

/**
 * Announces a pending invitation that expires soon: appends a version, once for each expiration
 * date.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function announceExpiring(
  key: RecordKey,
  notice: Notice,
  { records, clock, timing, log, metrics }: ReconcileDeps,
): Promise<void> {
  const deps = { records, clock, outboxGraceMs: timing.outboxGraceMs };
  const known = await records.current(key);
  await withOptimisticLock(key, known, records, async (current) => {
    const version = current && announcementOf(current, notice);
    if (!version) return 'unchanged';
    if (!(await tryAppend(current, version, deps))) return undefined;
    metrics.count('InvitationsExpiring');
    log.info('invitation.announced', {
      correlationId: correlationIdOf(version),
      record: recordPath(key),
      dueOn: version.announcedExpiration,
    });
    return 'announced';
  });
}

/**
 * Returns undefined if the invitation does not expire soon, or if its expiration is announced
 * already.
 */
function announcementOf(current: RecordState, { eventIds, now, until }: Notice): Version | undefined {
  const { status, dueOn } = current.attributes;
  const isNear = dueOn !== undefined && dueOn > now && dueOn <= until;
  if (status !== 'PENDING' || !isNear || current.announcedExpiration === dueOn) return undefined;
  const type = 'engagement_invitation.expiring';
  const cause = { detailType: reconciledDetailTypes['engagement-invitation'], eventIds, eventTime: now };
  return restate(current, { type, topics: [type], cause, announcedExpiration: dueOn });
}
