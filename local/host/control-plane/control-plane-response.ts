import type { CustomBuses } from '../eventbridge/custom-buses.ts';
import type { BusRule } from '../eventbridge/event-bus.ts';
import type { MatchedEvents } from '../eventbridge/matched-events.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Invoke } from '../functions/invocation.ts';

/** What of a stage the control plane shows. */
export interface DeployedStage {
  readonly stackName: string;
  /** @throws Error for an output that the stage cannot resolve */
  readonly outputs: () => readonly (readonly [name: string, value: string])[];
  readonly functions: readonly FunctionHost[];
  readonly invoke: Invoke;
  /** Those of the template, disabled ones too. */
  readonly rules: readonly BusRule[];
  readonly matchedEvents: MatchedEvents;
  readonly buses: CustomBuses;
}

export interface ControlPlaneAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error in the words of the service: the SDK makes an exception of this name of it. */
export class ControlPlaneRefusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
