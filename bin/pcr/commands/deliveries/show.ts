import type { Command } from 'commander';
import pMap from 'p-map';
import type { Attempt, DeliveryEntry, ListedDelivery } from '../../../../lambdas/core/delivery.ts';
import type { DeliveryId } from '../../../../lambdas/core/ids.ts';
import { stringifyJson } from '../../../../lambdas/core/json-text.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { deliveryIdValues } from '../../deliveries/delivery-values.ts';
import { findDeliveriesById } from '../../deliveries/find-deliveries.ts';
import { type MessageNow, messageNow } from '../../deliveries/message-now.ts';
import { concurrency } from '../../first-of.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import type { Relay } from '../../relay.ts';
import type { Screen } from '../../screen.ts';
import { type Column, details, printable, table } from '../../table.ts';

interface ShowOptions extends JsonOption {
  readonly body?: boolean;
}

/** `pcr deliveries show` */
export function addShowCommand(group: Command, io: Io): void {
  group
    .command('show')
    .description(
      'One or more deliveries with every attempt, why it failed, and the first bytes of its answer.',
    )
    .argument('<delivery...>', 'dlv_ and 32 hexadecimal digits', deliveryIdValues)
    .option('--body', 'with its message, as it would be sent now; never a secret or a header')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'pcr deliveries show dlv_0123456789abcdef0123456789abcdef',
        'pcr deliveries show dlv_0123456789abcdef0123456789abcdef --body --json | jq .body.data',
      ),
    )
    .action((ids: readonly DeliveryId[], options: ShowOptions) => showDeliveries(ids, options, io));
}

async function showDeliveries(
  ids: readonly DeliveryId[],
  { json = false, body = false }: ShowOptions,
  io: Io,
): Promise<void> {
  const relay = await io.relay();
  const entries = await findDeliveriesById(ids, relay);
  const printed = body ? await pMap(entries, (entry) => withMessage(entry, relay), { concurrency }) : entries;
  if (json) printJson(printed.length === 1 ? printed[0] : printed, io);
  else io.print(printed.map((entry) => listedText(entry, io.out)).join('\n\n'));
}

type WithMessage = ListedDelivery & Partial<MessageNow>;

async function withMessage(entry: ListedDelivery, relay: Relay): Promise<WithMessage> {
  return 'unreadable' in entry ? entry : { ...entry, ...(await messageNow(entry, relay)) };
}

function messageText({ body, bodyMissing }: Partial<MessageNow>): string {
  if (bodyMissing !== undefined) return `\n\nNo message: ${bodyMissing}.`;
  if (body === undefined) return '';
  return `\n\nMessage:\n${stringifyJson(body, '  ').split('\n').map(printable).join('\n')}`;
}

function listedText(entry: WithMessage, screen: Screen): string {
  if (!('unreadable' in entry)) return `${entryText(entry, screen)}${messageText(entry)}`;
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
