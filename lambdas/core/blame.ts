import type { AttemptOutcome } from './delivery.ts';

/**
 * Result of an attempt, by the party that is responsible for it. `busy`: the receiver asks for a
 * pause of all deliveries. `message-refused`: an answer about this message alone. `own-fault`: a
 * fault of this stack or of its operator. `undeliverable`: the message can never be sent.
 */
export type AttemptKind =
  | 'delivered'
  | 'gone'
  | 'failed'
  | 'busy'
  | 'message-refused'
  | 'own-fault'
  | 'aws-fault'
  | 'undeliverable';

/** What a worker learned about the endpoint. */
export interface AttemptResult {
  readonly kind: AttemptKind;
  /** Set if `kind` is `busy`: when the endpoint wants messages again. */
  readonly untilMs?: number;
  /** Set if all deliveries to the endpoint must wait. */
  readonly reason?: string;
  /** Code of a fault of this stack. */
  readonly code?: string;
}

/** What an attempt costs. The table in docs/webhooks.md is the same, a test compares them. */
export interface Blame {
  /** Whether one of the delivery's ten attempts is used. */
  readonly attemptSpent: boolean;
  /** Counts towards the circuit breaker and towards the five days. */
  readonly countsAgainstEndpoint: boolean;
  /**
   * `schedule`: this delivery is tried again on the retry schedule. `endpoint waits`: all
   * deliveries to the endpoint wait, and the others spend nothing. `later`: this delivery is tried
   * again soon.
   */
  readonly next: 'ended' | 'endpoint disabled' | 'schedule' | 'endpoint waits' | 'later' | 'parked';
}

export const blames: Readonly<Record<AttemptKind, Blame>> = {
  delivered: { attemptSpent: true, countsAgainstEndpoint: false, next: 'ended' },
  gone: { attemptSpent: true, countsAgainstEndpoint: false, next: 'endpoint disabled' },
  failed: { attemptSpent: true, countsAgainstEndpoint: true, next: 'schedule' },
  busy: { attemptSpent: true, countsAgainstEndpoint: false, next: 'endpoint waits' },
  'message-refused': { attemptSpent: true, countsAgainstEndpoint: false, next: 'schedule' },
  'own-fault': { attemptSpent: false, countsAgainstEndpoint: false, next: 'endpoint waits' },
  'aws-fault': { attemptSpent: false, countsAgainstEndpoint: false, next: 'later' },
  undeliverable: { attemptSpent: false, countsAgainstEndpoint: false, next: 'parked' },
};

/** Bad Request, Conflict, Content Too Large, Unsupported Media Type, Unprocessable Content. */
const aboutTheMessage: ReadonlySet<number | undefined> = new Set([400, 409, 413, 415, 422]);

/** Too Many Requests, Service Unavailable. */
const aboutTheLoad: ReadonlySet<number | undefined> = new Set([429, 503]);

/** @param retryMs wait that the receiver requested */
export function attemptKind(
  { outcome, status }: { readonly outcome: AttemptOutcome; readonly status?: number | undefined },
  retryMs: number | undefined,
): AttemptKind {
  if (outcome === 'delivered' || outcome === 'gone') return outcome;
  if (aboutTheLoad.has(status) && retryMs !== undefined) return 'busy';
  return aboutTheMessage.has(status) ? 'message-refused' : 'failed';
}

/** Whether the attempt shows that the endpoint answers, and closes its circuit breaker. */
export function isUp(kind: AttemptKind): boolean {
  return kind === 'delivered' || kind === 'message-refused';
}
