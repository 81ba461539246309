import type { DeliveryEntry } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { findDeliveries } from '../../deliveries/find-deliveries.ts';
import { retryDeliveries, retryIdOf } from '../../deliveries/retry-deliveries.ts';
import { firstOf, type SelectionOptions, selectionOf } from '../../deliveries/selection-options.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { assertConfirmed, type Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import { existingDeliveries } from './show.ts';

/** Those that are named, or else those that the options select, after asking. */
export async function retrySelected(
  ids: readonly DeliveryId[],
  options: SelectionOptions & { readonly yes?: boolean },
  io: Io,
): Promise<void> {
  const entries = await toRetry(ids, options, io);
  if (entries.length === 0) return io.note('No such deliveries: nothing to retry.');
  const many = counted(entries.length, 'delivery', 'deliveries');
  if (ids.length === 0) await assertConfirmed(io, `Send ${many} once more?`, options);
  await retry(entries, options, io);
}

/** More at once would arrive as one burst. */
const mostRetried = 1_000;

async function toRetry(
  ids: readonly DeliveryId[],
  options: SelectionOptions,
  io: Io,
): Promise<readonly DeliveryEntry[]> {
  const selection = { ...selectionOf(options), statuses: options.status ?? (['exhausted'] as const) };
  const isNarrowed = [options.endpoint, options.record, options.since, options.until, options.status].some(
    (option) => option !== undefined,
  );
  if (ids.length > 0 && isNarrowed)
    throw new UsageError('Allowed: ids of deliveries, or options that select them; not both.');
  if (ids.length > 0) return existingDeliveries(ids, await io.relay());
  if (!isNarrowed)
    throw new UsageError(
      'Which deliveries? Allowed: their ids, or one or more of --endpoint, --status, --record, --since, --until.',
    );
  const entries = await firstOf(findDeliveries(selection, await io.relay()), mostRetried + 1);
  if (entries.length <= mostRetried) return entries;
  throw new UsageError(
    `The options select more than ${mostRetried} deliveries: narrow them down, or use \`pcr replay --failed\`, which keeps to a rate.`,
  );
}

async function retry(entries: readonly DeliveryEntry[], { json }: JsonOption, io: Io): Promise<void> {
  const now = instantOf(io.clock.nowMs());
  const retried = await retryDeliveries(entries, await io.relay(), retryIdOf(entries, now), now);
  const left = retried.filter(({ outcome }) => outcome === 'unchanged');
  if (json) printJson(io, retried);
  else {
    for (const { id, because } of left) io.note(`${id} was left as it is: ${because ?? ''}.`);
    io.print(`${counted(retried.length - left.length, 'delivery', 'deliveries')} will be sent once more.`);
  }
  if (left.length === retried.length) throw new CommandError('Nothing was changed.');
}
