import type { JsonObject } from '../core/json.ts';
import type { WriteOperation } from '../core/write-operation.ts';

/** One problem that AWS has with a request. */
export interface WriteProblem {
  /** JSON Pointer into the request; empty if AWS names no member. */
  readonly path: string;
  readonly code: string;
  /** The text of AWS, which can repeat values of the request. Often empty. */
  readonly message: string;
}

export type WriteResult =
  /** `answer` is the raw body without null members; empty for most operations. */
  | { readonly kind: 'done'; readonly answer: JsonObject }
  /** AWS has done nothing. */
  | {
      readonly kind: 'refused';
      readonly reason: 'conflict' | 'not-found' | 'access-denied' | 'invalid';
      /** The name of the error. */
      readonly error: string;
      /** AWS's word for the reason. A denial by IAM has none. */
      readonly awsReason?: string | undefined;
      readonly problems: readonly WriteProblem[];
    }
  /** AWS has done nothing, because too many calls were made. */
  | { readonly kind: 'throttled' }
  /** Nothing was sent, because the request was outdated when the quota granted its permit. */
  | { readonly kind: 'outdated' }
  /** It is not known whether AWS has done it: no answer, or a failure of the service. */
  | { readonly kind: 'unknown'; readonly error: string };

/** Writes of the Partner Central Selling API. */
export interface PartnerCentralWrites {
  /**
   * Makes one call, without any retry.
   * @param body sent as it is, so that members which the SDK does not know are not lost
   * @param isCurrent called once the quota has granted a permit; if false, nothing is sent
   * @throws ServiceError `quota.waiting` (later) if the quota grants no permit for a while,
   *   `store.unavailable` (later) if its ledger fails: then nothing was sent.
   */
  write(operation: WriteOperation, body: JsonObject, isCurrent: () => boolean): Promise<WriteResult>;
}
