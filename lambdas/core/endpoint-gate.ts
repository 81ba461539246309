import { epochMsOf, type Instant, instantOf } from './instant.ts';
import { longestQueueDelayMs } from './retry-schedule.ts';

/** How an endpoint does, and who works for it just now: what all invocations know of it together. */
export interface EndpointGate {
  /** Worker -> the end of its lease: one that dies gives its lane back by dying. */
  readonly lanes: Readonly<Record<string, Instant>>;
  /** Attempts that failed since the last that was delivered, over all deliveries. */
  readonly failuresInARow: number;
  /** When the first of them failed; of those with no long silence between them. */
  readonly failingSince?: Instant | undefined;
  readonly lastFailedAt?: Instant | undefined;
  /** How often in a row the breaker opened; above 0 it is open, or half-open from `openUntil` on. */
  readonly openings: number;
  readonly openUntil?: Instant | undefined;
  /** When the next message that nobody has reserved may be sent. Of an endpoint with a rate. */
  readonly nextTurnAt?: Instant | undefined;
  /** When the last of those is due that were given back because their turn was too far away. */
  readonly lastInLineAt?: Instant | undefined;
}

export interface GatePolicy {
  /** Workers at once. */
  readonly lanes: number;
  readonly leaseMs: number;
  /** @default as fast as it answers */
  readonly ratePerSecond?: number | undefined;
  /** Factor on how long the breaker stays open and on the days until an endpoint is given up. */
  readonly timeScale: number;
}

export interface SlotRequest {
  readonly worker: string;
  readonly nowMs: number;
  /** Deliveries of one batch. */
  readonly wanted: number;
}

export type SlotAnswer =
  /** `startsAtMs`: the turns of the first deliveries; `dueAtMs`: when the others are worth another ring. Holds once `lanes` is written. */
  | {
      readonly outcome: 'entered';
      readonly lanes: EndpointGate;
      readonly startsAtMs: readonly number[];
      readonly dueAtMs: readonly number[];
    }
  | { readonly outcome: 'full' }
  /** The breaker is open, or another worker tries whether the endpoint is back. */
  | { readonly outcome: 'open'; readonly untilMs: number };

/** What a worker saw. */
export interface SlotResult {
  readonly worker: string;
  readonly nowMs: number;
  readonly delivered: number;
  readonly failed: number;
}

export interface SlotRelease {
  readonly lanes: EndpointGate;
  /** The breaker opened just now, for so long. */
  readonly openedForMs?: number | undefined;
  /** Set where nothing but failure came of it for five days: it is to be disabled. */
  readonly failingTooLongSince?: Instant | undefined;
}

export const idleGate: EndpointGate = { lanes: {}, failuresInARow: 0, openings: 0 };

const failuresUntilOpen = 5;
const firstOpeningMs = 30_000;
const longestOpeningMs = 10 * 60_000;
const hopelessAfterMs = 5 * 24 * 3_600_000;
/** Longer than any wait between two attempts, 24 h and a fifth: who heard nothing for so long was sent nothing. */
const longestSilenceMs = 36 * 3_600_000;

/** How long a delivery waits for its turn in place: well within the lease, and longer than the whole seconds of a queue. */
const patienceMs = 3_000;

/** A lane for one batch, and turns for as many of its deliveries as the endpoint may be sent now. */
export function acquireSlot(
  lanes: EndpointGate = idleGate,
  ask: SlotRequest,
  policy: GatePolicy,
): SlotAnswer {
  const { worker, nowMs, wanted } = ask;
  if (isOpen(lanes, nowMs)) return { outcome: 'open', untilMs: msOf(lanes.openUntil) };
  const busy = others(lanes, worker, nowMs);
  const workers = Object.keys(busy).length;
  const retryAtMs = nowMs + firstOpeningMs * policy.timeScale;
  // Half-open: one worker with one delivery tries whether it is back.
  const isTrial = lanes.openings > 0;
  if (isTrial && workers > 0) return { outcome: 'open', untilMs: retryAtMs };
  if (workers >= policy.lanes) return { outcome: 'full' };
  const most = isTrial ? 1 : wanted;
  const { startsAtMs, dueAtMs, ...line } = paced(lanes, nowMs, most, policy.ratePerSecond);
  const untried = Array.from({ length: wanted - most }, () => retryAtMs);
  const mine = startsAtMs.length > 0 ? { [worker]: instantOf(nowMs + policy.leaseMs) } : {};
  return {
    outcome: 'entered',
    lanes: { ...lanes, ...line, lanes: { ...busy, ...mine } },
    startsAtMs,
    dueAtMs: [...dueAtMs, ...untried],
  };
}

interface Pace extends Pick<EndpointGate, 'nextTurnAt' | 'lastInLineAt'> {
  readonly startsAtMs: readonly number[];
  readonly dueAtMs: readonly number[];
}

/** Turns evenly apart. Those beyond patience are not reserved: each comes back when its turn should be, behind all that were sent back before. */
function paced(lanes: EndpointGate, nowMs: number, wanted: number, ratePerSecond?: number): Pace {
  if (ratePerSecond === undefined)
    return { startsAtMs: Array.from({ length: wanted }, () => nowMs), dueAtMs: [] };
  const everyMs = 1_000 / ratePerSecond;
  const latestMs = nowMs + longestQueueDelayMs;
  // A rate that was raised must not leave a turn that lies far ahead.
  const firstMs = Math.min(Math.max(nowMs, msOf(lanes.nextTurnAt)), latestMs);
  const inPlace = Math.floor((nowMs + patienceMs - firstMs) / everyMs) + 1;
  const granted = Math.max(0, Math.min(wanted, inPlace));
  const nextMs = firstMs + granted * everyMs;
  const lineMs = Math.max(nextMs, msOf(lanes.lastInLineAt));
  const dueAtMs = Array.from({ length: wanted - granted }, (_, index) =>
    Math.min(lineMs + index * everyMs, latestMs),
  );
  return {
    startsAtMs: Array.from({ length: granted }, (_, index) => firstMs + index * everyMs),
    dueAtMs,
    nextTurnAt: instantOf(Math.ceil(nextMs)),
    lastInLineAt: instantOf(Math.ceil(Math.min(lineMs + dueAtMs.length * everyMs, latestMs))),
  };
}

/** Gives the lane back, and draws the conclusion from what came of it. */
export function releaseSlot(
  before: EndpointGate = idleGate,
  { worker, nowMs, delivered, failed }: SlotResult,
  { timeScale }: Pick<GatePolicy, 'timeScale'>,
): SlotRelease {
  const lanes = { ...before, lanes: others(before, worker, nowMs) };
  if (delivered > 0) {
    const { failingSince: _since, lastFailedAt: _last, openUntil: _until, ...well } = lanes;
    return { lanes: { ...well, failuresInARow: 0, openings: 0 } };
  }
  if (failed === 0) return { lanes };
  const lastFailedAt = instantOf(nowMs);
  const goesOn = nowMs - msOf(lanes.lastFailedAt) <= longestSilenceMs * timeScale;
  const failingSince = (goesOn ? lanes.failingSince : undefined) ?? lastFailedAt;
  const failuresInARow = lanes.failuresInARow + failed;
  const failing = { ...lanes, failuresInARow, failingSince, lastFailedAt };
  const isHopeless = nowMs - epochMsOf(failingSince) >= hopelessAfterMs * timeScale;
  const hopelessSince = isHopeless ? failingSince : undefined;
  // Those that were under way when it opened say nothing new.
  const staysClosed = failing.openings === 0 && failing.failuresInARow < failuresUntilOpen;
  if (staysClosed || isOpen(lanes, nowMs)) return { lanes: failing, failingTooLongSince: hopelessSince };
  const openedForMs = Math.min(firstOpeningMs * 2 ** lanes.openings, longestOpeningMs) * timeScale;
  const openUntil = instantOf(nowMs + openedForMs);
  return {
    lanes: { ...failing, openings: lanes.openings + 1, openUntil },
    openedForMs,
    failingTooLongSince: hopelessSince,
  };
}

function isOpen({ openUntil }: EndpointGate, nowMs: number): boolean {
  return msOf(openUntil) > nowMs;
}

/** Whoever else holds a lane whose lease has not run out. */
function others({ lanes }: EndpointGate, worker: string, nowMs: number): Record<string, Instant> {
  const held = Object.entries(lanes).filter(([name, until]) => name !== worker && epochMsOf(until) > nowMs);
  return Object.fromEntries(held);
}

function msOf(instant: Instant | undefined): number {
  return instant === undefined ? 0 : epochMsOf(instant);
}
