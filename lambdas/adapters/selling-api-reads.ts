import type {
  $Command,
  PartnerCentralSellingClient,
  PartnerCentralSellingClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-partnercentral-selling';
import type { JsonObject } from '../core/json.ts';
import type { ReadQuota } from '../ports/read-quota.ts';
import { readFailure } from './selling-api-failure.ts';
import {
  beforeParsing,
  beforeSending,
  keepingRawBody,
  parseBody,
  withPermit,
} from './selling-api-middleware.ts';

export interface SellingApiOptions {
  /** Grants a permit right before each read is sent, and is notified of each throttled read. */
  readonly quota: ReadQuota;
  /**
   * From the permit until the whole answer is read. The SDK's own timeout ends with the headers.
   */
  readonly timeoutMs: number;
}

export type SellingCommand<Input extends ServiceInputTypes, Output extends ServiceOutputTypes> = $Command<
  Input,
  Output,
  PartnerCentralSellingClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>;

/**
 * Sends a command as soon as it has a permit.
 * @param parse makes the answer from the raw body; throws if the body is invalid.
 * @throws ServiceError as described at the ports PartnerCentral and ReadQuota.
 */
export type SellingApiRead = <Answer, Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  operation: string,
  parse: (body: JsonObject) => Answer,
  command: SellingCommand<Input, Output>,
) => Promise<Answer>;

export function sellingApiReader(
  client: PartnerCentralSellingClient,
  { quota, timeoutMs }: SellingApiOptions,
): SellingApiRead {
  return async (operation, parse, command) => {
    let raw = '';
    const timeout = new AbortController();
    command.middlewareStack.add(withPermit(quota, timeout, timeoutMs), beforeSending);
    command.middlewareStack.add(
      keepingRawBody(operation, (body) => {
        raw = body;
      }),
      beforeParsing,
    );
    try {
      await client.send(command, { abortSignal: timeout.signal });
      return parse(parseBody(operation, raw));
    } catch (cause) {
      const failure = readFailure(operation, cause);
      if (failure.code === 'partner-central.throttled') await quota.reportThrottle();
      throw failure;
    }
  };
}
