import type { Attempt, DeliveryEntry } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { findDeliveries } from '../../deliveries/find-deliveries.ts';
import { firstOf, type SelectionOptions, selectionOf } from '../../deliveries/selection-options.ts';
import { UsageError } from '../../errors.ts';
import { fewAtOnce } from '../../few-at-once.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, printJson } from '../../json.ts';
import { printRows } from '../../output.ts';
import type { Relay } from '../../relay.ts';
import { type Column, details, table } from '../../table.ts';

export async function listDeliveries(
  options: SelectionOptions & { readonly limit: number },
  io: Io,
): Promise<void> {
  const { limit } = options;
  const selection = selectionOf(options);
  const entries = await firstOf(findDeliveries(selection, await io.relay()), limit + 1);
  printRows(io, options, entries.slice(0, limit), { columns, nothing: 'No such deliveries.' });
  if (entries.length > limit)
    io.note(`There are more than these ${limit}: add --limit, or narrow it down with --since.`);
}

const columns: readonly Column<DeliveryEntry>[] = [
  { head: 'DELIVERY', value: ({ id }) => id },
  { head: 'ENDPOINT', value: ({ endpointId }) => endpointId },
  { head: 'RECORD', value: ({ version }) => recordPath(version) },
  { head: 'VERSION', value: ({ version }) => version.version },
  { head: 'STATUS', value: ({ status }) => status },
  { head: 'ATTEMPTS', value: ({ attemptNumber }) => attemptNumber },
  { head: 'ADDED', value: ({ createdAt }) => createdAt },
  { head: 'DUE', value: ({ dueAt }) => dueAt },
  { head: 'REASON', value: ({ reason }) => reason },
];

export async function showDeliveries(
  ids: readonly DeliveryId[],
  { json = false }: JsonOption,
  io: Io,
): Promise<void> {
  const entries = await existingDeliveries(ids, await io.relay());
  if (json) printJson(io, entries.length === 1 ? entries[0] : entries);
  else io.print(entries.map(entryText).join('\n\n'));
}

/** @throws UsageError that names every delivery that there is not: then nothing is done with the others either. */
export async function existingDeliveries(
  ids: readonly DeliveryId[],
  { deliveries }: Relay,
): Promise<readonly DeliveryEntry[]> {
  const asked = await fewAtOnce([...new Set(ids)], async (id) => ({ id, entry: await deliveries.find(id) }));
  const missing = asked.filter(({ entry }) => !entry);
  if (missing.length > 0)
    throw new UsageError(
      ...missing.map(
        ({ id }) => `There is no delivery ${id}. Deliveries are kept for 30 days after their last attempt.`,
      ),
    );
  return asked.flatMap(({ entry }) => entry ?? []);
}

function entryText(entry: DeliveryEntry): string {
  const facts = details([
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
  ]);
  const { attempts = [] } = entry;
  return attempts.length === 0
    ? `${facts}\n\nNo attempts.`
    : `${facts}\n\n${table(attemptColumns, attempts)}`;
}

const attemptColumns: readonly Column<Attempt>[] = [
  { head: 'ATTEMPT', value: ({ number }) => number },
  { head: 'STARTED', value: ({ startedAt }) => startedAt },
  { head: 'TOOK MS', value: ({ durationMs }) => Math.round(durationMs) },
  { head: 'OUTCOME', value: ({ outcome }) => outcome },
  { head: 'HTTP', value: ({ status }) => status },
  { head: 'ANSWER', value: ({ answer }) => answer },
];
