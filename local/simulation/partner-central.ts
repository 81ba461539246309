import { readFailure } from '../../lambdas/adapters/selling-api-failure.ts';
import { partnerCentralOver } from '../../lambdas/adapters/selling-api-partner-central.ts';
import { isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../lambdas/core/json-text.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import type { PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import type { Quota } from '../../lambdas/ports/quota.ts';
import type { SimulatedPartner } from '../partner-central/model/simulated-partner.ts';
import { EndlessTokens } from '../partner-central/operations/endless-tokens.ts';
import { operations } from '../partner-central/operations/operations.ts';
import { PageTokens } from '../partner-central/operations/page-tokens.ts';
import { between, pick, type Random } from '../partner-central/seeded-random.ts';
import { CallQuota as SlidingWindow } from '../partner-central/wire/call-quota.ts';
import { internalFailure, ThrottledError, throttleForms } from '../partner-central/wire/wire-error.ts';
import type { Environment } from './environment.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface PartnerCentralDeps {
  readonly partner: SimulatedPartner;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly random: Random;
  readonly onQuotaExceeded: (operation: string) => void;
}

/** A stale answer is at most this old. */
export const longestStaleMs = 3_000;
/** Lists have no end for at most this long. */
const longestEndlessMs = 600_000;
/** As in lambdas/hydrate/connect.ts and lambdas/reconcile/handler.ts. */
const readTimeoutMs = 8_000;
/** What AWS grants. */
const grantedPerSecond = 10;
const grantedPerDay = 100_000;

/**
 * Partner Central as the functions see it: the operations of the simulator, with stale answers, its
 * quota, throttles, failures, slow answers and lists that never end.
 */
export class SimulatedPartnerCentral {
  /** Number of reads that exceeded the quota. */
  quotaThrottled = 0;
  /** Number of reads that were answered. */
  reads = 0;
  readonly #deps: PartnerCentralDeps;
  readonly #quota = new SlidingWindow({ perSecond: grantedPerSecond, perDay: grantedPerDay });
  readonly #tokens = new PageTokens();
  readonly #endless = new EndlessTokens();
  #throttles = 0;

  constructor(deps: PartnerCentralDeps) {
    this.#deps = deps;
  }

  /** Returns the port of one worker. */
  connect(environment: Environment): (quota: Quota) => PartnerCentral {
    return (quota) =>
      partnerCentralOver(async (operation, parse, command) => {
        await quota.acquirePermit();
        try {
          return parse(await this.#send(operation, toJson(command.input), environment));
        } catch (cause) {
          const failure = readFailure(operation, cause);
          if (failure.code === 'partner-central.throttled') await quota.reportThrottle();
          throw failure;
        }
      });
  }

  #send(operation: string, input: JsonObject, environment: Environment): Promise<JsonObject> {
    const { scheduler, faults, random } = this.#deps;
    const who = environment.name;
    return new Promise((resolve, reject) => {
      const backMs = between(random, 10, 60);
      const slowMs = faults.strikes('read-slow', who, `is answered late by ${operation}`)
        ? between(faults.random('read-slow'), 100, readTimeoutMs + 2_000)
        : 0;
      let isOver = false;
      const settle = (ms: number, run: () => void): void =>
        environment.after(ms, () => {
          if (!isOver) run();
          isOver = true;
        });
      settle(readTimeoutMs, () => reject(new Error('TimeoutError')));
      if (faults.strikes('worker-dies-before', who, `ends before ${operation}`)) return environment.end();
      scheduler.after(between(random, 1, 4), () => {
        try {
          const body = this.#answer(operation, input, who);
          if (faults.strikes('worker-dies-after', who, `ends after ${operation}`)) environment.end();
          else settle(backMs + slowMs, () => resolve(body));
        } catch (error) {
          settle(backMs, () => reject(error));
        }
      });
    });
  }

  /** @throws WireError */
  #answer(operation: string, input: JsonObject, who: string): JsonObject {
    const { partner, scheduler, faults, trace } = this.#deps;
    const perform = operations.get(operation);
    if (!perform) throw new Error(`the simulator has no ${operation}`);
    if (faults.strikes('read-throttled', who, `is throttled by ${operation}`)) {
      this.#throttles += 1;
      throw new ThrottledError('fault', throttleForms[this.#throttles % throttleForms.length]);
    }
    if (!this.#quota.trySpend(scheduler.nowMs())) {
      this.quotaThrottled += 1;
      this.#deps.onQuotaExceeded(operation);
      throw new ThrottledError('quota');
    }
    this.reads += 1;
    if (faults.strikes('read-fails', who, `gets an internal failure from ${operation}`))
      throw internalFailure();
    const isStale = faults.strikes('read-stale', who, `reads a stale state with ${operation}`);
    const view = partner.view(isStale ? between(faults.random('read-stale'), 1, longestStaleMs) : 0);
    if (
      operation === 'ListSolutions' &&
      faults.strikes('read-endless', who, 'begins a list without an end')
    ) {
      const tokens = pick(faults.random('read-endless'), ['same', 'new'] as const);
      this.#endless.lists = { tokens, operations: [operation] };
      scheduler.after(between(faults.random('read-endless'), 1_000, longestEndlessMs), () => {
        this.#endless.lists = undefined;
      });
    }
    trace.note(who, `reads ${operation} ${identifierIn(input)}`);
    const body = this.#endless.list(operation, input, (each) =>
      perform({ view, tokens: this.#tokens, writes: partner.writes }, each),
    );
    // As over the wire, where a number is text.
    const received = parseJson(stringifyJson(body));
    if (!isJsonObject(received)) throw new Error('a body is an object');
    return received;
  }
}

function identifierIn(input: JsonObject): string {
  const id = textAt(input, 'Identifier') ?? textAt(input, 'RelatedOpportunityIdentifier');
  return id ?? (textAt(input, 'NextToken') === undefined ? '' : 'next page');
}

/** As the SDK serializes it. */
function toJson(input: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(input));
  if (!isJsonObject(json))
    throw new ServiceError('partner-central.invalid', { operation: '', error: 'input' });
  return json;
}
