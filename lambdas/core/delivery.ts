import type { CorrelationId } from './correlation.ts';
import type { DeliveryId, EndpointId, MessageId } from './ids.ts';
import { type Instant, instantOf } from './instant.ts';
import type { VersionRef } from './record.ts';

/** One message to one endpoint. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly messageId: MessageId;
  readonly endpointId: EndpointId;
  readonly version: VersionRef;
  /** The message of the version before. Missing in version 1. */
  readonly previousMessageId?: MessageId | undefined;
  /** Missing if a replay added the delivery, and in rows of earlier releases. */
  readonly correlationId?: CorrelationId | undefined;
  /**
   * False if the endpoint asks for order but does not want this version, or omits it as an echo.
   * Nothing is sent. The row exists so that the next version finds the state of its predecessor,
   * and so that operators find what became of an echo. Undefined if the endpoint was unreadable at
   * fan-out: it is decided before the first attempt.
   */
  readonly wanted?: boolean | undefined;
}

/**
 * `pending`: has a due time. `held`: waits until its endpoint is enabled or its listener fetches
 * it. Ended: `delivered`; `exhausted` (parked with its reason); `cancelled` by an operator;
 * `skipped` (not wanted, or an echo that its endpoint omits); `unreadable` (its row, or that of its
 * version, was edited by hand and is invalid).
 */
export const deliveryStatuses = [
  'pending',
  'held',
  'delivered',
  'exhausted',
  'cancelled',
  'skipped',
  'unreadable',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A delivery with its history, for operators. */
export interface DeliveryEntry extends Delivery {
  readonly status: DeliveryStatus;
  /** 0 before the first attempt. */
  readonly attemptNumber: number;
  readonly createdAt: Instant;
  /** Set while the delivery is pending. During an attempt it is the end of the lease. */
  readonly dueAt?: Instant | undefined;
  /** Set if the delivery is exhausted, cancelled or unreadable, or skipped as an echo. */
  readonly reason?: string | undefined;
  /** The replay or retry that moved it last. Undefined in lists. */
  readonly replayId?: string | undefined;
  /** Oldest first. Undefined in lists. */
  readonly attempts?: readonly Attempt[] | undefined;
}

/** A row that is invalid, because it was edited by hand. */
export interface UnreadableEntry {
  readonly id: DeliveryId;
  /** As stored: it may be invalid too. */
  readonly endpointId: string;
  readonly createdAt: string;
  /** Names attributes, never values. */
  readonly unreadable: readonly string[];
}

/** A row as operators list it. */
export type ListedDelivery = DeliveryEntry | UnreadableEntry;

/** One attempt and its outcome. */
export interface Attempt {
  readonly number: number;
  readonly startedAt: Instant;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  /** HTTP status of the answer, if there was one. */
  readonly status?: number | undefined;
  /** The first characters of the answer. */
  readonly answer?: string | undefined;
  /** Why the attempt failed, in words. Missing if the status says it. */
  readonly reason?: string | undefined;
}

/**
 * `delivered`: 2xx. `gone`: 410, the endpoint wants no more messages. `refused`: any other answer.
 * `redirected`: 3xx, never followed. `timed-out`, `unreachable`: no answer.
 * `forbidden`: this stack must not connect to the address; nothing was sent.
 */
export const attemptOutcomes = [
  'delivered',
  'gone',
  'refused',
  'redirected',
  'timed-out',
  'unreachable',
  'forbidden',
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

export function outcomeOfStatus(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  if (status === 410) return 'gone';
  return status >= 300 && status < 400 ? 'redirected' : 'refused';
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(?<month>${months.join('|')})`;
const time = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

/** The three forms of a date in RFC 9110, section 5.6.7. Senders still use the obsolete ones. */
const dates = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  String.raw`[A-Z][a-z]{2}, (?<day>\d\d) ${month} (?<year>\d{4}) ${time} GMT`,
  // Sunday, 06-Nov-94 08:49:37 GMT
  String.raw`[A-Z][a-z]{5,8}, (?<day>\d\d)-${month}-(?<year>\d\d) ${time} GMT`,
  // Sun Nov  6 08:49:37 1994
  String.raw`[A-Z][a-z]{2} ${month} (?<day>[ \d]\d) ${time} (?<year>\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * Milliseconds that a Retry-After header requests, at most `Number.MAX_SAFE_INTEGER`. Returns
 * undefined if it is neither seconds nor an HTTP date.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, Number.MAX_SAFE_INTEGER);
  const atMs = httpDateMs(text, nowMs);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}

function httpDateMs(text: string, nowMs: number): number | undefined {
  const parts = dates.map((date) => date.exec(text)?.groups).find((groups) => groups !== undefined);
  if (!parts) return undefined;
  const { year = '', month: name = '', day = '', hour = '', minute = '', second = '' } = parts;
  const atMs = (yearNumber: number): number =>
    Date.UTC(yearNumber, months.indexOf(name), Number(day), Number(hour), Number(minute), Number(second));
  if (year.length === 4) return atMs(Number(year));
  // A year of two digits is at most 50 years in the future (RFC 9110).
  const century = Math.floor(Number(instantOf(nowMs).slice(0, 4)) / 100) * 100;
  const near = atMs(century + Number(year));
  const limitMs = 50 * 365.25 * 24 * 60 * 60 * 1_000;
  return near > nowMs + limitMs ? atMs(century - 100 + Number(year)) : near;
}
