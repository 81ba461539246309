import { sha256 } from './digest.ts';
import { epochMsOf, type Instant } from './instant.ts';

/** Lists of Partner Central's that are compared with the table. */
export const listNames = [
  'opportunities',
  'sent-invitations',
  'received-invitations',
  'engagements',
] as const;
export type ListName = (typeof listNames)[number];
/** What `reconcile` goes through for each catalog: those lists, and the expirations that the table itself holds. */
export const passNames = [...listNames, 'expirations'] as const;
export type PassName = (typeof passNames)[number];

/** What identifies a pass: one of them is under way at a time. */
export interface PassKey {
  readonly catalog: string;
  readonly name: PassName;
}

/** How far a pass got that is under way. */
export interface Progress {
  readonly startedAt: Instant;
  /** Whether it has everything read again, whatever the table holds. */
  readonly full: boolean;
  /** Where the next page begins; undefined for the first. */
  readonly nextToken?: string | undefined;
  /** Highest stamp of AWS's so far, of those that were a minute old when the pass began. */
  readonly highestStamp?: Instant | undefined;
  /** Lowest stamp of what the table lacked or held older. */
  readonly oldestChange?: Instant | undefined;
  readonly pages: number;
  readonly items: number;
  readonly findings: number;
  /** Findings that the table lacked or held older: all of them, but for a full pass. */
  readonly changes: number;
  readonly unusable: number;
}

/** What is kept of the passes over one list. */
export interface PassState {
  /** From here on the next pass looks: a stamp of AWS's, and none of this clock's. */
  readonly watermark?: Instant | undefined;
  /** Since when the watermark stays where it is although AWS's stamps went on. */
  readonly heldSince?: Instant | undefined;
  /** When the last complete pass began that had everything read: the first one, or a full one. */
  readonly lastFullAt?: Instant | undefined;
  /** When the last pass was given up, until the next one gets anywhere: for who waits for its end. */
  readonly failedAt?: Instant | undefined;
  readonly progress?: Progress | undefined;
}

export function begun(startedAt: Instant, full: boolean): Progress {
  return { startedAt, full, pages: 0, items: 0, findings: 0, changes: 0, unusable: 0 };
}

/** Derived, so that a pass which is continued, or does a page twice, goes by one name. */
export function runIdOf({ catalog, name }: PassKey, startedAt: Instant): string {
  return `run_${sha256([catalog, name, startedAt].join('\n')).slice(0, 32)}`;
}

/**
 * Where the next pass has to begin once this one is complete. Not beyond what the table lacked: that was sent down a queue,
 * and is believed when the next pass sees it stored. Where that does not come to pass, the watermark goes on after a while:
 * the record is parked with its reason by then, and a full pass will try it again.
 * @param longestHoldMs how long it stays.
 */
export function watermarkAfter(
  { watermark, heldSince }: PassState,
  { highestStamp, oldestChange }: Progress,
  now: Instant,
  longestHoldMs: number,
): Pick<PassState, 'watermark' | 'heldSince'> {
  const reached = latest(watermark, highestStamp);
  const held = latest(watermark, oldestChange);
  if (oldestChange === undefined || reached === undefined || held === undefined || held >= reached)
    return { watermark: reached };
  const since = held === watermark ? (heldSince ?? now) : now;
  if (epochMsOf(now) - epochMsOf(since) >= longestHoldMs) return { watermark: reached };
  return { watermark: held, heldSince: since };
}

export function latest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
