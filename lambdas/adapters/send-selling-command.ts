import { Readable } from 'node:stream';
import type {
  $Command,
  PartnerCentralSellingClient,
  PartnerCentralSellingClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-partnercentral-selling';
import {
  deepestPayloadLevel,
  isDeeperThan,
  isJsonObject,
  type JsonObject,
  mostPayloadBytes,
} from '../core/json.ts';
import { parseJson } from '../core/json-text.ts';
import { ServiceError } from '../core/service-error.ts';
import type { Quota } from '../ports/quota.ts';

export interface SellingApiOptions {
  /** Grants a permit right before each call is sent, and is notified of each throttled call. */
  readonly quota: Quota;
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
 * @returns the body of the answer as AWS sent it
 */
export async function sendForBody<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  client: PartnerCentralSellingClient,
  operation: string,
  command: SellingCommand<Input, Output>,
  { quota, timeoutMs }: SellingApiOptions,
): Promise<string> {
  let raw = '';
  const timeout = new AbortController();
  command.middlewareStack.add(withPermit(quota, timeout, timeoutMs), beforeSending);
  command.middlewareStack.add(
    keepingRawBody(operation, (body) => {
      raw = body;
    }),
    beforeParsing,
  );
  await client.send(command, { abortSignal: timeout.signal });
  return raw;
}

/** After signing, right before the request is sent. */
const beforeSending = { step: 'finalizeRequest', priority: 'low', name: 'acquirePermit' } as const;

type Finalize = <Args, Result>(next: (args: Args) => Promise<Result>) => (args: Args) => Promise<Result>;

function withPermit(quota: Quota, timeout: AbortController, timeoutMs: number): Finalize {
  return (next) => async (args) => {
    await quota.acquirePermit();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      return await next(args);
    } finally {
      clearTimeout(timer);
    }
  };
}

type RawBody = <Args, Result extends { response: unknown }>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

/** Right before the SDK parses the answer. */
const beforeParsing = { step: 'deserialize', priority: 'low', name: 'keepRawBody' } as const;

/**
 * Takes the body of a successful answer and gives the SDK an empty object instead. The SDK would
 * drop members that it does not know, and throw on answers that break its model, as real answers
 * do.
 */
function keepingRawBody(operation: string, keep: (body: string) => void): RawBody {
  return (next) => async (args) => {
    const result = await next(args);
    if (isSuccess(result.response)) {
      keep(await readBody(operation, result.response.body));
      result.response.body = Readable.from([Buffer.from('{}')]);
    }
    return result;
  };
}

/**
 * Reads no further than the largest answer, so that a larger one does not end the function.
 * @throws ServiceError `payload.too-large` (never): reading again cannot help.
 */
async function readBody(operation: string, body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > mostPayloadBytes)
      throw new ServiceError('payload.too-large', { operation, mostBytes: mostPayloadBytes });
    chunks.push(read);
  }
  return Buffer.concat(chunks).toString();
}

function isSuccess(response: unknown): response is { statusCode: number; body: Readable } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'statusCode' in response &&
    typeof response.statusCode === 'number' &&
    response.statusCode < 300 &&
    'body' in response &&
    response.body instanceof Readable
  );
}

/** @throws SyntaxError; ServiceError `payload.too-deep` (never): reading again cannot help. */
export function parseBody(operation: string, raw: string): JsonObject {
  const body = parseJson(raw);
  if (!isJsonObject(body)) throw new SyntaxError('the answer is not a JSON object');
  if (isDeeperThan(deepestPayloadLevel, body))
    throw new ServiceError('payload.too-deep', { operation, mostLevels: deepestPayloadLevel });
  return body;
}
