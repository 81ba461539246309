import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { assertTimeOrder } from '../deliveries/delivery-values.ts';
import { CommandError, UsageError } from '../errors.ts';
import { assertConfirmed, type Io } from '../io.ts';
import { type JsonOption, printJson } from '../json.ts';
import { counted } from '../output.ts';
import type { Relay } from '../relay.ts';
import { countLines } from './count-lines.ts';
import { countMessages, type MessageCount } from './count-messages.ts';
import { type Replay, type ReplayId, type ReplayRows, replayOf } from './replay.ts';
import { sendAgain } from './send-again.ts';
import { stepsOf } from './steps.ts';

export interface ReplayOptions extends JsonOption {
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

/** Messages in a second, where the endpoint itself takes as many. */
export const defaultRate = 10;

/** Counts, asks, remembers what was asked for, and sends. */
export async function replayMessages(options: ReplayOptions, io: Io): Promise<void> {
  assertOptions(options);
  const relay = await io.relay();
  const rows = await replayRowsOf(relay);
  const { replay, endpoint } = await begun(options, relay, rows, io);
  if (!options.record && !options.failed) io.note('Counting…');
  const storedVersions = await storedVersionsOf(relay);
  const count = await countMessages(replay.selection, endpoint, { ...relay, storedVersions });
  for (const line of countLines(count, replay, endpoint)) io.note(line);
  if (options.dryRun || count.messages.length === 0)
    return printDone(io, options, { messages: count.messages.length });
  await assertConfirmed(io, `Send ${counted(count.messages.length, 'message')} to ${endpoint.id}?`, options);
  await rows.put(replay);
  io.note(`This is ${replay.id}. If it is interrupted: pcr replay --resume ${replay.id}`);
  await send(replay, endpoint, count, options, io);
}

/** The SDK is loaded when it is needed: help and mistakes can do without. */
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
    throw new UsageError(
      '--resume goes on with what was selected then. Allowed beside it: --dry-run, --yes, --json.',
    );
  if (resume !== undefined) return;
  const problems = [
    ...(endpoint === undefined ? ['--endpoint is missing: whom to send to, such as ep_crm.'] : []),
    ...(record === undefined && since === undefined && !failed
      ? ['Which messages? Allowed: one or more of --record, --since, --failed.']
      : []),
  ];
  if (problems.length > 0) throw new UsageError(...problems);
  assertTimeOrder({ since, until });
}

async function begun(
  options: ReplayOptions,
  { endpoints }: Relay,
  rows: ReplayRows,
  io: Io,
): Promise<{ readonly replay: Replay; readonly endpoint: Endpoint }> {
  const resumed = options.resume && (await rows.find(options.resume));
  if (options.resume && !resumed)
    throw new UsageError(`--resume ${options.resume}: there is no such replay. They are kept for 30 days.`);
  const endpointId = resumed ? resumed.selection.endpointId : options.endpoint;
  const endpoint = endpointId && (await endpoints.find(endpointId));
  if (!endpoint)
    throw new UsageError(
      `There is no endpoint ${endpointId ?? ''}. \`pcr endpoints list\` shows those that there are.`,
    );
  return { replay: resumed ?? newReplay(endpoint, options, io), endpoint };
}

function newReplay(endpoint: Endpoint, options: ReplayOptions, io: Io): Replay {
  const now = instantOf(io.clock.nowMs());
  const { record, since, until = now, type: types = [], failed = false } = options;
  const selection = { endpointId: endpoint.id, failed, record, since, until, types };
  const rate = options.rate ?? Math.min(defaultRate, endpoint.ratePerSecond ?? defaultRate);
  return replayOf(selection, rate, now);
}

async function send(
  replay: Replay,
  endpoint: Endpoint,
  { messages }: MessageCount,
  options: ReplayOptions,
  io: Io,
): Promise<void> {
  const relay = await io.relay();
  const progress = io.progress('Replaying', messages.length);
  const refs = messages.map(({ ref }) => ref);
  const sent = await sendAgain(replay, stepsOf(refs, endpoint), {
    ...relay,
    clock: io.clock,
    interrupted: io.interrupted(),
    advance: (by) => progress.advance(by),
  });
  progress.end();
  printDone(io, options, { replayId: replay.id, messages: messages.length, ...sent });
  if (sent.left > 0)
    throw new CommandError(`Interrupted, ${sent.left} left. Go on with: pcr replay --resume ${replay.id}`);
}

interface Done {
  readonly replayId?: ReplayId;
  readonly messages: number;
  readonly moved?: number;
  readonly already?: number;
  readonly left?: number;
}

function printDone(io: Io, { json, dryRun }: ReplayOptions, done: Done): void {
  if (json) printJson(io, done);
  else if (done.moved === undefined)
    io.print(dryRun ? 'Nothing was sent: this was a dry run.' : 'Nothing to send.');
  else
    io.print(
      `${counted(done.moved, 'message')} will be sent; ${done.already ?? 0} were pending or sent by this replay already.`,
    );
}
