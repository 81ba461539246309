import type { BusEvent, EventBus } from '../../lambdas/ports/event-bus.ts';
import type { Answer } from '../../lambdas/ports/webhook-transport.ts';

export interface PutEvent extends BusEvent {
  readonly busArn: string;
  readonly timeoutMs: number;
}

export interface ScriptedEventBus extends EventBus {
  /** What the next events are answered, one after the other; the last one is answered from then on. */
  answer(...answers: readonly [Answer, ...Answer[]]): void;
  readonly events: readonly PutEvent[];
}

/** A bus that answers by script, and takes everything where there is none. */
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
