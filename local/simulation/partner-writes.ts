import { longestWriteMs } from '../../lambdas/act/contract.ts';
import { writeFailure } from '../../lambdas/adapters/selling-api-failure.ts';
import { isJsonArray, isJsonObject, type JsonObject, omitNulls, textAt } from '../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../lambdas/core/json-text.ts';
import type { WriteOperation } from '../../lambdas/core/write-operation.ts';
import type { PartnerCentralWrites, WriteResult } from '../../lambdas/ports/partner-central-writes.ts';
import type { Quota } from '../../lambdas/ports/quota.ts';
import { operations } from '../partner-central/operations/operations.ts';
import { PageTokens } from '../partner-central/operations/page-tokens.ts';
import { between } from '../partner-central/seeded-random.ts';
import { CallQuota } from '../partner-central/wire/call-quota.ts';
import {
  internalFailure,
  ThrottledError,
  throttleForms,
  WireError,
} from '../partner-central/wire/wire-error.ts';
import type { Environment } from './environment.ts';
import type { PartnerCentralDeps } from './partner-central.ts';

export interface PartnerWritesDeps extends PartnerCentralDeps {
  /** Notified after each request that may have changed a record. */
  readonly onChange: () => void;
}

/** What AWS grants. */
const granted = { perSecond: 1, perDay: 10_000 };
/** A request arrives within a minute or never. */
const longestDelayMs = 55_000;

/**
 * The writes of Partner Central as `act` sees them: those of the simulator, with its quota, and
 * with requests that arrive late and answers that are lost.
 */
export class SimulatedPartnerWrites {
  readonly #deps: PartnerWritesDeps;
  readonly #quota = new CallQuota(granted);
  readonly #tokens = new PageTokens();
  #throttles = 0;

  constructor(deps: PartnerWritesDeps) {
    this.#deps = deps;
  }

  /** Returns the port of one worker. */
  connect(environment: Environment): (quota: Quota) => PartnerCentralWrites {
    return (quota) => ({
      write: async (operation, body, isCurrent) => {
        await quota.acquirePermit();
        if (!isCurrent()) return { kind: 'outdated' };
        const result = await this.#send(operation, received(body), environment);
        if (result.kind === 'throttled') await quota.reportThrottle();
        return result;
      },
    });
  }

  #send(operation: WriteOperation, body: JsonObject, environment: Environment): Promise<WriteResult> {
    const { scheduler, faults, random } = this.#deps;
    const who = environment.name;
    return new Promise((resolve) => {
      let isOver = false;
      const settle = (ms: number, result: WriteResult): void =>
        environment.after(ms, () => {
          if (!isOver) resolve(result);
          isOver = true;
        });
      settle(longestWriteMs, { kind: 'unknown', error: 'TimeoutError' });
      if (faults.strikes('worker-dies-before', who, `ends before ${operation}`)) return environment.end();
      const isLate = faults.strikes('write-late', who, `sends ${operation}, which arrives late`);
      const delayMs = isLate ? between(faults.random('write-late'), 5_000, longestDelayMs) : 0;
      scheduler.after(between(random, 1, 4) + delayMs, () => {
        const result = this.#answer(operation, body, who, isLate);
        if (faults.strikes('worker-dies-after', who, `ends after ${operation}`)) return environment.end();
        if (faults.strikes('write-answer-lost', who, `does not get the answer of ${operation}`)) return;
        settle(between(random, 10, 400), result);
      });
    });
  }

  #answer(operation: WriteOperation, body: JsonObject, who: string, isLate: boolean): WriteResult {
    const { trace, onChange } = this.#deps;
    try {
      const answer = omitNulls(this.#perform(operation, body, who, isLate));
      trace.note(who, `writes ${operation}`);
      return { kind: 'done', answer: received(answer) };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      trace.note(who, `writes ${operation}, and gets ${error.name}${namesIn(error)}`);
      return writeFailure(asOfSdk(error));
    } finally {
      onChange();
    }
  }

  /** @throws WireError */
  #perform(operation: WriteOperation, body: JsonObject, who: string, isLate: boolean): JsonObject {
    const { partner, scheduler, faults, onQuotaExceeded } = this.#deps;
    const perform = operations.get(operation);
    if (!perform) throw new Error(`the simulator has no ${operation}`);
    if (faults.strikes('write-throttled', who, `is throttled by ${operation}`)) {
      this.#throttles += 1;
      throw new ThrottledError('fault', throttleForms[this.#throttles % throttleForms.length]);
    }
    // A worker cannot time the arrival of a request that the network delays.
    if (!isLate && !this.#quota.trySpend(scheduler.nowMs())) {
      onQuotaExceeded(operation);
      throw new ThrottledError('quota');
    }
    const failsBefore = faults.strikes('write-fails', who, `gets an internal failure from ${operation}`);
    if (failsBefore && faults.random('write-fails')() < 0.5) throw internalFailure();
    const answer = perform({ view: partner.view(), tokens: this.#tokens, writes: partner.writes }, body);
    if (failsBefore) throw internalFailure();
    return answer;
  }
}

/** As over the wire, where a number is text. */
function received(body: JsonObject): JsonObject {
  const parsed = parseJson(stringifyJson(body));
  if (!isJsonObject(parsed)) throw new Error('a body is an object');
  return parsed;
}

/** The members and codes that a refusal lists. */
function namesIn({ body }: WireError): string {
  const list = body['ErrorList'];
  if (!isJsonArray(list)) return '';
  return `: ${list.map((each) => `${textAt(each, 'FieldName')} ${textAt(each, 'Code')}`).join(', ')}`;
}

/** An error as the SDK makes it of an answer. */
function asOfSdk({ name, message, status, body }: WireError): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status }, ...body });
}
