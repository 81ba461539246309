import type { Command } from 'commander';
import { diff } from '../../../../lambdas/core/change.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { UsageError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { printJson } from '../../json.ts';
import { changeColumns } from '../../records/change-columns.ts';
import type { RecordGroup } from '../../records/record-groups.ts';
import { addKeyOptions, type KeyOptions, keyOf, missingRecord } from '../../records/record-key.ts';
import { table } from '../../table.ts';
import { wholeNumberValue } from '../../values.ts';

/** The versions to compare. */
interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** `pcr opportunities|invitations|engagements diff` */
export function addDiffCommand(command: Command, group: RecordGroup, io: Io): void {
  const number = wholeNumberValue(1, 999_999_999);
  addKeyOptions(command.command('diff'), group)
    .description(`The changes of one ${group.one} between two versions; default: the last change.`)
    .argument('[from]', 'the older version', number)
    .argument('[to]', 'the newer version; default: the newest', number)
    .addHelpText('after', `\nExample:\n  pcr ${group.name} diff ${group.example} 3 7`)
    .action((id: string, from: number | undefined, to: number | undefined, options: KeyOptions) =>
      diffVersions(id, { from, to }, group, options, io),
    );
}

async function diffVersions(
  id: string,
  range: Range,
  group: RecordGroup,
  options: KeyOptions,
  io: Io,
): Promise<void> {
  const key = keyOf(id, group, options);
  const { records } = await io.relay();
  const newest = (await records.current(key))?.version;
  if (newest === undefined) throw missingRecord(key);
  const to = range.to ?? newest;
  const from = range.from ?? Math.max(1, to - 1);
  const [before, after] = await Promise.all(
    [from, to].map(async (version) => {
      const found = await records.version({ ...key, version });
      if (!found)
        throw new UsageError(`version ${version}: ${recordPath(key)} has the versions 1 to ${newest}`);
      return found.payload;
    }),
  );
  const changes = diff(before ?? {}, after ?? {});
  if (options.json) printJson({ ...key, from, to, changes }, io);
  else if (changes.length === 0) io.note(`The versions ${from} and ${to} have the same content.`);
  else io.print(table(changeColumns, changes, io.out));
}
