import { textAt } from '../../lambdas/core/json.ts';
import { WireError } from './wire-error.ts';
import type { AnswerCall, WireCall } from './wire-server.ts';

/** One line per call. `outcome` is `ok`, the error's name, or `none` where the call is left without an answer. */
export interface AnsweredCall {
  readonly operation: string;
  /** What the request asked for; empty where it named nothing. */
  readonly id: string;
  readonly outcome: string;
}

/** Counts calls as AWS counts them against the read quota, and tells of each. */
export class AnsweredCalls {
  readonly #reads = new Map<string, number>();
  readonly #log: ((call: AnsweredCall) => void) | undefined;
  #throttled = 0;

  constructor(log: ((call: AnsweredCall) => void) | undefined) {
    this.#log = log;
  }

  /** Calls that were not throttled, whatever was answered: of all operations, or of one. */
  reads(operation?: string): number {
    if (operation !== undefined) return this.#reads.get(operation) ?? 0;
    return [...this.#reads.values()].reduce((sum, count) => sum + count, 0);
  }

  throttled(): number {
    return this.#throttled;
  }

  /** The same answers, counted. */
  of(answer: (call: WireCall, id: string) => string | undefined): AnswerCall {
    return (call) => {
      const id = textAt(call.input, 'Identifier') ?? textAt(call.input, 'RelatedOpportunityIdentifier') ?? '';
      try {
        const body = answer(call, id);
        this.#count(call.operation, id, body === undefined ? 'none' : 'ok');
        return body;
      } catch (error) {
        if (error instanceof WireError) this.#count(call.operation, id, error.name);
        throw error;
      }
    };
  }

  #count(operation: string, id: string, outcome: string): void {
    if (outcome === 'ThrottlingException') this.#throttled += 1;
    else this.#reads.set(operation, this.reads(operation) + 1);
    this.#log?.({ operation, id, outcome });
  }
}
