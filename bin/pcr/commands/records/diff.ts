import type { Command } from 'commander';
import { type Change, diff } from '../../../../lambdas/core/change.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { printJson } from '../../json.ts';
import type { RecordGroup } from '../../records/record-groups.ts';
import { type Column, table } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';
import { keyOf, missing, type Naming, naming } from './show.ts';

export function addDiff(command: Command, group: RecordGroup, io: Io): void {
  const number = wholeNumberValue(1, 999_999_999);
  naming(command.command('diff'), group)
    .description(`What changed of one ${group.one} between two versions; without numbers, the last change.`)
    .argument('[from]', 'the older version', number)
    .argument('[to]', 'the newer version; without, the newest', number)
    .addHelpText('after', `\nExample:\n  pcr ${group.name} diff ${group.example} 3 7`)
    .action(async (id: string, from: number | undefined, to: number | undefined, options: Naming) => {
      const key = keyOf(group, id, options);
      const { records } = await io.relay();
      const newest = (await records.current(key))?.version;
      if (newest === undefined) throw missing(key);
      const last = to ?? newest;
      const first = from ?? Math.max(1, last - 1);
      const [before, after] = await Promise.all(
        [first, last].map(async (version) => {
          const found = await records.version({ ...key, version });
          if (!found)
            throw new UsageError(`version ${version}: ${recordPath(key)} has the versions 1 to ${newest}`);
          return found.payload;
        }),
      );
      const changes = diff(before ?? {}, after ?? {});
      if (options.json) printJson(io, { ...key, from: first, to: last, changes });
      else if (changes.length === 0) io.note(`The versions ${first} and ${last} hold the same.`);
      else io.print(table(changeColumns, changes));
    });
}

const changeColumns: readonly Column<Change>[] = [
  { head: 'PATH', value: ({ path }) => path },
  { head: 'BEFORE', value: ({ before }) => shortened(before) },
  { head: 'AFTER', value: ({ after }) => shortened(after) },
];

/** A whole contact, or a text of a page, would leave no table; `--json` has it all. */
function shortened(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value : value === undefined ? undefined : JSON.stringify(value);
  return text !== undefined && text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
