import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { PassKey } from '../../../lambdas/core/pass.ts';
import { CommandError, type Io } from '../io.ts';
import { depthOf, parkedQueueOf } from '../parked/parked-queues.ts';
import type { Relay } from '../relay.ts';
import { hasEnded, passKeys, passPath, passRows } from './pass-rows.ts';

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
export async function askForPasses(
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
  const asked = askForPasses(relay, wanted, 'RequestResponse', interrupted).then(
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
    const isFull = now.get(path)?.lastFullAt !== before.get(path)?.lastFullAt;
    const outcome = !ended.has(path) ? 'under way' : wanted.full && !isFull ? 'failed' : 'ended';
    return { ...key, outcome };
  });
}

/** Shows how what was found is read, until nothing waits any more or somebody interrupts. @returns how many still wait */
export async function followReads(relay: Relay, io: Io): Promise<number> {
  const depth = async () => {
    const queues = (['opportunity', 'invitation', 'engagement'] as const).map((name) =>
      parkedQueueOf(name, relay),
    );
    const depths = await Promise.all(queues.map(({ queue }) => depthOf(queue, relay)));
    return depths.reduce((sum, each) => sum + each, 0);
  };
  let left = await depth();
  if (left === 0) return 0;
  let most = left;
  const progress = io.progress('Reading records', most);
  let done = 0;
  let emptyInARow = 0;
  // SQS counts about so many: none, twice in a row, is none.
  while (emptyInARow < 2 && !io.interrupted().aborted) {
    await io.clock.sleep(pollMs);
    left = await depth();
    emptyInARow = left === 0 ? emptyInARow + 1 : 0;
    if (left > most - done) {
      most = left + done;
      progress.of(most);
    }
    progress.advance(most - left - done);
    done = most - left;
  }
  progress.end();
  return left;
}
