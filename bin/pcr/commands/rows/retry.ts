import type { Command } from 'commander';
import { deliveryIdIn } from '../../../../lambdas/adapters/delivery-item.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../../lambdas/core/instant.ts';
import { recordTable } from '../../../../lambdas/core/tables.ts';
import { findDeliveriesById } from '../../deliveries/find-deliveries.ts';
import { retryDeliveries, retryIdOf } from '../../deliveries/retry-deliveries.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import type { Relay } from '../../relay.ts';
import { rowProblems } from '../../stores/row-problems.ts';
import { readRow, removeMark, retryFanOut } from '../../stores/unreadable-rows.ts';

/** `pcr rows retry` */
export function addRetryCommand(group: Command, io: Io): void {
  group
    .command('retry')
    .description(
      'Makes a row that was repaired work again: a delivery, the fan-out of a version, or the current item of a record.',
    )
    .argument('<pk>', 'partition key of the row, as `pcr rows list` prints it')
    .argument('<sk>', 'sort key of the row')
    .addHelpText(
      'after',
      `
Repeating it is harmless. A row that is still invalid is not changed.
${examples(
  'pcr rows retry AWS/opportunity/O1234567 version#0000000012',
  'pcr rows retry AWS/opportunity/O1234567 current',
  'pcr rows retry delivery#dlv_0123456789abcdef0123456789abcdef delivery',
)}`,
    )
    .action((pk: string, sk: string) => retryRow(pk, sk, io));
}

async function retryRow(pk: string, sk: string, io: Io): Promise<void> {
  const relay = await io.relay();
  const now = instantOf(io.clock.nowMs());
  const id = deliveryIdIn(pk);
  if (id) await retryDelivery(id, now, relay);
  else await retryItem(pk, sk, now, relay);
  io.print(
    sk === recordTable.currentSortKey
      ? `${pk} is compared with Partner Central again. \`pcr parked redrive\` and \`pcr backfill\` bring the changes that it missed.`
      : `${pk} ${sk} is due now.`,
  );
}

async function retryDelivery(id: DeliveryId, now: Instant, relay: Relay): Promise<void> {
  const entries = await findDeliveriesById([id], relay);
  const [result] = await retryDeliveries(entries, retryIdOf(entries, now), now, relay);
  if (result?.outcome !== 'retried')
    throw new CommandError(`${id} was not changed: ${result?.because ?? ''}.`);
}

async function retryItem(pk: string, sk: string, now: Instant, relay: Relay): Promise<void> {
  const { dynamodb } = relay.clients;
  const table = relay.output('RecordsTableName');
  const item = await readRow(dynamodb, table, { pk, sk });
  if (!item) throw new UsageError(`${pk} ${sk}: it is not in table Records; see \`pcr rows list\``);
  const problems = rowProblems(item, now);
  if (problems.length > 0) throw new CommandError(`${pk} ${sk} was not changed: ${problems.join('; ')}.`);
  const isRetried =
    sk === recordTable.currentSortKey
      ? await removeMark(dynamodb, table, { pk, sk })
      : await retryFanOut(dynamodb, table, { pk, sk }, now);
  if (!isRetried) throw new CommandError(`${pk} ${sk} was not changed: it is not set aside.`);
}
