import type { Command } from 'commander';
import { sharesOfDay } from '../../../lambdas/quota/reserve-permits.ts';
import { deployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { printDetails } from '../output.ts';
import { type QuotaUse, quotaUse } from '../quota-use.ts';

/** `pcr quota` */
export function addQuotaCommands(program: Command, io: Io): void {
  program
    .command('quota')
    .description('How much of the read quota of Partner Central this stack has used.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  pcr quota --json | jq .left')
    .action(async (options: JsonOption) => {
      const relay = await io.relay();
      const use = await quotaUse(relay, await deployedSettings(relay), io);
      printDetails(io, options, use, factsOf(use));
    });
}

function factsOf({ perSecond, perDay, used, left, closedUntil, hours }: QuotaUse) {
  const [lastHour] = Object.entries(hours).toSorted(([a], [b]) => (a < b ? 1 : -1));
  return [
    ['Reads in 24 hours', `${used} of ${perDay} (${((100 * used) / perDay).toFixed(1)} %)`],
    ['Left', left],
    ['In the newest hour', lastHour && `${lastHour[1]} (${lastHour[0]} UTC)`],
    ['Most in a second', perSecond],
    // The rest is kept for invitations, which expire.
    ['Updates stop at', Math.ceil(sharesOfDay.record * perDay)],
    ['Reconcile stops at', Math.ceil(sharesOfDay.reconcile * perDay)],
    ['Closed until', closedUntil && `${closedUntil}: Partner Central throttled`],
  ] as const;
}
