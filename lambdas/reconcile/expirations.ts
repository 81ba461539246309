import { addMs, epochMsOf, type Instant, instantOf, parseInstant } from '../core/instant.ts';
import { type PassKey, runIdOf } from '../core/pass.ts';
import type { RecordKey } from '../core/record.ts';
import { isFailure, ServiceError } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { failed, finished, type Passing, sendFindings } from './ending.ts';
import { tellExpiring } from './expiring.ts';
import { fewAtOnce } from './few-at-once.ts';
import type { StartedPass } from './start.ts';
import type { Timing } from './timing.ts';

/** What a pass over the expirations in the table needs of the world. */
export interface ExpirationPassing extends Passing {
  readonly index: Pick<RecordIndex, 'findPendingInvitations'>;
  readonly records: Pick<RecordStore, 'current' | 'append'>;
}

/** Has those read again that should have expired, and announces pending invitations that expire soon. */
export async function passOverExpirations(pass: StartedPass, deps: ExpirationPassing): Promise<void> {
  const { key, state } = pass;
  const { startedAt } = state.progress;
  const now = instantOf(deps.clock.nowMs());
  try {
    const overdue = await overdueInvitations(key.catalog, now, deps);
    const listed = { status: 'EXPIRED', presumed: true, drift: true };
    const findings = overdue.map(({ catalog, id }) => {
      return { catalog, kind: 'engagement-invitation', id, listed } as const;
    });
    await sendFindings(key, startedAt, now, findings, deps);
    const items = findings.length + (await announceExpiring(key, startedAt, now, deps));
    const progress = { ...state.progress, items, findings: findings.length, changes: findings.length };
    await finished(pass, { lastFullAt: startedAt }, progress, deps);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await failed(pass, error, deps);
  }
}

/** @returns how many pending invitations expire soon. */
async function announceExpiring(
  key: PassKey,
  startedAt: Instant,
  now: Instant,
  deps: ExpirationPassing,
): Promise<number> {
  const { index, timing } = deps;
  if (timing.expiringMs === 0) return 0;
  const until = addMs(now, timing.expiringMs);
  const keys = await index.findPendingInvitations(key.catalog, now, until);
  const notice = { eventIds: [runIdOf(key, startedAt)], now, until };
  await fewAtOnce(keys, (each) => unlessUnreadable(() => tellExpiring(each, notice, deps)));
  return keys.length;
}

/** The table is asked first, so that one that AWS leaves pending for good costs a read a day and not one an hour. */
async function overdueInvitations(
  catalog: string,
  now: Instant,
  { index, records, feeds, timing }: ExpirationPassing,
): Promise<readonly RecordKey[]> {
  const keys = await index.findPendingInvitations(catalog, firstDay, addMs(now, -timing.overdueMs));
  if (keys.length === 0) return [];
  const room = mostAtOnce - (await feeds['engagement-invitation'].queue.depth());
  const states = await fewAtOnce(keys, (key) => unlessUnreadable(() => records.current(key)));
  const overdue = states.flatMap((state) => (state && wasNotSeen(state, now, timing) ? [state] : []));
  return overdue.slice(0, Math.max(room, 0));
}

/** One item that was edited into nonsense keeps no other from its turn. Whoever works on that record next says so. */
async function unlessUnreadable<Result>(look: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isFailure(error, 'record.unreadable')) return undefined;
    throw error;
  }
}

const firstDay: Instant = '0000-01-01T00:00:00.000Z';
/** Beside what waits in the queue already; the rest comes with the next pass. */
const mostAtOnce = 200;

/** Neither read since it should have expired, nor for a day. */
function wasNotSeen(
  { readAt, attributes: { status, dueOn } }: RecordState,
  now: Instant,
  { overdueMs, lookAgainMs }: Timing,
): boolean {
  const dueAt = parseInstant(dueOn);
  if (status !== 'PENDING' || dueAt === undefined) return false;
  return readAt < addMs(dueAt, overdueMs) || epochMsOf(now) - epochMsOf(readAt) >= lookAgainMs;
}
