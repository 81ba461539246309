import { correlationIdOf } from '../core/correlation.ts';
import { reconciledDetailTypes } from '../core/partner-event.ts';
import { type RecordKey, recordPath } from '../core/record.ts';
import { announceReminders, findDueReminders } from '../core/reminder.ts';
import { tryAppend } from '../records/append.ts';
import { withOptimisticLock } from '../records/optimistic-lock.ts';
import type { Notice } from './announce-expiring.ts';
import type { ReconcileDeps } from './deps.ts';

/**
 * Announces the reminders of an opportunity that are due: appends one version for all of them, once
 * for each situation.
 * @throws ServiceError `store.unavailable`, `store.contended` (later), `store.refused` (never).
 */
export async function announceDueReminders(
  key: RecordKey,
  { eventIds, now }: Pick<Notice, 'eventIds' | 'now'>,
  { records, clock, timing, log, metrics }: ReconcileDeps,
): Promise<void> {
  const deps = { records, clock, outboxGraceMs: timing.outboxGraceMs };
  const cause = { detailType: reconciledDetailTypes.opportunity, eventIds, eventTime: now };
  const known = await records.current(key);
  await withOptimisticLock(key, known, records, async (current) => {
    const reminders = current ? findDueReminders(current, timing.reminders, now) : [];
    if (!current || reminders.length === 0) return 'unchanged';
    const version = announceReminders(current, reminders, cause);
    if (!(await tryAppend(current, version, deps))) return undefined;
    metrics.count('RemindersAnnounced', reminders.length);
    log.info('opportunity.reminded', {
      correlationId: correlationIdOf(version),
      record: recordPath(key),
      reminders: reminders.map(({ name }) => name),
    });
    return 'announced';
  });
}
