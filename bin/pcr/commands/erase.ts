import type { Command } from 'commander';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { recordValue } from '../deliveries/delivery-values.ts';
import { type EraseDeps, type Erasure, type ErasureSelection, erase, planErasure } from '../erase/erase.ts';
import { parkedErasure } from '../erase/parked-erasure.ts';
import { UsageError } from '../errors.ts';
import { examples } from '../help.ts';
import type { Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import { mostHeld } from '../parked/held-queues.ts';
import type { Screen } from '../screen.ts';
import { details } from '../table.ts';

interface EraseOptions extends JsonOption {
  readonly customer?: string;
  readonly email?: string;
  readonly yes?: boolean;
}

/** `pcr erase` */
export function addEraseCommand(command: Command, io: Io): void {
  command
    .argument('[record]', 'e.g. O1234567 or AWS/engagement/eng-…', recordValue)
    .option('--customer <name>', 'every record that has this name as a whole text, in any case')
    .option('--email <address>', 'every record that contains this address')
    .option('--yes', 'erase; there is no way back')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
An erased record keeps its ids, status, stage and dates, and its version numbers
go on. What AWS sends later is stored without anything else. Safe to repeat,
also after an interruption. --customer and --email read both tables.
${examples('pcr erase O1234567', "pcr erase --customer 'Example Corp' --yes", 'pcr erase --email jane@example.com --yes')}`,
    )
    .action((record: RecordKey | undefined, options: EraseOptions) => runErase(record, options, io));
}

async function runErase(record: RecordKey | undefined, options: EraseOptions, io: Io): Promise<void> {
  const selection = toSelection(record, options);
  const deps = await eraseDepsOf(io);
  const erasure = await (options.yes ? erase : planErasure)(selection, deps);
  if (options.json) return printJson({ erased: options.yes === true, ...erasure, remains }, io);
  io.print(erasureText(erasure, io.out));
  if (erasure.notSearched > 0) io.print(notSearchedText(erasure.notSearched));
  if (erasure.unreadable.length > 0) io.print(unreadableText(erasure.unreadable));
  if (erasure.waitingCommands > 0) io.print(waitingText(erasure.waitingCommands));
  if (!options.yes) return io.print('Nothing was changed: this was a dry run. Erase with --yes.');
  io.print(['Erased. Not erased, because this command cannot reach it:', ...remains].join('\n  '));
}

/** @throws UsageError */
function toSelection(record: RecordKey | undefined, { customer, email }: EraseOptions): ErasureSelection {
  const chosen: ErasureSelection[] = [
    ...(record ? [{ record }] : []),
    ...(customer?.trim() ? [{ customer }] : []),
    ...(email?.trim() ? [{ email }] : []),
  ];
  if (record?.kind === 'command')
    throw new UsageError('A command has no personal data: erase the record that it is about.');
  const [selection, ...others] = chosen;
  if (!selection || others.length > 0)
    throw new UsageError('What to erase? Allowed: a record, or --customer <name>, or --email <address>.');
  return selection;
}

/** The SDK is loaded only when needed: help and invalid options stay fast. */
async function eraseDepsOf(io: Io): Promise<EraseDeps> {
  const relay = await io.relay();
  const { dynamodbErasureRows } = await import('../stores/erasure-rows.ts');
  const tables = { records: relay.output('RecordsTableName'), webhooks: relay.output('WebhooksTableName') };
  return {
    records: relay.records,
    rows: dynamodbErasureRows(relay.clients.dynamodb, tables),
    deliveries: relay.deliveries,
    parked: parkedErasure(relay),
    clock: io.clock,
  };
}

const remains = [
  'AWS Partner Central, until it is removed there',
  'receivers, and the events on event buses: they got the messages',
  'point-in-time backups of the tables, for 35 days; after a restore, erase again',
  'exports and on-demand backups that you made',
  'values of commands that have not ended: cancel them, or repeat this command after their end',
  'messages in the work queues, and requests that were under way: repeat this command after some minutes',
  'records that are linked to these, such as the invitation or the engagement of an opportunity: erase each of them',
  'settings of endpoints and clients, such as a description, a header or a filter that names a customer: change them',
  'names of your solutions and of unknown detail-types in table Control: AWS sends them without a record',
  'logs hold ids only, until their retention ends',
];

function notSearchedText(notSearched: number): string {
  return `About ${counted(notSearched, 'parked message')} could not be searched: another consumer holds them, or a queue
has more than ${mostHeld} messages. Run this command again after 5 minutes. If the number stays, make the queue
shorter first: \`pcr parked redrive --queue QUEUE --all\` or \`pcr parked drop --queue QUEUE --all\`.`;
}

function unreadableText(unreadable: Erasure['unreadable']): string {
  return [
    `${counted(unreadable.length, 'delivery row')} of table Webhooks could not be searched, because they were edited by hand:`,
    ...unreadable.map(({ id, problems }) => `  delivery#${id}: ${problems.join('; ')}`),
    'Repair or delete them, then run this command again: they may be of what you erase.',
  ].join('\n');
}

function waitingText(waiting: number): string {
  return `${counted(waiting, 'command')} that ${waiting === 1 ? 'has' : 'have'} not ended: the values stay, because they are still wanted.
Cancel them, or wait for their end, and run this command again.`;
}

function erasureText(
  { records, versions, deliveries, answers, commands, parked }: Erasure,
  screen: Screen,
): string {
  return details(
    [
      ['Records', records.length > 0 ? records.join(', ') : 'none'],
      ['Table Records', `${versions} versions`],
      [
        'Table Webhooks',
        `${deliveries} pending or held deliveries, answers of ${answers} deliveries, values of ${commands} commands`,
      ],
      ['Parked queues', `${parked} messages`],
    ],
    screen,
  );
}
