import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { PassKey } from '../../../lambdas/core/pass.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import { spanText } from '../output.ts';
import { depthOf, parkedQueueOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import { hasEnded, passKeys, passPath, passRows } from '../stores/pass-rows.ts';

/** What somebody wants of `reconcile`. */
export interface Wanted {
  readonly full: boolean;
  /** @default all that the stack takes */
  readonly catalog?: string | undefined;
}

/** How a pass went. */
export interface PassOutcome extends PassKey {
  /** `failed`: Partner Central refused it. `under way`: nobody waited for its end. */
  readonly outcome: 'ended' | 'failed' | 'under way';
}

const pollMs = 1_000;

/** Asks for passes, without waiting for them. @throws CommandError where the function refuses */
export async function requestPasses(
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
  { full, catalog }: Wanted,
  InvocationType: 'Event' | 'RequestResponse',
  interrupted: AbortSignal,
): Promise<void> {
  const invocation = new InvokeCommand({
    FunctionName: output('ReconcileFunctionName'),
    InvocationType,
    Payload: JSON.stringify({ now: true, full, catalog }),
  });
  const answer = await clients.lambda.send(invocation, { abortSignal: interrupted });
  if (answer.FunctionError !== undefined)
    throw new CommandError(
      `reconcile failed: ${answer.Payload?.transformToString() ?? answer.FunctionError}`,
    );
}

/** Asks for passes over these catalogs and shows how far they are, until they have ended or somebody interrupts. */
export async function followPasses(
  relay: Relay,
  wanted: Wanted,
  catalogs: readonly string[],
  io: Io,
): Promise<readonly PassOutcome[]> {
  const rows = () => passRows(relay.clients.dynamodb, relay.output('ControlTableName'));
  const keys = passKeys(catalogs);
  const interrupted = io.interrupted();
  const before = await rows();
  const failure: { error?: unknown } = {};
  // It answers when its first run has ended, a minute later; passes that take longer go on with the next.
  const asked = requestPasses(relay, wanted, 'RequestResponse', interrupted).then(
    undefined,
    (error: unknown) => {
      failure.error = error;
    },
  );
  const progress = io.progress('Comparing lists', keys.length);
  const ended = new Set<string>();
  let now = before;
  while (ended.size < keys.length && failure.error === undefined && !interrupted.aborted) {
    await io.clock.sleep(pollMs);
    now = await rows();
    for (const path of keys.map(passPath)) {
      if (ended.has(path) || !hasEnded(before.get(path), now.get(path))) continue;
      ended.add(path);
      progress.advance();
    }
  }
  progress.end();
  if (ended.size === keys.length) await asked;
  if (failure.error !== undefined && !interrupted.aborted) throw failure.error;
  return keys.map((key): PassOutcome => {
    const path = passPath(key);
    if (!ended.has(path)) return { ...key, outcome: 'under way' };
    return { ...key, outcome: now.get(path)?.failedAt === undefined ? 'ended' : 'failed' };
  });
}

const readQueues = ['opportunity', 'invitation', 'engagement'] as const;

/** How many messages wait for a read, about. */
export async function readsWaiting(relay: Relay): Promise<number> {
  const queues = readQueues.map((name) => parkedQueueOf(name, relay));
  const depths = await Promise.all(queues.map(({ queue }) => depthOf(queue, relay)));
  return depths.reduce((sum, each) => sum + each, 0);
}

/** So long nothing was read: it is tried again and again, or the quota is used up. That may go on for hours. */
const stuckMs = 5 * 60_000;

/**
 * Shows how what was found is read, until no more waits than before, nothing was read for a while, or somebody interrupts.
 * @param depth how many wait, about
 * @param before how many waited before anything was asked for: they may be such as are tried again and again
 * @returns how many more than before still wait
 */
export async function followReads(
  depth: () => Promise<number>,
  before: number,
  { clock, progress: begin, interrupted, note }: Pick<Io, 'clock' | 'progress' | 'interrupted' | 'note'>,
): Promise<number> {
  const waiting = async () => Math.max(0, (await depth()) - before);
  let left = await waiting();
  if (left === 0) return 0;
  let [most, fewest, done, emptyInARow] = [left, left, 0, 0];
  let readAtMs = clock.nowMs();
  const progress = begin('Reading records', most);
  // SQS counts about so many: none, twice in a row, is none.
  while (emptyInARow < 2 && !interrupted().aborted && clock.nowMs() - readAtMs < stuckMs) {
    await clock.sleep(pollMs);
    left = await waiting();
    emptyInARow = left === 0 ? emptyInARow + 1 : 0;
    if (left < fewest) [fewest, readAtMs] = [left, clock.nowMs()];
    if (left > most - done) {
      most = left + done;
      progress.of(most);
    }
    progress.advance(most - left - done);
    done = most - left;
  }
  progress.end();
  if (left > 0 && !interrupted().aborted)
    note(`About ${left} still wait, and none was read for ${spanText(stuckMs)}: see \`pcr quota\`.`);
  return left;
}
