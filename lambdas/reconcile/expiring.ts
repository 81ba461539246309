import { correlationIdOf } from '../core/correlation.ts';
import { addMs, type Instant, instantOf } from '../core/instant.ts';
import { reconciledDetailTypes } from '../core/partner-event.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import { type RecordState, restate, type Version } from '../core/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { ReconcileMetric } from './contract.ts';
import type { Timing } from './timing.ts';

export interface Expiring {
  readonly records: Pick<RecordStore, 'current' | 'append'>;
  readonly clock: Clock;
  readonly timing: Pick<Timing, 'outboxGraceMs'>;
  readonly log: Log;
  readonly metrics: Metrics<ReconcileMetric>;
}

/** Why and as of when an invitation is announced. */
export interface Notice {
  readonly eventIds: readonly string[];
  readonly now: Instant;
  /** Expirations up to then are near. */
  readonly until: Instant;
}

/** A writer that loses so many races in a row meets a crowd: it had better come back later. */
const mostRaces = 8;
const contendedMs = 2_000;

/**
 * Announces a pending invitation as a version of its own, once for each expiration date.
 * @returns whether it had to be announced.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function tellExpiring(key: RecordKey, notice: Notice, deps: Expiring): Promise<boolean> {
  const { records, clock, timing, log, metrics } = deps;
  for (let race = 0; race < mostRaces; race += 1) {
    const current = await records.current(key);
    const version = current && announcementOf(current, notice);
    if (!version) return false;
    const outboxDueAt = addMs(instantOf(clock.nowMs()), timing.outboxGraceMs);
    if ((await records.append(current, version, outboxDueAt)) === 'stored') {
      metrics.count('InvitationsExpiring');
      log.info('invitation.announced', {
        correlationId: correlationIdOf(version),
        record: recordPath(key),
        dueOn: version.announcedExpiration,
      });
      return true;
    }
  }
  throw new ServiceError('store.contended', { record: recordPath(key) }, { retry: laterAfter(contendedMs) });
}

function announcementOf(current: RecordState, { eventIds, now, until }: Notice): Version | undefined {
  const { status, dueOn } = current.attributes;
  const isNear = dueOn !== undefined && dueOn > now && dueOn <= until;
  if (status !== 'PENDING' || !isNear || current.announcedExpiration === dueOn) return undefined;
  const type = 'engagement_invitation.expiring';
  const cause = { detailType: reconciledDetailTypes['engagement-invitation'], eventIds, eventTime: now };
  return restate(current, { type, topics: [type], cause, announcedExpiration: dueOn });
}
