import { type CommandState, parseCommandState } from '../../../lambdas/core/command-state.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Relay } from '../relay.ts';
import { listRecords } from '../stores/record-list.ts';

/** A command, or the id of one that was edited by hand and is invalid. */
export type ListedCommand = Partial<CommandState> & {
  readonly id: string;
  readonly catalog: string;
  readonly unreadable?: string;
};

export interface CommandFilter {
  readonly catalog: string;
  readonly status?: string | undefined;
  /** Id of an opportunity or invitation. */
  readonly target?: string | undefined;
  /** Id of a client, or an ARN. */
  readonly client?: string | undefined;
}

export async function* listCommands(
  { catalog, status, target, client }: CommandFilter,
  { clients, output, records }: Relay,
): AsyncIterable<ListedCommand> {
  const filter = { catalog, kind: 'command', state: status } as const;
  for await (const { id } of listRecords(filter, clients.dynamodb, output('RecordsTableName'))) {
    const record = await ifReadable(() => records.current({ catalog, kind: 'command', id }));
    const state = record && parseCommandState(record.payload);
    const isOther =
      (target ?? state?.target.id) !== state?.target.id || (client ?? state?.client) !== state?.client;
    if (state && !isOther) yield { id, catalog, ...state };
    if (!state) yield { id, catalog, unreadable: 'edited by hand' };
  }
}
