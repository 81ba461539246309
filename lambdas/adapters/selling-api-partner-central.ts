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
type ReadCommand = GetOpportunityCommand | GetAwsOpportunitySummaryCommand | GetEngagementInvitationCommand;

/** Of the whole answer. A read takes well under a second; the function's timeout must outlast several. */
const requestTimeoutMs = 10_000;
const connectionTimeoutMs = 3_000;
/** AWS asks integrators to name themselves so that it can tell traffic apart. */
const userAgent: [string, string][] = [['partner-central-relay', '0.1.0']];

/**
 * The Selling API through the SDK. One attempt per call: the SDK's quick retries cannot outlast a throttle that is counted
 * per account, and would spend the quota that the queue's back-off is there to save.
 */
export function sellingApiPartnerCentral(): PartnerCentral {
  const client = new PartnerCentralSellingClient({
    region: 'us-east-1',
    maxAttempts: 1,
    customUserAgent: userAgent,
    requestHandler: {
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      connectionTimeout: connectionTimeoutMs,
    },
  });
  return {
    getOpportunity: (Catalog, Identifier) => {
      const command = new GetOpportunityCommand({ Catalog, Identifier });
      return read('GetOpportunity', command, () => client.send(command));
    },
    getAwsOpportunitySummary: (Catalog, RelatedOpportunityIdentifier) => {
      const command = new GetAwsOpportunitySummaryCommand({ Catalog, RelatedOpportunityIdentifier });
      return read('GetAwsOpportunitySummary', command, () => client.send(command));
    },
    getEngagementInvitation: (Catalog, Identifier) => {
      const command = new GetEngagementInvitationCommand({ Catalog, Identifier });
      return read('GetEngagementInvitation', command, () => client.send(command));
    },
  };
}

async function read(
  operation: Operation,
  command: ReadCommand,
  send: () => Promise<unknown>,
): Promise<JsonObject> {
  let raw = '';
  keepRawBody(command, (body) => {
    raw = body;
  });
  try {
    await send();
    return parseBody(raw);
  } catch (cause) {
    throw failureOf(operation, cause);
  }
}

/**
 * Takes the body of a successful answer before the SDK reads it, and gives the SDK an empty object instead: it would drop
 * members that it does not know and throw where an answer breaks its model, as real answers do.
 */
function keepRawBody(command: ReadCommand, keep: (body: string) => void): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (isSuccess(result.response)) {
        keep(await text(result.response.body));
        result.response.body = Readable.from([Buffer.from('{}')]);
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'keepRawBody' },
  );
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
