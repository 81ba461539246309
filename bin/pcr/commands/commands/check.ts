import type { Command } from 'commander';
import { accept } from '../../../../lambdas/commands/accept.ts';
import type { CommandCheck } from '../../../../lambdas/commands/check-command.ts';
import { listFollowers } from '../../../../lambdas/commands/read-command.ts';
import { clientOf } from '../../../../lambdas/core/command-client.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { isJsonObject } from '../../../../lambdas/core/json.ts';
import { callerOf } from '../../caller.ts';
import { CommandError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { counted } from '../../output.ts';
import { changeColumns } from '../../records/change-columns.ts';
import { commandDeps } from '../../sent-commands/command-deps.ts';
import { readRequest, refusedRequest } from '../../sent-commands/request-file.ts';
import { type Column, table } from '../../table.ts';

/** `pcr commands check` */
export function addCheckCommand(group: Command, io: Io): void {
  group
    .command('check')
    .description(
      'What a command would do, by the stored record and the rules of this release. It changes nothing.',
    )
    .argument('<file>', 'the request as JSON, see docs/commands.md; - for standard input')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nExits with 1 if a problem would stop the command; warnings alone exit with 0.\n${examples(
        'pcr commands check request.json',
        'pcr commands check request.json --json | jq .problems',
      )}`,
    )
    .action((file: string, options: JsonOption) => checkFile(file, options, io));
}

async function checkFile(file: string, { json }: JsonOption, io: Io): Promise<void> {
  const request = readRequest(file);
  const relay = await io.relay();
  const doors = await commandDeps(relay);
  const client = clientOf((await callerOf(relay)).arn);
  const body = isJsonObject(request) ? { ...request, check: true } : request;
  const answer = await accept({ name: client }, undefined, body, instantOf(io.clock.nowMs()), doors);
  if (answer.kind === 'refused') throw refusedRequest(answer);
  if (answer.kind !== 'checked') return;
  const checks = [answer.check, ...answer.followers];
  if (json) printJson({ ...answer.check, ...listFollowers(answer.followers) }, io);
  else for (const [index, check] of checks.entries()) printCheck(check, headOf(index, checks.length), io);
  const { length } = checks.flatMap(({ problems }) => problems);
  if (length > 0) throw new CommandError(`${counted(length, 'problem')}.`);
}

/** Names a command of a request that has several. */
function headOf(index: number, count: number): string | undefined {
  if (count === 1) return undefined;
  return index === 0 ? 'The request:' : `/followedBy/${index - 1}:`;
}

function printCheck(
  { changes, locked, needsApproval, problems, warnings }: CommandCheck,
  head: string | undefined,
  io: Io,
): void {
  if (head !== undefined) io.print(head);
  const findings = [
    ...problems.map((each) => ({ ...each, level: 'problem' })),
    ...warnings.map((each) => ({ ...each, level: 'warning' })),
  ];
  if (changes.length > 0) io.print(table(changeColumns, changes, io.out));
  if (changes.length > 0 && findings.length > 0) io.print('');
  if (findings.length > 0) io.print(table(findingColumns, findings, io.out));
  if (locked) io.note('AWS reviews the opportunity: an update waits until the review ends.');
  if (needsApproval) io.note('It cannot be undone: it waits for an approval, unless irreversible is true.');
  if (findings.length === 0) io.note('The rules of this release find no problem.');
}

const findingColumns: readonly Column<Finding>[] = [
  { head: 'LEVEL', value: ({ level }) => level, isState: true },
  { head: 'PATH', value: ({ path }) => path },
  { head: 'FINDING', value: ({ message }) => message, cut: 'first' },
];

interface Finding {
  readonly level: string;
  readonly path: string;
  readonly message: string;
}
