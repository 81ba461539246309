import { CommanderError } from 'commander';
import { errorName, isFailure, ServiceError } from '../../lambdas/core/service-error.ts';
import { CommandError, UsageError } from './errors.ts';

/** What an error says to a person, without a stack trace. */
export function messageOf(error: unknown): string {
  if (error instanceof CommanderError) return error.message.replace(/^error: /, '');
  return error instanceof CommandError || error instanceof UsageError ? error.message : describeError(error);
}

/** Advice by error name, if AWS's own message gives none. */
const advice: Readonly<Record<string, string>> = {
  CredentialsProviderError:
    'There are no AWS credentials. Sign in, then set --profile or AWS_PROFILE. For a local stage: npm start.',
  ExpiredToken: 'The AWS credentials have expired. Sign in again.',
  ExpiredTokenException: 'The AWS credentials have expired. Sign in again.',
  UnrecognizedClientException: 'AWS does not know these credentials. Sign in again.',
  InvalidClientTokenId: 'AWS does not know these credentials. Sign in again.',
  ExitPromptError: 'Nothing was changed.',
};

function describeError(error: unknown): string {
  // The cause that an adapter caught says more than the error code.
  const cause = error instanceof ServiceError ? error.cause : undefined;
  if (cause instanceof Error) return describeError(cause);
  if (isFailure(error, 'endpoint.unreadable'))
    return `Endpoint ${error.details.endpointId} cannot be read: ${error.details.attributes.join(', ')} invalid. Repair it with \`pcr endpoints update\`, or remove it.`;
  if (isFailure(error, 'client.unreadable'))
    return `Client ${error.details.clientId} cannot be read: ${error.details.attributes.join(', ')} invalid. Repair it with \`pcr clients update\`, or remove it.`;
  if (isFailure(error, 'record.unreadable'))
    return `The item ${error.details.item} is unreadable: ${error.details.problems.join('; ')}. Repair it in the table.`;
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
    return `${error.message}. If that was the local stage, it has ended: start it with npm start.`;
  const known = advice[errorName(error)];
  if (known !== undefined) return known;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
