import { instantOf } from '../core/instant.ts';
import { runIdOf } from '../core/pass.ts';
import { findDueReminders } from '../core/reminder.ts';
import { ServiceError } from '../core/service-error.ts';
import { announceDueReminders } from './announce-reminders.ts';
import type { ReconcileDeps } from './deps.ts';
import { failPass, finishPass, pausePass } from './end-pass.ts';
import type { StartedPass } from './start-pass.ts';
import { tryEach } from './try-each.ts';

/**
 * Announces the reminders that are due. It reads an index of the table, and nothing of Partner
 * Central. What was announced is stored with each opportunity, so a pass that was cut off starts
 * over and does only what is left.
 * @param deadlineMs epoch milliseconds; no opportunity is begun after this time
 */
export async function runReminderPass(
  pass: StartedPass,
  deadlineMs: number,
  deps: ReconcileDeps,
): Promise<void> {
  const { clock, index, timing } = deps;
  const { key, state } = pass;
  const { startedAt } = state.progress;
  const now = instantOf(clock.nowMs());
  const notice = { eventIds: [runIdOf(key, startedAt)], now };
  try {
    const open = await index.findOpenOpportunities(key.catalog);
    const due = open.filter((each) => findDueReminders(each, timing.reminders, now).length > 0);
    const ends = await tryEach(
      due.map((each) => each.key),
      async (opportunity) => {
        if (clock.nowMs() >= deadlineMs) return 'late';
        await announceDueReminders(opportunity, notice, deps);
        return 'done';
      },
      deps,
    );
    if (ends.includes('late')) return await pausePass(pass, 'time', deps);
    await finishPass(pass, { lastFullAt: startedAt }, { ...state.progress, items: open.length }, deps);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await failPass(pass, error, deps);
  }
}
