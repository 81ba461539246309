import { textAt } from '../../../lambdas/core/json.ts';
import { isWrite } from '../operations/write-operations.ts';
import { type ThrottleCause, ThrottledError, WireError } from './wire-error.ts';
import type { CallHandler, WireCall } from './wire-server.ts';

/** One call. `outcome` is `ok`, the name of the error, or `none` if the call got no answer. */
export interface LoggedCall {
  readonly operation: string;
  /** The identifier in the request. Empty if the request has none, as for a list of records. */
  readonly id: string;
  readonly outcome: string;
}

/** Counts calls as AWS counts them against the read quota, and logs each one. */
export class CallLog {
  /** Calls that were not throttled, by operation. */
  readonly #calls = new Map<string, number>();
  readonly #throttled = new Map<ThrottleCause, number>();
  readonly #log: ((call: LoggedCall) => void) | undefined;

  constructor(log: ((call: LoggedCall) => void) | undefined) {
    this.#log = log;
  }

  /** Number of reads that were not throttled, errors included. @default all operations */
  reads(operation?: string): number {
    return this.#count((name) => !isWrite(name) && (operation ?? name) === name);
  }

  /** Number of writes that were not throttled, errors included. @default all operations */
  writes(operation?: string): number {
    return this.#count((name) => isWrite(name) && (operation ?? name) === name);
  }

  /** Number of throttled calls. @default all causes */
  throttled(cause?: ThrottleCause): number {
    return cause === undefined ? total(this.#throttled) : (this.#throttled.get(cause) ?? 0);
  }

  /** Returns a handler that answers the same and counts each call. */
  wrap(answer: (call: WireCall, id: string) => string | undefined): CallHandler {
    return (call) => {
      const { operation, input } = call;
      const id = idMembers.map((name) => textAt(input, name)).find((text) => text !== undefined) ?? '';
      try {
        const body = answer(call, id);
        this.#add({ operation, id, outcome: body === undefined ? 'none' : 'ok' });
        return body;
      } catch (error) {
        const throttledBy = error instanceof ThrottledError ? error.throttledBy : undefined;
        if (error instanceof WireError) this.#add({ operation, id, outcome: error.name }, throttledBy);
        throw error;
      }
    };
  }

  #add(call: LoggedCall, throttledBy?: ThrottleCause): void {
    if (throttledBy) this.#throttled.set(throttledBy, this.throttled(throttledBy) + 1);
    else this.#calls.set(call.operation, (this.#calls.get(call.operation) ?? 0) + 1);
    this.#log?.(call);
  }

  #count(isCounted: (operation: string) => boolean): number {
    return total(new Map([...this.#calls].filter(([operation]) => isCounted(operation))));
  }
}

/** Members of requests that name one record. */
const idMembers = [
  'Identifier',
  'RelatedOpportunityIdentifier',
  'OpportunityIdentifier',
  'EngagementIdentifier',
];

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
