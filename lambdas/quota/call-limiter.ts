import { laterAfter, ServiceError } from '../core/service-error.ts';
import type { Quota } from '../ports/quota.ts';
import type { Purpose } from './purposes.ts';
import type { Refusal } from './reserve-permits.ts';
import type { WorkerLedger, WorkerLedgerDeps } from './worker-ledger.ts';

export interface CallLimiterDeps extends Pick<WorkerLedgerDeps, 'clock' | 'random'> {
  /** Limiters of one worker share it: else they would take each other for two workers. */
  readonly ledger: WorkerLedger;
  readonly purpose: Purpose;
  /**
   * How long a call may wait for a permit, milliseconds. If it would take longer, the call is
   * rejected.
   */
  readonly patienceMs: number;
  /**
   * A permit that is missed by more than this is discarded: one late call, followed by punctual
   * ones, could exceed the limit of a second.
   */
  readonly maxLateMs: number;
  /** Counts a call that Partner Central throttled. */
  readonly countThrottle: () => void;
}

/** What the limiters of one worker have in common. */
export type LimitersDeps = Omit<WorkerLedgerDeps, 'calls' | 'reportUsedOfDay'>;

interface WaitingCall {
  readonly requestedAtMs: number;
  readonly proceed: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The share by which a wait is shortened at random, so that workers that were refused together do
 * not retry together.
 */
const maxJitter = 0.25;

/**
 * How often a worker that waits reads the ledger to learn the clock offsets of other workers, until
 * it has seen enough of their writes. Only a read soon after a write gives a small offset, and the
 * error of an offset is lost time whenever permits pass from one worker to another. Without these
 * reads a quarter of all permits and more is lost, with them a few percent.
 */
const offsetsEveryMs = 25;

/** The shortest retry delay: this worker may be too busy to use its permits in time. */
const leastRetryMs = 1_000;

/** The assumed length of a closure until the ledger answers. */
const assumedClosureMs = 1_000;

/**
 * The limiter of one worker. It reserves permits in the shared ledger for all waiting calls at once
 * and hands them out one by one. It runs only while a call waits: between invocations a Lambda
 * function is frozen, and permits that fall due meanwhile are lost.
 */
export function callLimiter(deps: CallLimiterDeps): Quota {
  const { ledger, clock, random, purpose, patienceMs, maxLateMs, countThrottle } = deps;
  const waiting: WaitingCall[] = [];
  /** When the reserved permits fall due, epoch milliseconds, in order. */
  let permitsAtMs: number[] = [];
  let throttles = 0;
  let isServing = false;
  let isLearningOffsets = false;

  const rejectAll = (reason: unknown) => {
    for (const { reject } of waiting.splice(0)) reject(reason);
  };
  /** Discards the reserved permits, and those of a reservation that is being made. */
  const discardPermits = () => {
    permitsAtMs = [];
    throttles += 1;
  };
  const patienceLeftMs = () => {
    const nowMs = clock.nowMs();
    return patienceMs - (nowMs - (waiting[0]?.requestedAtMs ?? nowMs));
  };

  async function reservePermits(): Promise<void> {
    const throttlesBefore = throttles;
    const ask = () => ({ wanted: Math.max(1, waiting.length), withinMs: patienceLeftMs() });
    const answer = await ledger.reservePermits(purpose, ask);
    if ('granted' in answer) {
      const { granted, firstAtMs, spacingMs } = answer;
      if (throttles === throttlesBefore)
        permitsAtMs = Array.from({ length: granted }, (_, index) => Math.ceil(firstAtMs + index * spacingMs));
    } else if (patienceLeftMs() < Math.max(answer.waitMs, purpose.horizonMs))
      rejectAll(waitingError({ ...answer, waitMs: Math.max(answer.waitMs, leastRetryMs) }));
    else await clock.sleep(answer.waitMs * (1 - maxJitter * random.next()));
  }

  /** Runs beside `serve`, so that no permit is missed because of it. */
  async function learnOffsets(): Promise<void> {
    isLearningOffsets = true;
    while (waiting.length > 0) {
      await clock.sleep(offsetsEveryMs);
      // An unavailable store also fails in `serve`, which reports it.
      if (waiting.length > 0) await ledger.learnClockOffsets().catch(() => undefined);
    }
    isLearningOffsets = false;
  }

  async function serve(): Promise<void> {
    isServing = true;
    try {
      while (waiting.length > 0) {
        const [permitAtMs] = permitsAtMs;
        const inMs = (permitAtMs ?? 0) - clock.nowMs();
        if (permitAtMs === undefined) await reservePermits();
        else if (inMs > 0) await clock.sleep(inMs);
        else {
          permitsAtMs.shift();
          if (-inMs <= maxLateMs) waiting.shift()?.proceed();
        }
      }
    } catch (error) {
      rejectAll(error);
    }
    isServing = false;
  }

  return {
    acquirePermit: () =>
      new Promise((proceed, reject) => {
        waiting.push({ requestedAtMs: clock.nowMs(), proceed, reject });
        if (!isServing) void serve();
        if (!isLearningOffsets) void learnOffsets();
      }),
    async reportThrottle() {
      countThrottle();
      discardPermits();
      const rejected = waiting.splice(0);
      let waitMs = assumedClosureMs;
      try {
        waitMs = await ledger.close();
      } finally {
        discardPermits();
        const reason = waitingError({ limit: 'throttled', waitMs });
        for (const { reject } of rejected) reject(reason);
      }
    },
  };
}

function waitingError({ limit, waitMs }: Refusal): ServiceError {
  return new ServiceError('quota.waiting', { limit, waitMs }, { retry: laterAfter(waitMs) });
}
