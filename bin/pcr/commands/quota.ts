import type { Command } from 'commander';
import { readPurposes, writePurposes } from '../../../lambdas/quota/purposes.ts';
import { deployedSettings } from '../deployed-settings.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { printDetails } from '../output.ts';
import { type QuotaUse, quotaUse, writeQuotaUse } from '../quota-use.ts';

/** `pcr quota` */
export function addQuotaCommand(command: Command, io: Io): void {
  command
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  pcr quota --json | jq .left')
    .action(async (options: JsonOption) => {
      const relay = await io.relay();
      const reads = await quotaUse(await deployedSettings(relay), relay, io);
      const writes = await writeQuotaUse(relay, io);
      const facts = [...factsOfReads(reads), ...(writes ? factsOfWrites(writes) : [])];
      printDetails({ ...reads, writes }, facts, options, io);
    });
}

function factsOfReads(use: QuotaUse) {
  const { used, left, lastHour, perSecond, closed } = textsOf(use);
  return [
    ['Reads in 24 hours', used],
    ['Left', left],
    ['In the last hour', lastHour],
    ['Most in a second', perSecond],
    // The rest is reserved for invitations, because they expire.
    ['Updates stop at', Math.ceil(readPurposes.record.shareOfDay * use.perDay)],
    ['Reconcile stops at', Math.ceil(readPurposes.reconcile.shareOfDay * use.perDay)],
    ['Closed until', closed],
  ] as const;
}

function factsOfWrites(use: QuotaUse) {
  const { used, left, lastHour, perSecond, closed } = textsOf(use);
  return [
    ['Writes in 24 hours', used],
    ['Writes left', left],
    ['Writes in the last hour', lastHour],
    ['Most writes in a second', perSecond],
    // The rest is reserved for answers to invitations.
    ['Other commands stop at', Math.ceil(writePurposes.command.shareOfDay * use.perDay)],
    ['Writes closed until', closed],
  ] as const;
}

function textsOf({ perSecond, perDay, used, left, closedUntil, hours }: QuotaUse) {
  const [lastHour] = Object.entries(hours).toSorted(([a], [b]) => (a < b ? 1 : -1));
  return {
    used: `${used} of ${perDay} (${((100 * used) / perDay).toFixed(1)} %)`,
    left,
    lastHour: lastHour && `${lastHour[1]} (since ${lastHour[0]}:00:00Z)`,
    perSecond,
    closed: closedUntil && `${closedUntil}: Partner Central throttled`,
  };
}
