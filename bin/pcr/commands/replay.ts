import { type Command, InvalidArgumentError } from 'commander';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { assertTimeOrder, recordValue } from '../deliveries/delivery-values.ts';
import { CommandError, UsageError } from '../errors.ts';
import { examples } from '../help.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { type JsonOption, jsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { countLines } from '../replay/count-lines.ts';
import { findMessages } from '../replay/find-messages.ts';
import { isReplayId, type Replay, type ReplayId, type ReplayRows, toReplay } from '../replay/replay.ts';
import { sendAgain } from '../replay/send-again.ts';
import { type Step, toSteps } from '../replay/steps.ts';
import { stepsLeft } from '../replay/steps-left.ts';
import { endpointIdValue, instantValue, topicValues, wholeNumberValue } from '../values.ts';

interface ReplayOptions extends JsonOption {
  readonly endpoint?: EndpointId;
  readonly record?: RecordKey;
  readonly since?: Instant;
  readonly until?: Instant;
  readonly type?: readonly string[];
  readonly failed?: boolean;
  readonly rate?: number;
  readonly resume?: ReplayId;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Messages per second, unless the endpoint's own limit is lower. */
const defaultRate = 10;

/** `pcr replay` */
export function addReplayCommand(command: Command, io: Io): void {
  const instant = instantValue(io.clock);
  command
    .option('--endpoint-id, --endpoint <id>', 'the endpoint to send to', endpointIdValue)
    .option(
      '--record <record>',
      'all versions of this record, e.g. O1234567 or AWS/engagement/eng-…',
      recordValue,
    )
    .option('--since <time>', 'first stored since then: 90m, 2d, 2026-03-01', instant)
    .option('--until <time>', 'and until then (default: now)', instant)
    .option(
      '--type <type>',
      'of this type or topic, * for any run of characters; may be repeated',
      topicValues,
    )
    .option('--failed', 'messages that could not be delivered in the last 30 days')
    .option(
      '--rate <number>',
      `messages per second (default: ${defaultRate}, or the endpoint's own if less)`,
      wholeNumberValue(1, 1_000),
    )
    .option('--resume <id>', 'continue an interrupted replay: rpl_ and 32 hexadecimal digits', replayIdValue)
    .option('--dry-run', 'count, and send nothing')
    .option('--yes', 'do not ask')
    .addOption(jsonOption())
    .addHelpText('after', help)
    .action((options: ReplayOptions) => runReplay(options, io));
}

const help = `
Of the selected messages, those are sent that match the endpoint's current
topics, catalogs and filter. A replay is safe to repeat: pending deliveries are
left alone, and an interrupted replay can be resumed. --since without --record
and --failed reads the whole Records table. The command runs until all messages
are due at its rate; Ctrl-C stops it.
${examples(
  'pcr replay --endpoint ep_crm --since 2026-03-01T10:00:00Z --until 2026-03-01T14:00:00Z --dry-run',
  'pcr replay --endpoint ep_crm --record O1234567',
  'pcr replay --endpoint ep_crm --failed --rate 5 --yes',
  'pcr replay --resume rpl_0123456789abcdef0123456789abcdef',
)}`;

function replayIdValue(text: string): ReplayId {
  if (isReplayId(text)) return text;
  throw new InvalidArgumentError('Allowed: rpl_ and 32 hexadecimal digits, from the output of the replay.');
}

/** Counts the messages, asks, stores the replay so that it can be resumed, and sends. */
async function runReplay(options: ReplayOptions, io: Io): Promise<void> {
  assertOptions(options);
  const relay = await io.relay();
  const rows = await replayRowsOf(relay);
  const { replay, endpoint } = await newOrResumed(options, rows, relay, io);
  if (!options.record && !options.failed) io.note('Counting…');
  const storedVersions = await storedVersionsOf(relay);
  const found = await findMessages(replay.selection, endpoint, { ...relay, storedVersions });
  const all = toSteps(found.messages, endpoint);
  const steps = options.resume ? await stepsLeft(all, replay, relay) : all;
  const messages = steps.map(({ message }) => message);
  if (options.resume)
    io.note(`${counted(all.length - steps.length, 'message')} of this replay are done or wait already.`);
  for (const line of countLines({ ...found, messages }, replay, endpoint)) io.note(line);
  if (options.dryRun || steps.length === 0) return printDone({ messages: steps.length }, options, io);
  await assertConfirmed(`Send ${counted(steps.length, 'message')} to ${endpoint.id}?`, options, io);
  await rows.put(replay);
  io.note(`This is ${replay.id}. If it is interrupted: pcr replay --resume ${replay.id}`);
  await send(replay, steps, options, io);
}

/** The SDK is loaded only when needed: help and invalid options stay fast. */
async function replayRowsOf({ clients, output }: Relay): Promise<ReplayRows> {
  const { dynamodbReplayRows } = await import('../stores/dynamodb-replay-rows.ts');
  return dynamodbReplayRows(clients.dynamodb, output('WebhooksTableName'));
}

async function storedVersionsOf({ clients, output }: Relay) {
  const { dynamodbStoredVersions } = await import('../stores/stored-versions.ts');
  return dynamodbStoredVersions(clients.dynamodb, output('RecordsTableName'));
}

/** @throws UsageError */
function assertOptions({ endpoint, record, since, until, type, failed, resume, rate }: ReplayOptions): void {
  const selects = [endpoint, record, since, until, type, failed, rate].some((option) => option !== undefined);
  if (resume !== undefined && selects)
    throw new UsageError('--resume keeps the original selection. Allowed with it: --dry-run, --yes, --json.');
  if (resume !== undefined) return;
  const problems = [
    ...(endpoint === undefined ? ['--endpoint is missing: the endpoint to send to, such as ep_crm.'] : []),
    ...(record === undefined && since === undefined && !failed
      ? ['Which messages? Allowed: one or more of --record, --since, --failed.']
      : []),
  ];
  if (problems.length > 0) throw new UsageError(...problems);
  assertTimeOrder({ since, until });
}

async function newOrResumed(
  options: ReplayOptions,
  rows: ReplayRows,
  { endpoints }: Relay,
  io: Io,
): Promise<{ readonly replay: Replay; readonly endpoint: Endpoint }> {
  const resumed = options.resume && (await rows.find(options.resume));
  if (options.resume && !resumed)
    throw new UsageError(
      `--resume ${options.resume}: this replay does not exist. Replays are kept for 30 days.`,
    );
  const endpointId = resumed ? resumed.selection.endpointId : options.endpoint;
  const endpoint = endpointId && (await endpoints.find(endpointId));
  if (!endpoint)
    throw new UsageError(`The endpoint ${endpointId ?? ''} does not exist. See \`pcr endpoints list\`.`);
  return { replay: resumed ?? newReplay(endpoint, options, io), endpoint };
}

function newReplay(endpoint: Endpoint, options: ReplayOptions, io: Io): Replay {
  const now = instantOf(io.clock.nowMs());
  const { record, since, until = now, type: types = [], failed = false } = options;
  const selection = { endpointId: endpoint.id, failed, record, since, until, types };
  const rate = options.rate ?? Math.min(defaultRate, endpoint.ratePerSecond ?? defaultRate);
  return toReplay(selection, rate, now);
}

async function send(replay: Replay, steps: readonly Step[], options: ReplayOptions, io: Io): Promise<void> {
  const relay = await io.relay();
  const progress = io.progress('Replaying', steps.length);
  const sent = await sendAgain(replay, steps, {
    ...relay,
    clock: io.clock,
    interrupted: io.interrupted(),
    advance: (by) => progress.advance(by),
  });
  progress.end();
  printDone({ replayId: replay.id, messages: steps.length, ...sent }, options, io);
  if (sent.left > 0)
    throw new CommandError(`Interrupted, ${sent.left} left. Resume with: pcr replay --resume ${replay.id}`);
}

interface Done {
  readonly replayId?: ReplayId;
  readonly messages: number;
  readonly moved?: number;
  readonly already?: number;
  readonly left?: number;
}

function printDone(done: Done, { json, dryRun }: ReplayOptions, io: Io): void {
  if (json) printJson(done, io);
  else if (done.moved === undefined)
    io.print(dryRun ? 'Nothing was sent: this was a dry run.' : 'Nothing to send.');
  else
    io.print(
      `${counted(done.moved, 'message')} will be sent; ${done.already ?? 0} were already pending or sent by this replay.`,
    );
}
