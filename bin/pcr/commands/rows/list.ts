import type { Command } from 'commander';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printRows } from '../../output.ts';
import { findAll, findSetAside, tablesOf, type UnreadableRow } from '../../stores/unreadable-rows.ts';
import type { Column } from '../../table.ts';

interface ListOptions extends JsonOption {
  readonly scan?: boolean;
}

/** `pcr rows list` */
export function addListCommand(group: Command, io: Io): void {
  group
    .command('list')
    .description('Invalid rows, with the attributes that are wrong and what is allowed.')
    .option('--scan', 'read all tables whole, which costs a read unit for each 8 KB')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Without --scan: rows that a function tried to work on and set aside, and rows
whose due time is days away.
${examples('pcr rows list', 'pcr rows list --scan --json')}`,
    )
    .action((options: ListOptions) => listRows(options, io));
}

async function listRows(options: ListOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const find = options.scan ? findAll : findSetAside;
  const rows: UnreadableRow[] = [];
  for await (const row of find(relay.clients.dynamodb, tablesOf(relay), instantOf(io.clock.nowMs())))
    rows.push(row);
  printRows(rows, { columns, nothing: 'No invalid rows.' }, options, io);
}

const columns: readonly Column<UnreadableRow>[] = [
  { head: 'TABLE', value: ({ table }) => table },
  { head: 'PK', value: ({ pk }) => pk, cut: 'never' },
  { head: 'SK', value: ({ sk }) => sk, cut: 'never' },
  { head: 'PROBLEMS', value: ({ problems }) => problems, cut: 'first' },
];
