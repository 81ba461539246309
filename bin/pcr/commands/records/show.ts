import type { Command } from 'commander';
import { stringifyJson } from '../../../../lambdas/core/json-text.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import type { RecordState } from '../../../../lambdas/core/version.ts';
import type { Io } from '../../io.ts';
import { printJson } from '../../json.ts';
import type { RecordGroup } from '../../records/record-groups.ts';
import { addKeyOptions, type KeyOptions, keyOf, missingRecord } from '../../records/record-key.ts';
import type { Screen } from '../../screen.ts';
import { details, printable } from '../../table.ts';

/** `pcr opportunities|invitations|engagements show` */
export function addShowCommand(command: Command, group: RecordGroup, io: Io): void {
  addKeyOptions(command.command('show'), group)
    .description(`The current version of one ${group.one}, complete.`)
    .addHelpText('after', `\nExample:\n  pcr ${group.name} show ${group.example} --json | jq .payload`)
    .action((id: string, options: KeyOptions) => showRecord(id, group, options, io));
}

async function showRecord(id: string, group: RecordGroup, options: KeyOptions, io: Io): Promise<void> {
  const key = keyOf(id, group, options);
  const state = await (await io.relay()).records.current(key);
  if (!state) throw missingRecord(key);
  if (options.json) printJson(state, io);
  else io.print(stateText(state, io.out));
}

function stateText(state: RecordState, screen: Screen): string {
  const { attributes, links, solutions } = state;
  const facts = details(
    [
      ['Record', recordPath(state)],
      ['Version', state.version],
      ['Title', attributes.title],
      ['Customer', attributes.customerName],
      ['Stage', attributes.stage],
      ['Review status', attributes.reviewStatus],
      ['Status', attributes.status],
      ['Due', attributes.dueOn],
      ['Engagement', attributes.engagementId],
      ['Modified by AWS', state.lastModifiedAt],
      ['Read', state.readAt],
      ['Access taken away', state.tombstone || undefined],
      ['Redacted', state.redacted || undefined],
      ...links.map(({ kind, id, via }) => ['Linked to', `${kind} ${id} (${via})`] as const),
      ...solutions.map(({ id, name }) => ['Solution', [id, name].filter(Boolean).join(' ')] as const),
    ],
    screen,
  );
  const payload = stringifyJson(state.payload, '  ').split('\n').map(printable).join('\n');
  return `${facts}\n\n${payload}`;
}
