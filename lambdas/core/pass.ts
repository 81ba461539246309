import { sha256 } from './digest.ts';
import type { Instant } from './instant.ts';

/** Lists of Partner Central that are compared with the table. */
export const listNames = [
  'opportunities',
  'sent-invitations',
  'received-invitations',
  'engagements',
] as const;
export type ListName = (typeof listNames)[number];
/** The passes that every catalog has: over each list, and over the expirations in the table. */
export const passNames = [...listNames, 'expirations'] as const;
/** Over the open opportunities in the table. It runs only if a reminder is switched on. */
const reminderPass = 'reminders';
export type PassName = (typeof passNames)[number] | typeof reminderPass;

/** The passes of each catalog of a deployment. */
export function passNamesWith({ reminders }: { readonly reminders: boolean }): readonly PassName[] {
  return reminders ? [...passNames, reminderPass] : passNames;
}

/** Identifies a pass. Only one with the same key runs at a time. */
export interface PassKey {
  readonly catalog: string;
  readonly name: PassName;
}

/** How far a running pass got. */
export interface Progress {
  readonly startedAt: Instant;
  /** Whether the pass requests a read of every record. */
  readonly full: boolean;
  /** Token of the next page; undefined for the first page. */
  readonly nextToken?: string | undefined;
  /**
   * A token of an earlier page. If the list returns it again, its pages repeat without end.
   * Replaced when the number of pages reaches the next power of two.
   */
  readonly markedToken?: string | undefined;
  /**
   * Newest timestamp of AWS so far, of those at least a minute older than the start of the pass.
   */
  readonly newestTimestamp?: Instant | undefined;
  /** Oldest timestamp of AWS among the records that the table lacked or held in an older state. */
  readonly oldestChange?: Instant | undefined;
  readonly pages: number;
  readonly items: number;
  readonly findings: number;
  /**
   * Findings that the table lacked or held in an older state. A full pass has other findings too.
   */
  readonly changes: number;
  /** Those of them that the table lacked. */
  readonly missing: number;
  readonly unusable: number;
}

/** What a complete pass found. */
export type PassResult = Omit<
  Progress,
  'nextToken' | 'markedToken' | 'newestTimestamp' | 'oldestChange' | 'pages'
>;

/** An error code and its details as one line of JSON. Both name operations, never values. */
export interface PassFailure {
  readonly code: string;
  readonly reason: string;
}

/** What is stored between the passes over one list. */
export interface PassState {
  /** The next pass reads from here on. A timestamp of AWS, never of this project's clock. */
  readonly watermark?: Instant | undefined;
  /** Start of the last complete pass that covered the whole list: the first pass or a full one. */
  readonly lastFullAt?: Instant | undefined;
  /**
   * When the last pass failed. Removed when the next one makes progress. Read by callers that wait
   * for the end of a pass.
   */
  readonly failedAt?: Instant | undefined;
  /** Why it failed. Removed together with `failedAt`. Read by operators. */
  readonly failure?: PassFailure | undefined;
  /** When the last complete pass ended. Read by operators. */
  readonly finishedAt?: Instant | undefined;
  /** What the last complete pass found. Removed when the next one begins. Read by operators. */
  readonly result?: PassResult | undefined;
  readonly progress?: Progress | undefined;
}

export function beginProgress(startedAt: Instant, full: boolean): Progress {
  return { startedAt, full, pages: 0, items: 0, findings: 0, changes: 0, missing: 0, unusable: 0 };
}

/** 500,000 records at 100 per page: more than any partner has. */
const mostPages = 5_000;

/**
 * Returns the progress with the token of the next page, or undefined if the list is endless: the
 * token leads back to a page that was read, or there are too many pages.
 */
export function withNextToken(
  progress: Progress,
  before: string | undefined,
  nextToken: string | undefined,
): Progress | undefined {
  if (nextToken === undefined) return { ...progress, nextToken };
  const { markedToken, pages } = progress;
  if (nextToken === before || nextToken === markedToken || pages >= mostPages) return undefined;
  const isPowerOfTwo = (pages & (pages - 1)) === 0;
  return { ...progress, nextToken, markedToken: isPowerOfTwo ? nextToken : markedToken };
}

/** Derived, so that it stays the same if a pass is continued or reads a page twice. */
export function runIdOf({ catalog, name }: PassKey, startedAt: Instant): string {
  return `run_${sha256([catalog, name, startedAt].join('\n')).slice(0, 32)}`;
}

/**
 * The watermark after a complete pass: the newest timestamp of the list, but not beyond a finding.
 * Findings are only sent to a queue, so the next pass reads from the oldest one to see it stored.
 * If Partner Central refuses the read of a finding, each pass sends it again until it is stored.
 */
export function advanceWatermark(
  watermark: Instant | undefined,
  { newestTimestamp, oldestChange }: Progress,
): Instant | undefined {
  const reached = latest(watermark, newestTimestamp);
  if (reached === undefined || oldestChange === undefined) return reached;
  return earliest(reached, latest(watermark, oldestChange));
}

export function latest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}
