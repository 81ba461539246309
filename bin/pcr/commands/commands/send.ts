import type { Command } from 'commander';
import { type Acceptance, accept } from '../../../../lambdas/commands/accept.ts';
import { commandMembers, listFollowers } from '../../../../lambdas/commands/read-command.ts';
import { clientOf } from '../../../../lambdas/core/command-client.ts';
import { commandStateOf } from '../../../../lambdas/core/command-version.ts';
import { instantOf } from '../../../../lambdas/core/instant.ts';
import { isJsonObject } from '../../../../lambdas/core/json.ts';
import type { RecordState } from '../../../../lambdas/core/version.ts';
import { callerOf } from '../../caller.ts';
import { UsageError } from '../../errors.ts';
import { examples } from '../../help.ts';
import type { Io } from '../../io.ts';
import { type JsonOption, jsonOption, printJson } from '../../json.ts';
import { commandDeps } from '../../sent-commands/command-deps.ts';
import { readRequest, refusedRequest } from '../../sent-commands/request-file.ts';

interface SendOptions extends JsonOption {
  readonly key?: string;
}

/** `pcr commands send` */
export function addSendCommand(group: Command, io: Io): void {
  group
    .command('send')
    .description('Sends a command, as POST /commands does. The client is the caller of AWS.')
    .argument('<file>', 'the request as JSON, see docs/commands.md; - for standard input')
    .option('--key <key>', 'idempotency key: the same key never does the same twice (default: a new one)')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nRepeating it with the same key is harmless.\n${examples(
        'pcr commands send request.json --key deal-4711/stage',
        'pcr commands send request.json --json | jq .id',
      )}`,
    )
    .action((file: string, options: SendOptions) => send(file, options, io));
}

async function send(file: string, { key: given, json }: SendOptions, io: Io): Promise<void> {
  const key = given ?? newKey(io);
  const request = readRequest(file);
  if (isJsonObject(request) && request['check'] === true)
    throw new UsageError('<file>: check is true; allowed: false, or `pcr commands check`');
  const relay = await io.relay();
  const doors = await commandDeps(relay);
  const client = clientOf((await callerOf(relay)).arn);
  const acceptance = await accept({ name: client }, key, request, instantOf(io.clock.nowMs()), doors);
  if (acceptance.kind === 'refused') throw refusedRequest(acceptance);
  if (acceptance.kind === 'checked') return;
  const { command, followers } = acceptance;
  if (json) printJson({ ...commandMembers(command), ...listFollowers(followers.map(commandMembers)) }, io);
  else io.print([sentText(acceptance, key), ...followers.map(followerText)].join('\n'));
}

function followerText(command: RecordState): string {
  const { key, action, status } = commandStateOf(command);
  return `Then ${action} with the key ${key}: ${command.id}, ${status}.`;
}

type Sent = Extract<Acceptance, { kind: 'accepted' | 'repeated' }>;

function sentText({ kind, command }: Sent, key: string): string {
  const { status, reason } = commandStateOf(command);
  const state = reason === undefined ? status : `${status} for ${reason}`;
  const what = kind === 'accepted' ? 'Accepted' : 'Accepted before';
  const next =
    reason === 'approval'
      ? `\`pcr commands approve ${command.id}\` lets it go.`
      : `\`pcr commands show ${command.id}\` says what becomes of it.`;
  return `${what} with the key ${key}: ${command.id}, ${state}. ${next}`;
}

function newKey({ clock, random }: Pick<Io, 'clock' | 'random'>): string {
  return `pcr/${instantOf(clock.nowMs())}/${Math.floor(random.next() * 1e9)}`;
}
