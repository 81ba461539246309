import type { Answer } from './webhook-transport.ts';

/**
 * Puts messages on event buses of EventBridge. Never throws for what EventBridge does: that is the outcome.
 * `delivered`: the bus has taken it. `forbidden`: this stack may not put events on that bus. `refused`: any other error, its
 * name and text are the `answer`. `timed-out`, `unreachable`: no answer.
 */
export interface EventBus {
  /**
   * @param type of the message: the detail-type of the event
   * @param body the message: the detail of the event
   * @param timeoutMs for connecting, sending and the whole answer together
   */
  put(busArn: string, type: string, body: string, timeoutMs: number): Promise<Answer>;
}
