import type { ReadPurpose } from '../core/quota-ledger.ts';
import type { Refusal } from '../core/quota-turns.ts';
import { laterAfter, ServiceError } from '../core/service-error.ts';
import type { ReadQuota } from '../ports/read-quota.ts';
import { type LedgerParts, ledgerUpdates } from './ledger-updates.ts';

export interface LedgerReadQuotaOptions extends LedgerParts {
  readonly purpose: ReadPurpose;
  /** How long a read may wait for its turn, from asking for it. Whatever waits when that is too little is rejected. */
  readonly patienceMs: number;
}

interface Waiter {
  readonly askedAtMs: number;
  readonly proceed: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A turn that was missed by more is lost: a read that comes late, and punctual ones after it, would be 11 in a second. */
const latestMs = 25;

/** Workers that were refused together would ask again together. */
const earlierBy = 0.25;

/**
 * How often a worker that waits reads the ledger. Only a reading soon after a write tells how far two clocks are apart, and
 * what is not known of that is lost each time that turns pass from one worker to another: a quarter of all turns and more with
 * readings for reservations alone, a few hundredths with these.
 */
const watchMs = 50;

const tooBusyMs = 1_000;

/** What is thought of a throttle until the ledger says for how long. */
const throttledMs = 1_000;

/**
 * The turns of one worker, reserved in the shared ledger for as many as wait, and handed out one by one. It works only
 * while somebody waits: between invocations a function stands still, and turns that pass meanwhile are lost.
 */
export function ledgerReadQuota(options: LedgerReadQuotaOptions): ReadQuota {
  const { clock, random, purpose, patienceMs, metrics } = options;
  const updates = ledgerUpdates(options);
  const waiters: Waiter[] = [];
  let turnsMs: number[] = [];
  let isServing = false;
  let isWatching = false;
  let closings = 0;

  const rejectAll = (reason: unknown) => {
    for (const { reject } of waiters.splice(0)) reject(reason);
  };
  /** Those at hand, and those of a reservation under way. */
  const forgetTurns = () => {
    turnsMs = [];
    closings += 1;
  };

  const waitedMs = () => {
    const nowMs = clock.nowMs();
    return nowMs - (waiters[0]?.askedAtMs ?? nowMs);
  };

  async function reserveTurns(): Promise<void> {
    const before = closings;
    const answer = await updates.reserve(purpose, () => Math.max(1, waiters.length));
    if ('granted' in answer) {
      const { granted, firstAtMs, everyMs } = answer;
      if (closings === before)
        turnsMs = Array.from({ length: granted }, (_, index) => Math.ceil(firstAtMs + index * everyMs));
      return;
    }
    if (waitedMs() + answer.waitMs > patienceMs) rejectAll(waiting(answer));
    else await clock.sleep(answer.waitMs * (1 - earlierBy * random.next()));
  }

  /** Beside `serve`, so that no turn is missed for it. */
  async function watch(): Promise<void> {
    isWatching = true;
    while (waiters.length > 0) {
      await clock.sleep(watchMs);
      // What fails here fails there too, and is told there.
      if (waiters.length > 0) await updates.watch().catch(() => undefined);
    }
    isWatching = false;
  }

  async function serve(): Promise<void> {
    isServing = true;
    try {
      while (waiters.length > 0) {
        const [turnMs] = turnsMs;
        const inMs = (turnMs ?? 0) - clock.nowMs();
        // A worker that is too busy to keep any of its turns must not go on taking them from others.
        if (waitedMs() > patienceMs) rejectAll(waiting({ limit: 'rate', waitMs: tooBusyMs }));
        else if (turnMs === undefined) await reserveTurns();
        else if (inMs > 0) await clock.sleep(inMs);
        else {
          turnsMs.shift();
          if (-inMs <= latestMs) waiters.shift()?.proceed();
        }
      }
    } catch (error) {
      rejectAll(error);
    }
    isServing = false;
  }

  return {
    turn: () =>
      new Promise((proceed, reject) => {
        waiters.push({ askedAtMs: clock.nowMs(), proceed, reject });
        if (!isServing) void serve();
        if (!isWatching) void watch();
      }),
    async throttled() {
      metrics.count('ReadsThrottled');
      forgetTurns();
      const inVain = waiters.splice(0);
      let waitMs = throttledMs;
      try {
        waitMs = await updates.close();
      } finally {
        forgetTurns();
        const reason = waiting({ limit: 'throttled', waitMs });
        for (const { reject } of inVain) reject(reason);
      }
    },
  };
}

function waiting({ limit, waitMs }: Refusal): ServiceError {
  return new ServiceError('quota.waiting', { limit, waitMs }, { retry: laterAfter(waitMs) });
}
