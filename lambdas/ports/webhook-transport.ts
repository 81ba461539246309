import type { AttemptOutcome } from '../core/delivery.ts';

export interface Answer {
  readonly outcome: AttemptOutcome;
  readonly status?: number;
  readonly answer?: string;
  /** The Retry-After header as it came. */
  readonly retryAfter?: string;
}

/**
 * POSTs to addresses that this stack may connect to, decided on the address actually connected to.
 * Never throws for what the network or the receiver does: that is the outcome.
 */
export interface WebhookTransport {
  /** @param timeoutMs for connecting, sending and the whole answer together */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    timeoutMs: number,
  ): Promise<Answer>;
}
