import * as v from 'valibot';
import { parseJson } from '../lambdas/core/json-text.ts';
import { wholeNumber } from '../lambdas/core/value-schema.ts';
import type { ControlRequest } from './control-door.ts';

/** Faults that the console of the stage causes. */
export interface StageFaults {
  /** Partner Central throttles every call. */
  readonly throttle: (forMs: number) => void;
  /** The receiver answers 503. */
  readonly failReceiver: (forMs: number) => void;
}

const request = v.object({ seconds: wholeNumber(1, 600, 'seconds').schema });

/** Answers the requests for faults, and passes all others on. */
export function withFaults({ throttle, failReceiver }: StageFaults, others: ControlRequest): ControlRequest {
  const faults = new Map([
    ['/throttle', throttle],
    ['/receiver-down', failReceiver],
  ]);
  return async (path, body) => {
    const cause = faults.get(path);
    if (!cause) return await others(path, body);
    const { seconds } = v.parse(request, parseJson(body));
    cause(seconds * 1_000);
    return { seconds };
  };
}
