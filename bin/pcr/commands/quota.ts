import type { Command } from 'commander';
import { readPurposes } from '../../../lambdas/quota/purposes.ts';
import { deployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { printDetails } from '../output.ts';
import { type QuotaUse, quotaUse } from '../quota-use.ts';

/** `pcr quota` */
export function addQuotaCommand(program: Command, io: Io): void {
  program
    .command('quota')
    .description('How much of the read quota of Partner Central this stack has used.')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  pcr quota --json | jq .left')
    .action(async (options: JsonOption) => {
      const relay = await io.relay();
      const use = await quotaUse(await deployedSettings(relay), relay, io);
      printDetails(use, factsOf(use), options, io);
    });
}

function factsOf({ perSecond, perDay, used, left, closedUntil, hours }: QuotaUse) {
  const [lastHour] = Object.entries(hours).toSorted(([a], [b]) => (a < b ? 1 : -1));
  return [
    ['Reads in 24 hours', `${used} of ${perDay} (${((100 * used) / perDay).toFixed(1)} %)`],
    ['Left', left],
    ['In the last hour', lastHour && `${lastHour[1]} (${lastHour[0]} UTC)`],
    ['Most in a second', perSecond],
    // The rest is reserved for invitations, because they expire.
    ['Updates stop at', Math.ceil(readPurposes.record.shareOfDay * perDay)],
    ['Reconcile stops at', Math.ceil(readPurposes.reconcile.shareOfDay * perDay)],
    ['Closed until', closedUntil && `${closedUntil}: Partner Central throttled`],
  ] as const;
}
