import type {
  PartnerCentralSellingClient,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-partnercentral-selling';
import type { JsonObject } from '../core/json.ts';
import { readFailure } from './selling-api-failure.ts';
import {
  parseBody,
  type SellingApiOptions,
  type SellingCommand,
  sendForBody,
} from './send-selling-command.ts';

/**
 * Sends a command as soon as it has a permit.
 * @param parse makes the answer from the raw body; throws if the body is invalid.
 * @throws ServiceError as described at the ports PartnerCentral and Quota.
 */
export type SellingApiRead = <Answer, Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  operation: string,
  parse: (body: JsonObject) => Answer,
  command: SellingCommand<Input, Output>,
) => Promise<Answer>;

export function sellingApiReader(
  client: PartnerCentralSellingClient,
  options: SellingApiOptions,
): SellingApiRead {
  return async (operation, parse, command) => {
    try {
      return parse(parseBody(operation, await sendForBody(client, operation, command, options)));
    } catch (cause) {
      const failure = readFailure(operation, cause);
      if (failure.code === 'partner-central.throttled') await options.quota.reportThrottle();
      throw failure;
    }
  };
}
