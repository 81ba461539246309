import { InvokeCommand } from '@aws-sdk/client-lambda';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { type PassKey, runIdOf } from '../../../lambdas/core/pass.ts';
import { CommandError } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { hasEnded, type PassRow, passKeys, passPath, passRows } from '../stores/pass-rows.ts';

/** A request to the `reconcile` function. */
export interface PassRequest {
  readonly full: boolean;
  /** @default all catalogs of the stack */
  readonly catalog?: string | undefined;
}

export interface PassOutcome extends PassKey {
  /** `failed`: Partner Central refused it. `under way`: this command did not wait for its end. */
  readonly outcome: 'ended' | 'failed' | 'under way';
  /** Records in the list. */
  readonly compared?: number | undefined;
  /** Records that the table lacked. */
  readonly missing?: number | undefined;
  /** Records that the table had in an older state. */
  readonly changed?: number | undefined;
  /** Records that are read again: all that differ; in a backfill also the others. */
  readonly toRead?: number | undefined;
  /** Items of the list without a valid id. */
  readonly unusable?: number | undefined;
  /** The correlation id of its reads, for `pcr trace`. */
  readonly runId?: string | undefined;
  /** Why it failed: AWS's code and reason. */
  readonly failure?: string | undefined;
}

export const pollMs = 1_000;

/** Requests passes without waiting for their end. @throws CommandError if the function fails */
export async function requestPasses(
  { full, catalog }: PassRequest,
  InvocationType: 'Event' | 'RequestResponse',
  interrupted: AbortSignal,
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
): Promise<void> {
  const invocation = new InvokeCommand({
    FunctionName: output('ReconcileFunctionName'),
    InvocationType,
    Payload: stringifyJson({ now: true, full, catalog }),
  });
  const answer = await clients.lambda.send(invocation, { abortSignal: interrupted });
  if (answer.FunctionError !== undefined)
    throw new CommandError(
      `reconcile failed: ${answer.Payload?.transformToString() ?? answer.FunctionError}`,
    );
}

/**
 * Requests passes over these catalogs and shows their progress until they end or the user
 * interrupts.
 */
export async function followPasses(
  request: PassRequest,
  catalogs: readonly string[],
  relay: Relay,
  io: Io,
): Promise<readonly PassOutcome[]> {
  const rows = () => passRows(relay.clients.dynamodb, relay.output('ControlTableName'));
  const keys = passKeys(catalogs);
  const interrupted = io.interrupted();
  const before = await rows();
  const failure: { error?: unknown } = {};
  // The call returns after the first run of about a minute. Longer passes continue in the next run.
  const requested = requestPasses(request, 'RequestResponse', interrupted, relay).then(
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
  if (ended.size === keys.length) await requested;
  if (failure.error !== undefined && !interrupted.aborted) throw failure.error;
  return keys.map((key): PassOutcome => {
    const row = now.get(passPath(key));
    return ended.has(passPath(key)) && row ? outcomeOf(key, row) : { ...key, outcome: 'under way' };
  });
}

function outcomeOf(key: PassKey, { failedAt, failure, result }: PassRow): PassOutcome {
  if (failedAt !== undefined)
    return { ...key, outcome: 'failed', failure: failure && `${failure.code}: ${failure.reason}` };
  if (!result) return { ...key, outcome: 'ended' };
  const { startedAt, items: compared, missing, changes, findings: toRead, unusable } = result;
  const runId = runIdOf(key, startedAt);
  return { ...key, outcome: 'ended', compared, missing, changed: changes - missing, toRead, unusable, runId };
}
