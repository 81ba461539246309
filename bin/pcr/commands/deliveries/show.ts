import type { Command } from 'commander';
import type { Attempt, DeliveryEntry, ListedDelivery } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { deliveryIdValues } from '../../deliveries/delivery-values.ts';
import { findDeliveriesById } from '../../deliveries/find-deliveries.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Screen } from '../../screen.ts';
import { type Column, details, table } from '../../table.ts';

/** `pcr deliveries show` */
export function addShowCommand(group: Command, io: Io): void {
  group
    .command('show')
    .description(
      'One or more deliveries with every attempt, why it failed, and the first bytes of its answer.',
    )
    .argument('<delivery...>', 'dlv_ and 32 hexadecimal digits', deliveryIdValues)
    .addOption(jsonOption())
    .addHelpText('after', examples('pcr deliveries show dlv_0123456789abcdef0123456789abcdef'))
    .action((ids: readonly DeliveryId[], options: JsonOption) => showDeliveries(ids, options, io));
}

async function showDeliveries(
  ids: readonly DeliveryId[],
  { json = false }: JsonOption,
  io: Io,
): Promise<void> {
  const entries = await findDeliveriesById(ids, await io.relay());
  if (json) printJson(entries.length === 1 ? entries[0] : entries, io);
  else io.print(entries.map((entry) => listedText(entry, io.out)).join('\n\n'));
}

function listedText(entry: ListedDelivery, screen: Screen): string {
  if (!('unreadable' in entry)) return entryText(entry, screen);
  return details(
    [
      ['Delivery', entry.id],
      ['Endpoint', entry.endpointId],
      ['Added', entry.createdAt],
      ['Unreadable', entry.unreadable.join('; ')],
    ],
    screen,
  );
}

function entryText(entry: DeliveryEntry, screen: Screen): string {
  const facts = details(
    [
      ['Delivery', entry.id],
      ['Message', entry.messageId],
      ['Correlation id', entry.correlationId],
      ['Endpoint', entry.endpointId],
      ['Record', recordPath(entry.version)],
      ['Version', entry.version.version],
      ['Status', entry.status],
      ['Reason', entry.reason],
      ['Added', entry.createdAt],
      ['Due', entry.dueAt],
    ],
    screen,
  );
  const { attempts = [] } = entry;
  return attempts.length === 0
    ? `${facts}\n\nNo attempts.`
    : `${facts}\n\n${table(attemptColumns, attempts, screen)}`;
}

const attemptColumns: readonly Column<Attempt>[] = [
  { head: 'ATTEMPT', value: ({ number }) => number },
  { head: 'STARTED', value: ({ startedAt }) => startedAt },
  { head: 'TOOK MS', value: ({ durationMs }) => Math.round(durationMs) },
  { head: 'OUTCOME', value: ({ outcome }) => outcome, isState: true },
  { head: 'HTTP', value: ({ status }) => status },
  { head: 'ANSWER', value: ({ answer }) => answer, cut: 'first' },
  { head: 'REASON', value: ({ reason }) => reason, cut: 'first' },
];
