import type { BusEvent, EventBus } from '../../lambdas/ports/event-bus.ts';
import type { Answer } from '../../lambdas/ports/webhook-transport.ts';

export interface PutEvent extends BusEvent {
  readonly busArn: string;
  readonly timeoutMs: number;
}

export interface ScriptedEventBus extends EventBus {
  /** Sets the answers to the next events, in order. The last one is repeated. */
  answer(...answers: readonly [Answer, ...Answer[]]): void;
  readonly events: readonly PutEvent[];
}

/** A bus that gives the scripted answers, by default `delivered`. */
export function scriptedEventBus(): ScriptedEventBus {
  let script: Answer[] = [{ outcome: 'delivered' }];
  const events: PutEvent[] = [];
  return {
    events,
    answer(...answers) {
      script = [...answers];
    },
    async put(busArn, event, timeoutMs) {
      events.push({ busArn, ...event, timeoutMs });
      return (script.length > 1 ? script.shift() : script[0]) ?? { outcome: 'delivered' };
    },
  };
}
