import type { Command } from 'commander';
import { checkOpportunity, type OpportunityCheck } from '../../../../lambdas/core/check-opportunity.ts';
import { describeValue } from '../../../../lambdas/core/describe-value.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import {
  deepestPayloadLevel,
  isDeeperThan,
  isJsonObject,
  type JsonObject,
} from '../../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../../lambdas/core/json-text.ts';
import type { RatedFinding } from '../../../../lambdas/core/opportunity-finding.ts';
import { recordPath } from '../../../../lambdas/core/record.ts';
import { CommandError, UsageError } from '../../errors.ts';
import { fileText } from '../../file-text.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import { changeColumns } from '../../records/change-columns.ts';
import type { RecordGroup } from '../../records/record-groups.ts';
import { addIdOptions, type KeyOptions, keyOf, missingRecord } from '../../records/record-key.ts';
import { type Column, table } from '../../table.ts';

interface CheckOptions extends KeyOptions {
  readonly patch?: string;
}

/** `pcr opportunities check` */
export function addCheckCommand(command: Command, group: RecordGroup, io: Io): void {
  addIdOptions(command.command('check'), group)
    .description(
      'What AWS would say about an update of the stored opportunity, or about the opportunity itself. It changes nothing.',
    )
    .option('--patch <file>', 'JSON merge patch of the update; - for standard input')
    .addHelpText(
      'after',
      `\nExits with 1 if a problem would stop the update; warnings alone exit with 0.\n${examples(
        `pcr opportunities check ${group.example}`,
        `pcr opportunities check ${group.example} --patch patch.json`,
      )}`,
    )
    .action((id: string, options: CheckOptions) => checkRecord(id, group, options, io));
}

async function checkRecord(id: string, group: RecordGroup, options: CheckOptions, io: Io): Promise<void> {
  const patch = options.patch === undefined ? {} : patchIn(options.patch);
  const key = keyOf(id, group, options);
  const state = await (await io.relay()).records.current(key);
  if (!state) throw missingRecord(key);
  if (state.tombstone || state.redacted || state.erased)
    throw new CommandError(
      `${recordPath(key)}: the stored version is not complete, because it was erased or redacted, or AWS took access away. It cannot be checked.`,
    );
  const check = checkOpportunity(state.payload, patch, instantOf(io.clock.nowMs()));
  if (options.json) printJson({ ...key, version: state.version, ...printable(check) }, io);
  else printCheck(check, io);
  const { length } = check.problems;
  if (length > 0) throw new CommandError(`${counted(length, 'problem')}.`);
}

function printable({ problems, warnings, ...rest }: OpportunityCheck) {
  const [ofProblems, ofWarnings] = [problems, warnings].map((findings) =>
    findings.map(({ path, code, message }) => ({ path, code, message })),
  );
  return { ...rest, problems: ofProblems, warnings: ofWarnings };
}

/** @throws UsageError if the file has no JSON object */
function patchIn(file: string): JsonObject {
  const patch = tryParseJson(fileText('--patch', file));
  if (isJsonObject(patch) && !isDeeperThan(deepestPayloadLevel, patch)) return patch;
  const given = patch === undefined ? 'not JSON' : isJsonObject(patch) ? 'too deep' : describeValue(patch);
  throw new UsageError(
    `--patch ${file}: ${given}; allowed: a JSON object with the members to change, such as {"LifeCycle":{"Stage":"Qualified"}}, up to ${deepestPayloadLevel} levels deep`,
  );
}

function printCheck({ changes, problems, warnings }: OpportunityCheck, io: Io): void {
  const findings: readonly RatedFinding[] = [
    ...problems.map((each) => ({ ...each, level: 'problem' }) as const),
    ...warnings.map((each) => ({ ...each, level: 'warning' }) as const),
  ];
  if (changes.length > 0) io.print(table(changeColumns, changes, io.out));
  if (changes.length > 0 && findings.length > 0) io.print('');
  if (findings.length > 0) io.print(table(findingColumns, findings, io.out));
  else io.note('The rules of this release find no problem.');
}

const findingColumns: readonly Column<RatedFinding>[] = [
  { head: 'LEVEL', value: ({ level }) => level, isState: true },
  { head: 'CODE', value: ({ code }) => code },
  { head: 'FINDING', value: ({ message }) => message, cut: 'first' },
];
