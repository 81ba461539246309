import type { BusRule } from '../eventbridge/event-bus.ts';
import type { EventBuses } from '../eventbridge/event-buses.ts';
import type { MatchedEvents } from '../eventbridge/matched-events.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Invoke } from '../functions/invocation.ts';
import type { LogGroups } from '../functions/log-groups.ts';
import type { DeployedResource } from './deployed-resources.ts';

/** The parts of a stage that the control plane describes and calls. */
export interface DeployedStage {
  readonly stackName: string;
  /** @throws Error for an output that the stage cannot resolve */
  readonly outputs: () => readonly (readonly [name: string, value: string])[];
  readonly resources: readonly DeployedResource[];
  readonly functions: readonly FunctionHost[];
  readonly invoke: Invoke;
  readonly logs: LogGroups;
  /** All rules of the template, including disabled rules. */
  readonly rules: readonly BusRule[];
  readonly matchedEvents: MatchedEvents;
  readonly buses: EventBuses;
}

export interface ControlPlaneResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An error of the AWS service. The SDK throws an exception with this code as its name. */
export class ControlPlaneError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
