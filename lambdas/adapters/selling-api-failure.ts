import * as v from 'valibot';
import { type ErrorCode, errorName, ServiceError } from '../core/service-error.ts';
import type { WriteProblem, WriteResult } from '../ports/partner-central-writes.ts';
import { isThrottling } from './aws-failure.ts';

/** By name: the service sends these with other HTTP statuses than its model says. */
const refusals: Readonly<Record<string, ErrorCode & `partner-central.${string}`>> = {
  ResourceNotFoundException: 'partner-central.not-found',
  AccessDeniedException: 'partner-central.access-denied',
  ValidationException: 'partner-central.invalid',
  SerializationException: 'partner-central.invalid',
  UnknownOperationException: 'partner-central.invalid',
};

/** Translates an error of a read. */
export function readFailure(operation: string, cause: unknown): ServiceError {
  // The quota granted no permit, its ledger failed, or the answer is too large or nests too deep.
  if (cause instanceof ServiceError) return cause;
  const error = errorName(cause);
  if (isThrottling(error, statusOf(cause)))
    return new ServiceError('partner-central.throttled', { operation }, { cause });
  const refusal = refusals[error];
  if (refusal) return new ServiceError(refusal, { operation, error, ...awsReasonOf(cause) }, { cause });
  // An unknown error is treated as a temporary outage.
  return new ServiceError('partner-central.unavailable', { operation, error }, { cause });
}

const writeRefusals: ReadonlyMap<string, 'access-denied' | 'conflict' | 'not-found'> = new Map([
  ['AccessDeniedException', 'access-denied'],
  ['ConflictException', 'conflict'],
  ['ResourceNotFoundException', 'not-found'],
  // Credentials or a signature that AWS does not accept.
  ['ExpiredTokenException', 'access-denied'],
  ['InvalidSignatureException', 'access-denied'],
  ['MissingAuthenticationTokenException', 'access-denied'],
  ['UnrecognizedClientException', 'access-denied'],
]);

/** Translates an error of a write. Only an answer of 400 to 499 says that AWS has done nothing. */
export function writeFailure(cause: unknown): WriteResult {
  const error = errorName(cause);
  const status = statusOf(cause) ?? 0;
  if (isThrottling(error, status)) return { kind: 'throttled' };
  if (status < 400 || status > 499) return { kind: 'unknown', error };
  const reason = writeRefusals.get(error) ?? 'invalid';
  return { kind: 'refused', reason, error, ...awsReasonOf(cause), problems: problemsOf(cause) };
}

const refusal = v.object({
  ErrorList: v.array(
    v.object({
      FieldName: v.nullish(v.string(), ''),
      Code: v.nullish(v.string(), ''),
      Message: v.nullish(v.string(), ''),
    }),
  ),
});

function problemsOf(cause: unknown): readonly WriteProblem[] {
  const { success, output } = v.safeParse(refusal, cause);
  if (!success) return [];
  return output.ErrorList.map(({ FieldName, Code, Message }) => ({
    path: pointerOf(FieldName),
    code: Code,
    message: Message,
  }));
}

/** `Project.ExpectedCustomerSpend[0].Amount` is `/Project/ExpectedCustomerSpend/0/Amount`. */
function pointerOf(fieldName: string): string {
  const steps = fieldName.split(/[.[\]]+/).filter((step) => step !== '');
  return steps.map((step) => `/${step}`).join('');
}

/** Takes only words of AWS's lists: the message of an error may repeat values of the request. */
function awsReasonOf(cause: unknown): { readonly awsReason?: string } {
  if (!(cause instanceof Error) || !('Reason' in cause)) return {};
  const { Reason } = cause;
  return typeof Reason === 'string' && /^[A-Z_]{1,80}$/.test(Reason) ? { awsReason: Reason } : {};
}

/** HTTP status of an error of the SDK. */
function statusOf(cause: unknown): number | undefined {
  if (!(cause instanceof Error) || !('$metadata' in cause)) return undefined;
  const { $metadata: metadata } = cause;
  const isStatus = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata;
  return isStatus && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
