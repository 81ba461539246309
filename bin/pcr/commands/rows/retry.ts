import type { Command } from 'commander';
import { deliveryIdIn } from '../../../../lambdas/adapters/delivery-item.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { type PartnerRecordKind, parseRecordPath } from '../../../../lambdas/core/record.ts';
import { recordTable } from '../../../../lambdas/core/tables.ts';
import { CommandError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import type { ParkedQueueName } from '../../parked/parked-queues.ts';
import { retryRow } from '../../rows/retry-row.ts';

/** `pcr rows retry` */
export function addRetryCommand(group: Command, io: Io): void {
  group
    .command('retry')
    .description(
      'Makes a row that was repaired work again: a delivery, a line of commands, the fan-out of a version, or the current item of a record.',
    )
    .argument('<pk>', 'partition key of the row, as `pcr rows list` prints it')
    .argument('<sk>', 'sort key of the row')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Repeating it is harmless. A row that is still invalid is not changed.
${examples(
  'pcr rows retry AWS/opportunity/O1234567 version#0000000012',
  'pcr rows retry AWS/opportunity/O1234567 current',
  'pcr rows retry delivery#dlv_0123456789abcdef0123456789abcdef delivery',
  'pcr rows retry line#AWS/opportunity/O1234567 line',
)}`,
    )
    .action((pk: string, sk: string, options: JsonOption) => retry(pk, sk, options, io));
}

async function retry(pk: string, sk: string, options: JsonOption, io: Io): Promise<void> {
  const relay = await io.relay();
  const deps = {
    ...relay,
    dynamodb: relay.clients.dynamodb,
    recordsTable: relay.output('RecordsTableName'),
    webhooksTable: relay.output('WebhooksTableName'),
  };
  const because = await retryRow({ pk, sk }, instantOf(io.clock.nowMs()), deps);
  const name = deliveryIdIn(pk) ?? `${pk} ${sk}`;
  if (because !== undefined) throw new CommandError(`${name} was not changed: ${because}.`);
  const kind = sk === recordTable.currentSortKey ? parseRecordPath(pk)?.kind : undefined;
  const done =
    kind !== undefined && kind !== 'command'
      ? `${pk} is compared with Partner Central again. Changes that it missed: \`pcr parked redrive --queue ${eventQueues[kind]} --all\`, and \`pcr backfill\`.`
      : `${pk} ${sk} is due now.`;
  printDone({ pk, sk }, done, options, io);
}

/** Where events about records of a kind wait. */
const eventQueues: Readonly<Record<PartnerRecordKind, ParkedQueueName>> = {
  opportunity: 'opportunity',
  'aws-opportunity-summary': 'opportunity',
  'engagement-invitation': 'invitation',
  engagement: 'engagement',
};
