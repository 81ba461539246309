import type { Command } from 'commander';
import { clientDefinition } from '../../../../lambdas/core/client-definition.ts';
import type { JsonObject } from '../../../../lambdas/core/json.ts';
import {
  addClientOptions,
  type ClientOptions,
  givenClientFields,
  optionalClientFields,
  toClient,
} from '../../clients/client-options.ts';
import { printedClient } from '../../clients/client-text.ts';
import { lookUpClient, missingClient } from '../../clients/find-client.ts';
import { noteClientWarnings } from '../../clients/note-client-warnings.ts';
import { differenceLines } from '../../endpoints/difference.ts';
import { examples, withClientId } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption } from '../../json.ts';
import { printDone } from '../../output.ts';
import { assertChanges } from '../../unset-option.ts';
import { repeated } from '../../values.ts';

interface UpdateOptions extends ClientOptions, JsonOption {
  readonly unset?: readonly string[];
}

/** `pcr clients update` */
export function addUpdateCommand(group: Command, io: Io): void {
  addClientOptions(withClientId(group.command('update')))
    .description('Changes the given fields and keeps all others. A list is replaced as a whole.')
    .option('--unset <field>', 'reset a field to its default; may be repeated', repeated)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nIt holds within ten seconds, for requests that come then.\nWhat was accepted goes on.\n${examples(
        'pcr clients update crm --never /Customer/Contacts --never /LifeCycle/Stage',
        'pcr clients update crm --unset never --approval opportunity.update',
      )}`,
    )
    .action((id: string, options: UpdateOptions) => updateClient(id, options, io));
}

async function updateClient(id: string, options: UpdateOptions, io: Io): Promise<void> {
  const { unset = [] } = options;
  const given = givenClientFields(options);
  assertChanges(given, unset, optionalClientFields);
  const relay = await io.relay();
  const before = await lookUpClient(id, relay);
  if (!before) throw await missingClient(id, relay);
  const kept = before === 'unreadable' ? undefined : clientDefinition(before);
  const after = toClient(updated({ ...kept, id, ...given }, unset));
  const disabled = before === 'unreadable' ? false : before.disabled;
  const lines = kept ? differenceLines(kept, clientDefinition(after)) : ['+ all of it'];
  const result = { client: printedClient({ ...after, disabled }), changed: lines.length > 0 };
  if (lines.length === 0) return printDone(result, `${id} already has these values.`, options, io);
  if ((await relay.commandClients.update(after)) === 'missing') throw await missingClient(id, relay);
  const done = [`Updated ${id}:`, ...lines.map((line) => `  ${line}`)].join('\n');
  const warnings = await noteClientWarnings([after], io);
  printDone({ ...result, warnings }, done, options, io);
}

/** Nothing of an unreadable item is kept: all fields have to be given. */
function updated(members: JsonObject, unset: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([field]) => !unset.includes(field)));
}
