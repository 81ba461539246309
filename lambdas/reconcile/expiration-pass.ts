import { addMs, epochMsOf, type Instant, instantOf, parseInstant } from '../core/instant.ts';
import { runIdOf } from '../core/pass.ts';
import type { RecordKey } from '../core/record.ts';
import { ServiceError } from '../core/service-error.ts';
import type { RecordState } from '../core/version.ts';
import { announceExpiring } from './announce-expiring.ts';
import type { ReconcileDeps } from './deps.ts';
import { failPass, finishPass } from './end-pass.ts';
import { sendFindings } from './send-findings.ts';
import type { StartedPass } from './start-pass.ts';
import type { Timing } from './timing.ts';
import { tryEach } from './try-each.ts';

/**
 * Has invitations read again that should have expired, and announces pending invitations that
 * expire soon.
 */
export async function runExpirationPass(pass: StartedPass, deps: ReconcileDeps): Promise<void> {
  const { key, state } = pass;
  const { startedAt } = state.progress;
  const now = instantOf(deps.clock.nowMs());
  try {
    const overdue = await findOverdueInvitations(key.catalog, now, deps);
    const listed = { status: 'EXPIRED', presumed: true, drift: true };
    const findings = overdue.map(({ catalog, id }) => {
      return { catalog, kind: 'engagement-invitation', id, listed } as const;
    });
    await sendFindings(key, startedAt, now, findings, deps);
    const expiring = await announceAllExpiring(pass, now, deps);
    const progress = {
      ...state.progress,
      items: findings.length + expiring,
      findings: findings.length,
      changes: findings.length,
    };
    await finishPass(pass, { lastFullAt: startedAt }, progress, deps);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await failPass(pass, error, deps);
  }
}

const firstDay: Instant = '0000-01-01T00:00:00.000Z';
/**
 * The most invitations in the queue, including those that wait already. The rest follows with the
 * next pass.
 */
const maxQueued = 200;

/**
 * Looks into the table before it has invitations read: one that AWS keeps pending permanently then
 * costs one read a day, not one an hour.
 */
async function findOverdueInvitations(
  catalog: string,
  now: Instant,
  deps: ReconcileDeps,
): Promise<readonly RecordKey[]> {
  const { index, records, feeds, timing } = deps;
  const keys = await index.findPendingInvitations(catalog, firstDay, addMs(now, -timing.overdueMs));
  if (keys.length === 0) return [];
  const room = maxQueued - (await feeds['engagement-invitation'].queue.depth());
  const states = await tryEach(keys, (key) => records.current(key), deps);
  const overdue = states.flatMap((state) => (state && isDueForRead(state, now, timing) ? [state] : []));
  return overdue.slice(0, Math.max(room, 0));
}

/** Whether the invitation was read neither since it should have expired nor in the last day. */
function isDueForRead(
  { readAt, attributes: { status, dueOn } }: RecordState,
  now: Instant,
  { overdueMs, rereadMs }: Timing,
): boolean {
  const dueAt = parseInstant(dueOn);
  if (status !== 'PENDING' || dueAt === undefined) return false;
  return readAt < addMs(dueAt, overdueMs) || epochMsOf(now) - epochMsOf(readAt) >= rereadMs;
}

/** @returns the number of pending invitations that expire soon. */
async function announceAllExpiring(pass: StartedPass, now: Instant, deps: ReconcileDeps): Promise<number> {
  const { index, timing } = deps;
  if (timing.expiringMs === 0) return 0;
  const { catalog } = pass.key;
  const until = addMs(now, timing.expiringMs);
  const keys = await index.findPendingInvitations(catalog, now, until);
  const notice = { eventIds: [runIdOf(pass.key, pass.state.progress.startedAt)], now, until };
  await tryEach(keys, (key) => announceExpiring(key, notice, deps), deps);
  return keys.length;
}
