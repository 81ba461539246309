import { commandActions } from '../lambdas/core/command.ts';

export const stagePrefix = 'local';
/**
 * Folder of the template and the bundles of the local stage. Each process has its own, which is
 * removed at its end: another stage of the same checkout would replace the bundles.
 */
export const stageFolder = `cdk.out/${stagePrefix}-${process.pid}`;

/**
 * The read quota of the simulator and the functions: more than a local run uses. AWS grants 10
 * reads per second.
 */
export const localQuota = { perSecond: 1_000, perDay: 100_000 };

/** Every command, and more writes than a local run makes. AWS grants one write per second. */
export const localCommands = {
  commands: commandActions.join(),
  writesPerSecond: 1_000,
  writesPerDay: 100_000,
};

/** Every reminder, after days that run as fast as everything else. */
export const localReminders = {
  reminders: 'close_date_passed,action_required_unanswered:3,review_overdue:10,idle:30',
};
