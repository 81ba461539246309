import { addMs, epochMsOf } from '../core/instant.ts';
import { type LineKey, linePath } from '../core/line.ts';
import { longestQueueDelayMs } from '../core/retry-schedule.ts';
import { isFailure, ServiceError } from '../core/service-error.ts';
import { setRecordAside } from '../records/set-record-aside.ts';
import type { ActDeps } from './deps.ts';
import { takeStep } from './take-step.ts';
import { type LineWork, nowOf, type Rest, restFor, type Step } from './work.ts';

/** Younger commands are on time: a call waits for its permit, and an outage for its end. */
const lateCommandMs = 15 * 60_000;

/**
 * Claims a line and works on it until there is nothing to do, or until `endsAtMs`. Does nothing if
 * the line is not due.
 */
export async function workOnLine(key: LineKey, endsAtMs: number, deps: ActDeps): Promise<void> {
  const { commands, random, leaseMs } = deps;
  const now = nowOf(deps);
  const claimed = await commands.claim(key, `act-${random.next()}`, now, addMs(now, leaseMs));
  if (!claimed) return;
  const work: LineWork = {
    claimed,
    isLocked: false,
    refusal: undefined,
    lookAgainAt: [],
    runnableSince: undefined,
  };
  try {
    await workOnClaim(work, endsAtMs, deps);
  } catch (error) {
    await handleFailure(work, error, deps);
  }
}

async function workOnClaim(work: LineWork, endsAtMs: number, deps: ActDeps): Promise<void> {
  for (;;) {
    const isOver = deps.clock.nowMs() >= endsAtMs;
    const step: Step = isOver
      ? { kind: 'rest', dueAt: nowOf(deps), isFruitless: true }
      : await takeStep(work, deps);
    if (step.kind === 'lost') return;
    if (step.kind === 'rest' && (await tryRelease(work, step, deps)) !== 'signalled') return;
    if (!(await tryReadAgain(work, deps))) return;
    if (step.kind === 'rest') work.isLocked = false;
  }
}

async function tryReadAgain(work: LineWork, { commands }: ActDeps): Promise<boolean> {
  const claimed = await commands.readAgain(work.claimed);
  if (!claimed) return false;
  work.claimed = claimed;
  work.runnableSince = undefined;
  return true;
}

/** Gives the line up, and signals it again if it is due soon. */
async function tryRelease(work: LineWork, { dueAt, isFruitless }: Rest, deps: ActDeps) {
  reportAge(work, deps);
  const change = isFruitless ? {} : { fruitlessClaims: 0 };
  const outcome = await deps.commands.release(work.claimed, dueAt, change);
  const delayMs = dueAt ? epochMsOf(dueAt) - deps.clock.nowMs() : Number.POSITIVE_INFINITY;
  if (outcome === 'released' && delayMs <= longestQueueDelayMs) {
    const { catalog, kind, id } = work.claimed.line;
    await deps.doorbell.ring([{ catalog, kind, id }], Math.max(0, delayMs));
  }
  return outcome;
}

function reportAge({ runnableSince }: LineWork, { clock, metrics }: ActDeps): void {
  const ageMs = runnableSince ? clock.nowMs() - epochMsOf(runnableSince) : 0;
  if (ageMs >= lateCommandMs) metrics.level('CommandAge', ageMs / 1_000);
}

/**
 * Gives a line up on which the work has failed. A failure that can pass ends no command.
 * @throws the failure if it was not foreseen
 */
async function handleFailure(work: LineWork, error: unknown, deps: ActDeps): Promise<void> {
  await setRecordAside(error, deps);
  const rest = restAfter(error, deps);
  if ((await tryRelease(work, rest, deps)) === 'signalled' && (await tryReadAgain(work, deps)))
    await tryRelease(work, rest, deps);
  if (!(error instanceof ServiceError)) throw error;
  deps.log.warn('line.postponed', { line: linePath(work.claimed.line), code: error.code });
}

function restAfter(error: unknown, deps: ActDeps): Rest {
  if (isFailure(error, 'record.unreadable')) return restFor('unreadable', deps);
  if (!(error instanceof ServiceError) || error.retry.kind === 'never')
    return { ...restFor('failed', deps), isFruitless: true };
  if (!isFailure(error, 'quota.waiting')) return restFor('outage', deps);
  return { kind: 'rest', dueAt: addMs(nowOf(deps), error.details.waitMs) };
}
