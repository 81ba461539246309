import { textAt } from '../../../lambdas/core/json.ts';
import { type ThrottleCause, ThrottledError, WireError } from './wire-error.ts';
import type { AnswerCall, WireCall } from './wire-server.ts';

/** One line per call. `outcome` is `ok`, the error's name, or `none` where the call is left without an answer. */
export interface AnsweredCall {
  readonly operation: string;
  /** What the request asked for; empty where it named nothing, and of a list of records. */
  readonly id: string;
  readonly outcome: string;
}

/** Counts calls as AWS counts them against the read quota, and tells of each. */
export class AnsweredCalls {
  readonly #reads = new Map<string, number>();
  readonly #throttled = new Map<ThrottleCause, number>();
  readonly #log: ((call: AnsweredCall) => void) | undefined;

  constructor(log: ((call: AnsweredCall) => void) | undefined) {
    this.#log = log;
  }

  /** Calls that were not throttled, whatever was answered: of all operations, or of one. */
  reads(operation?: string): number {
    return operation === undefined ? total(this.#reads) : (this.#reads.get(operation) ?? 0);
  }

  /** For any cause, or for one. */
  throttled(cause?: ThrottleCause): number {
    return cause === undefined ? total(this.#throttled) : (this.#throttled.get(cause) ?? 0);
  }

  /** The same answers, counted. */
  of(answer: (call: WireCall, id: string) => string | undefined): AnswerCall {
    return (call) => {
      const { operation, input } = call;
      const id = textAt(input, 'Identifier') ?? textAt(input, 'RelatedOpportunityIdentifier') ?? '';
      try {
        const body = answer(call, id);
        this.#count({ operation, id, outcome: body === undefined ? 'none' : 'ok' });
        return body;
      } catch (error) {
        const throttledBy = error instanceof ThrottledError ? error.throttledBy : undefined;
        if (error instanceof WireError) this.#count({ operation, id, outcome: error.name }, throttledBy);
        throw error;
      }
    };
  }

  #count(call: AnsweredCall, throttledBy?: ThrottleCause): void {
    if (throttledBy) this.#throttled.set(throttledBy, this.throttled(throttledBy) + 1);
    else this.#reads.set(call.operation, this.reads(call.operation) + 1);
    this.#log?.(call);
  }
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
