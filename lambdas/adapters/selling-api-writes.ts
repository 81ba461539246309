import type { PartnerCentralSellingClient } from '@aws-sdk/client-partnercentral-selling';
import { type JsonObject, omitNulls } from '../core/json.ts';
import { stringifyJson } from '../core/json-text.ts';
import { ServiceError } from '../core/service-error.ts';
import type { WriteOperation } from '../core/write-operation.ts';
import type { PartnerCentralWrites, WriteResult } from '../ports/partner-central-writes.ts';
import type { Quota } from '../ports/quota.ts';
import { sellingApiClient } from './selling-api-client.ts';
import { writeFailure } from './selling-api-failure.ts';
import { parseBody, type SellingApiOptions, sendForBody } from './send-selling-command.ts';
import { type SendWrite, writeSenders } from './write-senders.ts';

/**
 * Writes through the SDK, which signs and sends, and does neither make the body nor repeat a call:
 * it would drop the members that it does not know, and cut timestamps to milliseconds.
 */
export function sellingApiWrites(options: SellingApiOptions): PartnerCentralWrites {
  const client = sellingApiClient();
  return {
    async write(operation, body, isCurrent) {
      const quota = permitsIf(isCurrent, options.quota);
      const result = await sendOnce(operation, body, client, { ...options, quota });
      if (result.kind === 'throttled') await options.quota.reportThrottle();
      return result;
    },
  };
}

/** The request waited too long for its permit. */
class OutdatedRequest extends Error {}

function permitsIf(isCurrent: () => boolean, quota: Quota): Quota {
  const acquirePermit = async () => {
    await quota.acquirePermit();
    if (!isCurrent()) throw new OutdatedRequest();
  };
  return { ...quota, acquirePermit };
}

async function sendOnce(
  operation: WriteOperation,
  body: JsonObject,
  client: PartnerCentralSellingClient,
  options: SellingApiOptions,
): Promise<WriteResult> {
  let raw = '';
  const send: SendWrite = async (command) => {
    command.middlewareStack.add(sending(stringifyJson(body)), afterSerializing);
    raw = await sendForBody(client, operation, command, options);
  };
  try {
    await writeSenders[operation](send);
    return { kind: 'done', answer: raw === '' ? {} : omitNulls(parseBody(operation, raw)) };
  } catch (cause) {
    if (cause instanceof OutdatedRequest) return { kind: 'outdated' };
    // The quota granted no permit, or its ledger failed.
    if (cause instanceof ServiceError && !cause.code.startsWith('payload.')) throw cause;
    return writeFailure(cause);
  }
}

/** After the SDK has made its body, and before it counts the bytes and signs. */
const afterSerializing = { step: 'build', priority: 'high', name: 'replaceBody' } as const;

type Build = <Args extends { request: unknown }, Result>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

/** Puts a body in the place of the one that the SDK has made. */
function sending(body: string): Build {
  return (next) => async (args) => {
    if (typeof args.request !== 'object' || args.request === null || !('body' in args.request))
      throw new TypeError('the SDK has made a request without a body');
    args.request.body = body;
    return next(args);
  };
}
