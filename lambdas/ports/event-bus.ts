import type { Trace } from '../core/trace.ts';
import type { Answer } from './webhook-transport.ts';

export interface BusEvent {
  /** Of the message: the detail-type of the event. */
  readonly type: string;
  /** The message: the detail of the event. */
  readonly body: string;
  readonly trace: Trace;
}

/**
 * Puts messages on event buses of EventBridge. Never throws for what EventBridge does: that is the outcome.
 * `delivered`: the bus has taken it. `forbidden`: this stack may not put events on that bus. `refused`: any other error, its
 * name and text are the `answer`. `timed-out`, `unreachable`: no answer.
 */
export interface EventBus {
  /**
   * @param timeoutMs for connecting, sending and the whole answer together
   */
  put(busArn: string, event: BusEvent, timeoutMs: number): Promise<Answer>;
}
