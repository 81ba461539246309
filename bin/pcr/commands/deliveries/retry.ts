import type { Command } from 'commander';
import type { ListedDelivery } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { deliveryIdValues } from '../../deliveries/delivery-values.ts';
import { findDeliveries, findDeliveriesById } from '../../deliveries/find-deliveries.ts';
import { retryDeliveries, retryIdOf } from '../../deliveries/retry-deliveries.ts';
import {
  addSelectionOptions,
  type SelectionOptions,
  selectionOf,
} from '../../deliveries/selection-options.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { firstOf } from '../../first-of.ts';
import { examples } from '../../help.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';

interface RetryOptions extends SelectionOptions {
  readonly yes?: boolean;
}

/** `pcr deliveries retry` */
export function addRetryCommand(group: Command, io: Io): void {
  addSelectionOptions(group.command('retry'), io)
    .description('Sends finished deliveries again, at once, with a new schedule and the same webhook-id.')
    .argument('[delivery...]', 'ids; default: all that the options select', deliveryIdValues)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
Without --status, exhausted deliveries are selected. For many messages use \`pcr
replay\`: it limits the rate, and keeps the order of versions if the endpoint
requires it.
${examples(
  'pcr deliveries retry dlv_0123456789abcdef0123456789abcdef',
  'pcr deliveries retry --endpoint ep_crm --since 12h',
)}`,
    )
    .action((ids: readonly DeliveryId[] = [], options: RetryOptions) => retrySelected(ids, options, io));
}

async function retrySelected(ids: readonly DeliveryId[], options: RetryOptions, io: Io): Promise<void> {
  const entries = await select(ids, options, io);
  if (entries.length === 0) return io.note('No such deliveries: nothing to retry.');
  const many = counted(entries.length, 'delivery', 'deliveries');
  if (ids.length === 0) await assertConfirmed(`Send ${many} again?`, options, io);
  await retry(entries, options, io);
}

/** A larger number would arrive as one burst. */
const mostRetried = 1_000;

async function select(
  ids: readonly DeliveryId[],
  options: SelectionOptions,
  io: Io,
): Promise<readonly ListedDelivery[]> {
  const selection = { ...selectionOf(options), statuses: options.status ?? (['exhausted'] as const) };
  const isNarrowed = [options.endpoint, options.record, options.since, options.until, options.status].some(
    (option) => option !== undefined,
  );
  if (ids.length > 0 && isNarrowed)
    throw new UsageError('Allowed: ids of deliveries, or options that select them; not both.');
  if (ids.length > 0) return findDeliveriesById(ids, await io.relay());
  if (!isNarrowed)
    throw new UsageError(
      'Which deliveries? Allowed: their ids, or one or more of --endpoint, --status, --record, --since, --until.',
    );
  const { found, hasMore } = await firstOf(findDeliveries(selection, await io.relay()), mostRetried);
  if (!hasMore) return found;
  throw new UsageError(
    `The options select more than ${mostRetried} deliveries: narrow them down, or use \`pcr replay\`, which limits the rate.`,
  );
}

async function retry(entries: readonly ListedDelivery[], { json }: JsonOption, io: Io): Promise<void> {
  const now = instantOf(io.clock.nowMs());
  const results = await retryDeliveries(entries, retryIdOf(entries, now), now, await io.relay());
  const unchanged = results.filter(({ outcome }) => outcome === 'unchanged');
  for (const { id, because } of unchanged) io.note(`${id} was not changed: ${because ?? ''}.`);
  if (json) printJson(results, io);
  else
    io.print(`${counted(results.length - unchanged.length, 'delivery', 'deliveries')} will be sent again.`);
  if (unchanged.length === results.length) throw new CommandError('Nothing was changed.');
}
