import type { Trace } from '../core/trace.ts';
import type { Answer } from './webhook-transport.ts';

export interface BusEvent {
  /** Type of the message. It becomes the detail-type of the event. */
  readonly type: string;
  /** The message. It becomes the detail of the event. */
  readonly body: string;
  readonly trace: Trace;
  /** Texts that are masked in the stored part of an error. @default none */
  readonly masked?: readonly string[];
}

/**
 * Puts messages on event buses of EventBridge. Errors of EventBridge are outcomes and are not
 * thrown. `delivered`: the bus accepted the event. `forbidden`: this stack may not put events on
 * that bus. `refused`: any other error, with its name and text as `answer`. `timed-out`,
 * `unreachable`: no answer.
 */
export interface EventBus {
  /** @param timeoutMs for connecting, sending and receiving the answer together */
  put(busArn: string, event: BusEvent, timeoutMs: number): Promise<Answer>;
}
