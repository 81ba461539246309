import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  GetAwsOpportunitySummaryCommand,
  GetEngagementInvitationCommand,
  GetOpportunityCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { isJsonObject, type Json, type JsonObject, withoutNulls } from '../core/json.ts';
import { type ErrorCode, errorName, laterAfter, never, ServiceError } from '../core/service-error.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';

type Operation = 'GetOpportunity' | 'GetAwsOpportunitySummary' | 'GetEngagementInvitation';

/** AWS asks integrators to name themselves so that it can tell traffic apart. */
const userAgent: [string, string][] = [['partner-central-relay', '0.1.0']];

/**
 * The Selling API through the SDK. One attempt per call: the SDK's quick retries cannot outlast a throttle that is counted
 * per account, and would spend the quota that the queue's back-off is there to save.
 * @param timeoutMs for connecting and for the whole answer: the SDK's own timeout ends with the headers.
 */
export function sellingApiPartnerCentral({ timeoutMs }: { timeoutMs: number }): PartnerCentral {
  const client = new PartnerCentralSellingClient({
    region: 'us-east-1',
    maxAttempts: 1,
    customUserAgent: userAgent,
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  return {
    getOpportunity: (Catalog, Identifier) =>
      read('GetOpportunity', (rawBody) => {
        const command = new GetOpportunityCommand({ Catalog, Identifier });
        command.middlewareStack.add(rawBody, onTheWire);
        return client.send(command, inTime());
      }),
    getAwsOpportunitySummary: (Catalog, RelatedOpportunityIdentifier) =>
      read('GetAwsOpportunitySummary', (rawBody) => {
        const command = new GetAwsOpportunitySummaryCommand({ Catalog, RelatedOpportunityIdentifier });
        command.middlewareStack.add(rawBody, onTheWire);
        return client.send(command, inTime());
      }),
    getEngagementInvitation: (Catalog, Identifier) =>
      read('GetEngagementInvitation', (rawBody) => {
        const command = new GetEngagementInvitationCommand({ Catalog, Identifier });
        command.middlewareStack.add(rawBody, onTheWire);
        return client.send(command, inTime());
      }),
  };
}

async function read(operation: Operation, send: (rawBody: RawBody) => Promise<unknown>): Promise<JsonObject> {
  let raw = '';
  try {
    await send(
      keepingRawBody((body) => {
        raw = body;
      }),
    );
    return parseBody(raw);
  } catch (cause) {
    throw failureOf(operation, cause);
  }
}

type RawBody = <Args, Result extends { response: unknown }>(
  next: (args: Args) => Promise<Result>,
) => (args: Args) => Promise<Result>;

/** The last step before the SDK reads an answer. */
const onTheWire = { step: 'deserialize', priority: 'low', name: 'keepRawBody' } as const;

/**
 * Takes the body of a successful answer before the SDK reads it, and gives the SDK an empty object instead: it would drop
 * members that it does not know and throw where an answer breaks its model, as real answers do.
 */
function keepingRawBody(keep: (body: string) => void): RawBody {
  return (next) => async (args) => {
    const result = await next(args);
    if (isSuccess(result.response)) {
      keep(await text(result.response.body));
      result.response.body = Readable.from([Buffer.from('{}')]);
    }
    return result;
  };
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

function parseBody(raw: string): JsonObject {
  const body: Json = JSON.parse(raw);
  if (!isJsonObject(body)) throw new SyntaxError('the answer is no JSON object');
  return withoutNulls(body);
}

/** By name: in the wild these come with other HTTP statuses than the model gives them. */
const refusals: Readonly<Record<string, ErrorCode & `partner-central.${string}`>> = {
  ResourceNotFoundException: 'partner-central.not-found',
  AccessDeniedException: 'partner-central.access-denied',
  ValidationException: 'partner-central.invalid',
  SerializationException: 'partner-central.invalid',
  UnknownOperationException: 'partner-central.invalid',
};

/** Throttling lasts at least for the rest of its second; anything unknown is taken for an outage, which passes. */
const throttledMs = 1_000;
const unavailableMs = 2_000;

function failureOf(operation: Operation, cause: unknown): ServiceError {
  const error = errorName(cause);
  const refusal = refusals[error];
  if (refusal) return new ServiceError(refusal, { operation, error }, { retry: never, cause });
  if (error === 'ThrottlingException')
    return new ServiceError(
      'partner-central.throttled',
      { operation },
      { retry: laterAfter(throttledMs), cause },
    );
  return new ServiceError(
    'partner-central.unavailable',
    { operation, error },
    { retry: laterAfter(unavailableMs), cause },
  );
}
