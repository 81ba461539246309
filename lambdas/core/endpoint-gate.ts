import { maxClockSkewMs } from './clock-skew.ts';
import { epochMsOf, type Instant, instantOf } from './instant.ts';
import { longestQueueDelayMs, longestRetryAfterMs } from './retry-schedule.ts';

/**
 * Shared state of an endpoint. All invocations of `deliver` read and write it under an optimistic
 * lock.
 */
export interface EndpointGate {
  /**
   * Workers that send to the endpoint now, each with the end of its lease. A crashed worker's slot
   * expires. A lone delivery to a quick endpoint is not among them before it takes a second.
   */
  readonly slots: Readonly<Record<string, Instant>>;
  readonly breaker: Breaker;
  readonly pace: Pace;
  readonly pause?: Pause | undefined;
  /** When a batch last took longer than a second. For some time each batch needs a slot. */
  readonly slowAt?: Instant | undefined;
}

/**
 * Nothing is sent until `until`, and no attempt is spent. `retry-after`: the receiver requested it.
 * `own-fault`: this stack cannot send, for example because a secret is unusable. When that pause
 * ends, one delivery is the trial.
 */
export interface Pause {
  readonly cause: 'retry-after' | 'own-fault';
  readonly until: Instant;
  /** When the fault was first found. */
  readonly since: Instant;
  readonly reason: string;
}

/**
 * Circuit breaker of an endpoint. While it is open, nothing is sent and no attempt is spent.
 *
 *              5 failures in a row
 *     closed ───────────────────────> open <─────────────┐
 *       ^                              │                 │ the trial fails:
 *       │ an attempt                   │ `openUntil`     │ open for twice as long,
 *       │ is delivered                 v has passed      │ at most 10 minutes
 *       └────────────────────────── half-open ───────────┘
 *
 * closed: `openings` is 0. open: `openUntil` is in the future.
 * half-open: one worker sends one delivery, the trial. All other workers wait.
 * An attempt that was already under way when the breaker opened also closes it if it is delivered,
 * unless it was a lone one to a quick endpoint: its result is not written.
 */
export interface Breaker {
  /** Failed attempts since the last delivered one, over all deliveries of the endpoint. */
  readonly failuresInARow: number;
  /** When these failures began. A long time without any attempt starts it anew. */
  readonly failingSince?: Instant | undefined;
  readonly lastFailedAt?: Instant | undefined;
  /** How often the breaker opened since it was last closed. */
  readonly openings: number;
  readonly openUntil?: Instant | undefined;
}

/** Rate limit of an endpoint with `ratePerSecond`; empty for all others. */
export interface Pace {
  /** The earliest instant at which the next message may be sent. */
  readonly nextSlotAt?: Instant | undefined;
  /** Due time of the last delivery that was postponed because of the rate limit. */
  readonly lastPostponedTo?: Instant | undefined;
}

export interface GatePolicy {
  /** How many workers may send to the endpoint at the same time. */
  readonly slots: number;
  readonly leaseMs: number;
  /** Most messages a second. @default no limit */
  readonly ratePerSecond?: number | undefined;
  /**
   * Factor on how long the breaker stays open, and on the time after which an endpoint is disabled.
   */
  readonly timeScale: number;
}

export interface SlotRequest {
  readonly worker: string;
  readonly nowMs: number;
  /** Number of deliveries that the worker has for the endpoint. */
  readonly wanted: number;
}

export type SlotAnswer =
  /**
   * `startsAtMs`: when to send the first deliveries. `dueAtMs`: due times of the others.
   * Valid once `gate` is written.
   */
  | {
      readonly outcome: 'acquired';
      readonly gate: EndpointGate;
      readonly startsAtMs: readonly number[];
      readonly dueAtMs: readonly number[];
      /** Whether invalid instants of the stored gate were removed. */
      readonly isMended: boolean;
    }
  | { readonly outcome: 'full' }
  /** The endpoint is paused, the breaker is open, or another worker makes the trial. */
  | { readonly outcome: 'open'; readonly untilMs: number };

/** Results of a worker's batch. */
export interface SlotResult {
  readonly worker: string;
  readonly nowMs: number;
  /** Attempts that show that the endpoint is up. */
  readonly delivered: number;
  /** Attempts that count against the endpoint. */
  readonly failed: number;
  readonly pause?: PauseRequest | undefined;
  /** Whether the batch took longer than a quick delivery. */
  readonly isSlow: boolean;
  /** `since` of the pause that the worker found when it acquired its slot. */
  readonly pausedSince?: Instant | undefined;
}

export type PauseRequest =
  | { readonly cause: 'retry-after'; readonly untilMs: number; readonly reason: string }
  | { readonly cause: 'own-fault'; readonly reason: string };

export interface SlotRelease {
  readonly gate: EndpointGate;
  /** Set if this result paused the endpoint. */
  readonly newPause?: Pause | undefined;
  /** Set if this result opened the breaker: for how long. */
  readonly openedForMs?: number | undefined;
  /** Set if all attempts failed for five days: the endpoint must be disabled. */
  readonly failingTooLongSince?: Instant | undefined;
}

export const idleGate: EndpointGate = { slots: {}, breaker: { failuresInARow: 0, openings: 0 }, pace: {} };

const failuresUntilOpen = 5;
const firstOpeningMs = 30_000;
const longestOpeningMs = 10 * 60_000;
const disabledAfterMs = 5 * 24 * 3_600_000;
/**
 * Longer than any wait between two attempts (24 h and 20 %): after that, no message was due at all.
 */
const longestSilenceMs = 36 * 3_600_000;

/**
 * A fault of this stack is tried again after 10 s, then after as long as it has lasted. The limit
 * keeps a value in each period of the alarm.
 */
const firstFaultWaitMs = 10_000;
const longestFaultWaitMs = 5 * 60_000;
/** Well below the numbers that JavaScript cannot hold. */
const mostCounted = 1_000_000_000;

/**
 * How long a worker waits for the rate limit. Well within the lease, and above the 1 s precision of
 * SQS delays.
 */
const longestPaceWaitMs = 3_000;

/**
 * After this time a lone delivery is slow. It limits how many workers can start at an endpoint that
 * begins to hang before they are counted.
 */
export const quickMs = 1_000;
/** How long each batch needs a slot after a slow one. */
const rememberedSlowMs = 10 * 60_000;

/** Acquires a slot for a batch, and sets the start of each delivery that may be sent now. */
export function acquireSlot(
  stored: EndpointGate = idleGate,
  request: SlotRequest,
  policy: GatePolicy,
): SlotAnswer {
  const { worker, nowMs, wanted } = request;
  const { gate, isMended } = mendGate(stored, nowMs, policy);
  const { breaker, pause } = gate;
  const closedUntilMs = Math.max(msOf(breaker.openUntil), msOf(pause?.until));
  if (closedUntilMs > nowMs) return { outcome: 'open', untilMs: closedUntilMs };
  const others = slotsOfOthers(gate, worker, nowMs);
  const workers = Object.keys(others).length;
  const retryAtMs = nowMs + firstOpeningMs * policy.timeScale;
  const isHalfOpen = breaker.openings > 0 || pause?.cause === 'own-fault';
  if (isHalfOpen && workers > 0) return { outcome: 'open', untilMs: retryAtMs };
  if (workers >= policy.slots) return { outcome: 'full' };
  const allowed = isHalfOpen ? 1 : wanted;
  const { startsAtMs, dueAtMs, pace } = reserveStarts(gate.pace, nowMs, allowed, policy.ratePerSecond);
  const dueAfterTrialMs = Array.from({ length: wanted - allowed }, () => retryAtMs);
  const own = startsAtMs.length > 0 ? { [worker]: instantOf(nowMs + policy.leaseMs) } : {};
  return {
    outcome: 'acquired',
    gate: { ...gate, slots: { ...others, ...own }, pace },
    startsAtMs,
    dueAtMs: [...dueAtMs, ...dueAfterTrialMs],
    isMended,
  };
}

/**
 * Whether nothing indicates that the endpoint is slow or fails. Then a lone delivery needs no slot
 * before it has taken a second.
 */
export function isQuick(
  stored: EndpointGate = idleGate,
  nowMs: number,
  policy: Pick<GatePolicy, 'leaseMs' | 'timeScale'>,
): boolean {
  const { gate, isMended } = mendGate(stored, nowMs, policy);
  const { breaker, pause, slots, slowAt } = gate;
  const hasFailed = breaker.failuresInARow > 0 || breaker.openings > 0;
  const wasSlow = nowMs - msOf(slowAt) < rememberedSlowMs * policy.timeScale;
  return !isMended && !hasFailed && !pause && !wasSlow && Object.keys(slots).length === 0;
}

/** Adds the slot of a worker whose lone delivery is slow, also beyond the number of slots. */
export function registerSlot(
  stored: EndpointGate = idleGate,
  { worker, nowMs }: Pick<SlotRequest, 'worker' | 'nowMs'>,
  policy: Pick<GatePolicy, 'leaseMs' | 'timeScale'>,
): EndpointGate {
  const { gate } = mendGate(stored, nowMs, policy);
  return { ...gate, slots: { ...gate.slots, [worker]: instantOf(nowMs + policy.leaseMs) } };
}

interface ReservedStarts {
  readonly startsAtMs: readonly number[];
  readonly dueAtMs: readonly number[];
  readonly pace: Pace;
}

/**
 * Spreads starts evenly. Only starts within the next 3 seconds are reserved. Each later delivery is
 * postponed to its expected start, behind all deliveries that were postponed before.
 */
function reserveStarts(pace: Pace, nowMs: number, wanted: number, ratePerSecond?: number): ReservedStarts {
  if (ratePerSecond === undefined)
    return { startsAtMs: Array.from({ length: wanted }, () => nowMs), dueAtMs: [], pace };
  const everyMs = 1_000 / ratePerSecond;
  const latestMs = nowMs + longestQueueDelayMs;
  // After the rate was raised, a start reserved at the old rate may be far ahead: cap it.
  const firstMs = Math.min(Math.max(nowMs, msOf(pace.nextSlotAt)), latestMs);
  const withinWait = Math.floor((nowMs + longestPaceWaitMs - firstMs) / everyMs) + 1;
  const granted = Math.max(0, Math.min(wanted, withinWait));
  const nextMs = firstMs + granted * everyMs;
  const postponedMs = Math.max(nextMs, msOf(pace.lastPostponedTo));
  const dueAtMs = Array.from({ length: wanted - granted }, (_, index) =>
    Math.min(postponedMs + index * everyMs, latestMs),
  );
  return {
    startsAtMs: Array.from({ length: granted }, (_, index) => firstMs + index * everyMs),
    dueAtMs,
    pace: {
      nextSlotAt: instantOf(Math.ceil(nextMs)),
      lastPostponedTo: instantOf(Math.ceil(Math.min(postponedMs + dueAtMs.length * everyMs, latestMs))),
    },
  };
}

/** Releases the worker's slot and updates breaker and pause from the worker's results. */
export function releaseSlot(
  stored: EndpointGate = idleGate,
  result: SlotResult,
  policy: Pick<GatePolicy, 'leaseMs' | 'timeScale'>,
): SlotRelease {
  const { worker, nowMs, delivered, failed, isSlow } = result;
  const { timeScale } = policy;
  const { pause: before, ...gate } = mendGate(stored, nowMs, policy).gate;
  const { breaker } = gate;
  const pause = nextPause(before, result, timeScale);
  const newPause = pause === before ? undefined : pause;
  const released = {
    ...gate,
    slots: slotsOfOthers(gate, worker, nowMs),
    ...(pause && { pause }),
    ...(isSlow && { slowAt: instantOf(nowMs) }),
  };
  if (delivered > 0) return { gate: { ...released, breaker: idleGate.breaker }, newPause };
  if (failed === 0) return { gate: released, newPause };
  const lastFailedAt = instantOf(nowMs);
  const isContinued = nowMs - msOf(breaker.lastFailedAt) <= longestSilenceMs * timeScale;
  const failingSince = (isContinued ? breaker.failingSince : undefined) ?? lastFailedAt;
  const failuresInARow = breaker.failuresInARow + failed;
  const failing = { ...breaker, failuresInARow, failingSince, lastFailedAt };
  const isTooLong = nowMs - epochMsOf(failingSince) >= disabledAfterMs * timeScale;
  const failingTooLongSince = isTooLong ? failingSince : undefined;
  const staysClosed = failing.openings === 0 && failing.failuresInARow < failuresUntilOpen;
  // Attempts that were under way when the breaker opened do not open it further.
  if (staysClosed || isOpen(breaker, nowMs))
    return { gate: { ...released, breaker: failing }, newPause, failingTooLongSince };
  const openedForMs = Math.min(firstOpeningMs * 2 ** breaker.openings, longestOpeningMs) * timeScale;
  const openUntil = instantOf(nowMs + openedForMs);
  const opened = { ...failing, openings: breaker.openings + 1, openUntil };
  return { gate: { ...released, breaker: opened }, newPause, openedForMs, failingTooLongSince };
}

function nextPause(
  before: Pause | undefined,
  { nowMs, pause, delivered, failed, pausedSince }: SlotResult,
  timeScale: number,
): Pause | undefined {
  const isOver = msOf(before?.until) <= nowMs;
  if (pause?.cause === 'retry-after') {
    const longestMs = nowMs + longestRetryAfterMs * timeScale;
    const untilMs = Math.max(Math.min(pause.untilMs, longestMs), isOver ? 0 : msOf(before?.until));
    return { ...pauseOf(pause), until: instantOf(untilMs), since: instantOf(nowMs) };
  }
  if (pause) {
    const isContinued = before?.cause === 'own-fault';
    if (isContinued && !isOver) return before;
    const since = isContinued ? before.since : instantOf(nowMs);
    const lastedMs = nowMs - epochMsOf(since);
    const waitMs = Math.max(firstFaultWaitMs * timeScale, Math.min(lastedMs, longestFaultWaitMs * timeScale));
    return { ...pauseOf(pause), until: instantOf(nowMs + waitMs), since };
  }
  // Any attempt shows that a fault of this stack is mended, unless it began before the fault.
  const isTrial = before !== undefined && before.since === pausedSince;
  const isMended = before?.cause === 'own-fault' ? isTrial && delivered + failed > 0 : isOver;
  return isMended ? undefined : before;
}

function pauseOf({ cause, reason }: PauseRequest): Pick<Pause, 'cause' | 'reason'> {
  return { cause, reason };
}

/**
 * Removes instants that no worker can have written: later than the longest lease, opening or pause
 * from now. They were edited by hand, or written by a broken clock.
 */
export function mendGate(
  gate: EndpointGate,
  nowMs: number,
  { leaseMs, timeScale }: Pick<GatePolicy, 'leaseMs' | 'timeScale'>,
): { gate: EndpointGate; isMended: boolean } {
  const { slots, breaker, pace, pause, slowAt } = gate;
  const isWithin = (instant: Instant | undefined, ms: number): boolean =>
    msOf(instant) <= nowMs + ms + maxClockSkewMs;
  const within = (instant: Instant | undefined, ms = 0) => (isWithin(instant, ms) ? instant : undefined);
  const pauseMs = pause?.cause === 'own-fault' ? longestFaultWaitMs : longestRetryAfterMs;
  const isPauseValid = pause && isWithin(pause.since, 0) && isWithin(pause.until, pauseMs * timeScale);
  const mended: EndpointGate = {
    slots: Object.fromEntries(Object.entries(slots).filter(([, until]) => isWithin(until, leaseMs))),
    breaker: {
      failuresInARow: Math.min(breaker.failuresInARow, mostCounted),
      openings: Math.min(breaker.openings, mostCounted),
      failingSince: within(breaker.failingSince),
      lastFailedAt: within(breaker.lastFailedAt),
      openUntil: within(breaker.openUntil, longestOpeningMs * timeScale),
    },
    pace,
    ...(isPauseValid && { pause }),
    ...(within(slowAt) && { slowAt }),
  };
  const isMended =
    Object.keys(mended.slots).length < Object.keys(slots).length ||
    mended.pause !== pause ||
    mended.slowAt !== slowAt ||
    breakerFields.some((field) => mended.breaker[field] !== breaker[field]);
  return isMended ? { gate: mended, isMended } : { gate, isMended };
}

const breakerFields = [
  'failuresInARow',
  'openings',
  'failingSince',
  'lastFailedAt',
  'openUntil',
] as const satisfies readonly (keyof Breaker)[];

function isOpen({ openUntil }: Breaker, nowMs: number): boolean {
  return msOf(openUntil) > nowMs;
}

/** Slots of other workers whose leases have not expired. */
function slotsOfOthers({ slots }: EndpointGate, worker: string, nowMs: number): Record<string, Instant> {
  const taken = Object.entries(slots).filter(([name, until]) => name !== worker && epochMsOf(until) > nowMs);
  return Object.fromEntries(taken);
}

function msOf(instant: Instant | undefined): number {
  return instant === undefined ? 0 : epochMsOf(instant);
}
