import type { Command } from 'commander';
import type { DeliveryId } from '../../../lambdas/core/ids.ts';
import { deliveryIdValues } from '../deliveries/delivery-values.ts';
import { addSelectionOptions, type SelectionOptions } from '../deliveries/selection-options.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption } from '../json.ts';
import { wholeNumberValue } from '../values.ts';
import { retrySelected } from './deliveries/retry.ts';
import { listDeliveries, showDeliveries } from './deliveries/show.ts';

/** `pcr deliveries list|show|retry` */
export function addDeliveriesCommands(program: Command, io: Io): void {
  const group = program
    .command('deliveries')
    .description(
      'What was sent where, how it went, and sending it once more. Deliveries are kept for 30 days.',
    );
  addSelectionOptions(group.command('list'), io)
    .description('Deliveries, newest first.')
    .option('--limit <number>', 'at most so many', wholeNumberValue(1, mostListed), 50)
    .addHelpText('after', listExamples)
    .action((options: SelectionOptions & { readonly limit: number }) => listDeliveries(options, io));
  group
    .command('show')
    .description('One delivery or several, with every attempt and the first bytes of its answer.')
    .argument('<delivery...>', 'dlv_ and 32 hexadecimal digits', deliveryIdValues)
    .addOption(jsonOption())
    .addHelpText('after', showExamples)
    .action((ids: readonly DeliveryId[], options: JsonOption) => showDeliveries(ids, options, io));
  addSelectionOptions(group.command('retry'), io)
    .description('Sends ended deliveries once more, at once, with a new schedule and the same webhook-id.')
    .argument('[delivery...]', 'which ones; without, all that the options select', deliveryIdValues)
    .option('--yes', 'do not ask')
    .addHelpText('after', retryExamples)
    .action((ids: readonly DeliveryId[] = [], options: SelectionOptions & { readonly yes?: boolean }) =>
      retrySelected(ids, options, io),
    );
}

const mostListed = 10_000;

const listExamples = `
Examples:
  pcr deliveries list --endpoint ep_crm --status exhausted --since 2d
  pcr deliveries list --record O1234567 --json`;

const showExamples = `
Examples:
  pcr deliveries show dlv_0123456789abcdef0123456789abcdef`;

const retryExamples = `
Without --status, exhausted deliveries are selected. Many messages are better sent by \`pcr replay\`, which keeps to a rate,
and to the order of versions where the endpoint wants it.

Examples:
  pcr deliveries retry dlv_0123456789abcdef0123456789abcdef
  pcr deliveries retry --endpoint ep_crm --since 12h`;
