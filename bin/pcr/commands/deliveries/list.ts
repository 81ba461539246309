import type { Command } from 'commander';
import type { DeliveryEntry, ListedDelivery } from '../../../../lambdas/core/delivery.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { findDeliveries, statusOf } from '../../deliveries/find-deliveries.ts';
import {
  addSelectionOptions,
  type SelectionOptions,
  selectionOf,
} from '../../deliveries/selection-options.ts';
import { firstOf } from '../../first-of.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { printRows } from '../../output.ts';
import type { Cell, Column } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';

interface ListOptions extends SelectionOptions {
  readonly limit: number;
}

/** `pcr deliveries list` */
export function addListCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('list'), io)
    .description('Deliveries, newest first.')
    .option('--limit <number>', 'maximum number of deliveries', wholeNumberValue(1, 10_000), 50)
    .addHelpText(
      'after',
      examples(
        'pcr deliveries list --endpoint ep_crm --status exhausted --since 2d',
        'pcr deliveries list --record O1234567 --json',
      ),
    )
    .action((options: ListOptions) => listDeliveries(options, io));
}

async function listDeliveries(options: ListOptions, io: Io): Promise<void> {
  const { limit } = options;
  const deliveries = findDeliveries(selectionOf(options), await io.relay());
  const { found, hasMore } = await firstOf(deliveries, limit);
  printRows(found, { columns, nothing: 'No such deliveries.' }, options, io);
  if (hasMore) io.note(`There are more than these ${limit}: add --limit, or narrow it down with --since.`);
}

const columns: readonly Column<ListedDelivery>[] = [
  { head: 'DELIVERY', value: ({ id }) => id, cut: 'never' },
  { head: 'STATUS', value: statusOf, isState: true },
  { head: 'ENDPOINT', value: ({ endpointId }) => endpointId, cut: 'never' },
  { head: 'RECORD', value: ifReadable(({ version }) => recordPath(version)), cut: 'never' },
  { head: 'VERSION', value: ifReadable(({ version }) => version.version) },
  { head: 'ATTEMPTS', value: ifReadable(({ attemptNumber }) => attemptNumber) },
  { head: 'ADDED', value: ({ createdAt }) => createdAt },
  { head: 'DUE', value: ifReadable(({ dueAt }) => dueAt) },
  {
    head: 'REASON',
    value: (row) => ('unreadable' in row ? row.unreadable.join('; ') : row.reason),
    cut: 'first',
  },
];

function ifReadable(value: (entry: DeliveryEntry) => Cell): (row: ListedDelivery) => Cell {
  return (row) => ('unreadable' in row ? undefined : value(row));
}
