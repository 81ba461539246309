import type { CommandState } from '../core/command-state.ts';
import type { Instant } from '../core/instant.ts';
import { addMs, instantOf } from '../core/instant.ts';
import type { Ticket } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { ClaimedLine, LineUpdate, StoredContent, TokenRequest } from '../ports/command-store.ts';
import type { WriteResult } from '../ports/partner-central-writes.ts';
import type { ActDeps } from './deps.ts';

export type Refused = Extract<WriteResult, { readonly kind: 'refused' }>;

/** What a worker knows about a line while it has it. */
export interface LineWork {
  claimed: ClaimedLine;
  /** Whether AWS reviews the record, by a read during this claim. */
  isLocked: boolean;
  /** The last answer of AWS to a call, until a read explains it. */
  refusal:
    | { readonly number: number; readonly timestamp: string | undefined; readonly result: Refused }
    | undefined;
  /** When the line must be looked at again. */
  readonly lookAgainAt: Instant[];
  /** Since when the command that is worked on could run. */
  runnableSince: Instant | undefined;
}

/** A command that is worked on. */
export interface CommandWork {
  readonly ticket: Ticket;
  readonly record: RecordState;
  readonly state: CommandState;
}

export interface CommandWithContent extends CommandWork {
  readonly content: StoredContent;
}

/** The line is given up until it is due. */
export interface Rest {
  readonly kind: 'rest';
  /** Undefined if only a signal makes it due. */
  readonly dueAt: Instant | undefined;
  /** True if too many of these in a row end a command. */
  readonly isFruitless?: boolean;
}

/** The result of one step of the work on a line. */
export type Step =
  /** Something has changed: the line is read again. */
  | { readonly kind: 'again' }
  | Rest
  /** Another worker has claimed the line. */
  | { readonly kind: 'lost' };

export const again: Step = { kind: 'again' };
export const lost: Step = { kind: 'lost' };

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** Waits before the next look at a line, milliseconds. */
export const waits = {
  /** A read may return a state from before a call for this long. */
  lag: 6 * secondMs,
  behind: 3 * secondMs,
  /** Between looks at what a call has changed, and after its answer until the last one. */
  look: 30 * secondMs,
  lastLook: 10 * minuteMs,
  /** After a failure of the surroundings. */
  outage: 10 * secondMs,
  /** First look for the end of a call that is unknown. */
  unknown: 5 * secondMs,
  throttled: 5 * secondMs,
  refused: 10 * secondMs,
  task: 5 * secondMs,
  /** Between looks for the end of a predecessor: the first and the longest. */
  soonPredecessor: 5 * secondMs,
  predecessor: minuteMs,
  failed: minuteMs,
  paused: minuteMs,
  denied: 5 * minuteMs,
  lock: 60 * minuteMs,
  unreadable: 5 * minuteMs,
} as const;

/** A longer wait each time: what a read does not show now, it mostly shows some seconds later. */
export function retryStep(wait: 'behind' | 'refused', work: LineWork, deps: ActDeps): Rest {
  const { fruitlessClaims } = work.claimed.line;
  const waitMs = waits[wait] * deps.timeScale * 2 ** Math.max(0, fruitlessClaims - 1);
  return { kind: 'rest', dueAt: addMs(nowOf(deps), waitMs), isFruitless: true };
}

export function nowOf({ clock }: Pick<ActDeps, 'clock'>): Instant {
  return instantOf(clock.nowMs());
}

/** Since when a command could run. */
export function runnableSince({ state, record }: CommandWork): Instant {
  return state.status === 'waiting' ? record.readAt : state.acceptedAt;
}

/** Whether a command was cancelled or has expired: no call begins for it any more. */
export function isTicketOver({ isCancelled, expiresAt }: Ticket, deps: Pick<ActDeps, 'clock'>): boolean {
  return isCancelled || expiresAt <= nowOf(deps);
}

/** After more claims in a row without progress a command ends, so that its line goes on. */
const mostFruitlessClaims = 10;

export function wasFruitless({ claimed }: LineWork): boolean {
  return claimed.line.fruitlessClaims > mostFruitlessClaims;
}

export function restFor(wait: keyof typeof waits, deps: Pick<ActDeps, 'clock' | 'timeScale'>): Rest {
  return { kind: 'rest', dueAt: addMs(nowOf(deps), waits[wait] * deps.timeScale) };
}

/**
 * Writes to the line, and keeps what this worker knows of it up to date.
 * @returns whether the worker still has the line
 */
export async function tryUpdate(
  work: LineWork,
  change: LineUpdate,
  { commands }: Pick<ActDeps, 'commands'>,
  token?: { readonly number: number; readonly tokenRequest: TokenRequest },
): Promise<boolean> {
  if ((await commands.update(work.claimed, change, token)) === 'lost') return false;
  const { line } = work.claimed;
  const openCall = change.openCall === undefined ? line.openCall : (change.openCall ?? undefined);
  const answered = change.answered === undefined ? line.answered : (change.answered ?? undefined);
  work.claimed = { ...work.claimed, line: { ...line, openCall, answered } };
  return true;
}
