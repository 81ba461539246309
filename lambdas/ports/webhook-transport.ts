import type { AttemptKind } from '../core/blame.ts';
import type { AttemptOutcome } from '../core/delivery.ts';

/** Answer of a receiver or of EventBridge. */
export interface Answer {
  readonly outcome: AttemptOutcome;
  readonly status?: number;
  readonly answer?: string;
  /** Why the attempt failed, in words. Missing if the status says it. */
  readonly reason?: string;
  /** Set if outcome and status do not say it. */
  readonly kind?: AttemptKind;
  /** The Retry-After header, not parsed. */
  readonly retryAfter?: string;
}

/**
 * Sends webhooks. Checks the IP address that it connects to, not only the host name. Errors of
 * the network and of the receiver are outcomes and are not thrown.
 */
export interface WebhookTransport {
  /**
   * In what is kept of an answer, values of headers and `masked` texts are replaced.
   * @param timeoutMs for connecting, sending and receiving the answer together
   * @param masked @default none
   * @param caCertificate PEM of an authority that is trusted too, if every address of the receiver
   * is in an allowed private network. @default none
   */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    timeoutMs: number,
    masked?: readonly string[],
    caCertificate?: string,
  ): Promise<Answer>;
}
