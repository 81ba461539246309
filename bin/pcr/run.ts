import { CommanderError } from 'commander';
import { errorName, isFailure, ServiceError } from '../../lambdas/core/service-error.ts';
import { CommandError, exitCodes, UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';
import type { StackChoice } from './stack.ts';
import { terminalIo } from './terminal-io.ts';

/**
 * Runs one command line.
 * @param args without node and script
 * @param given @default the terminal of this process
 * @returns the exit code
 */
export async function run(args: readonly string[], given?: Io): Promise<number> {
  const io: Io =
    given ??
    terminalIo(async () => {
      // Loading the SDK takes half a second, which help and invalid options do not need.
      const { findRelay } = await import('./relay.ts');
      return findRelay(program.opts<StackChoice>(), io.note);
    });
  const program = await createProgram(args, io);
  try {
    if (args[0] === 'complete' && args[1] === '--') await complete(args.slice(2), io);
    // The help of a command is loaded with the command.
    else await program.parseAsync(args[0] === 'help' ? [...args.slice(1), '--help'] : args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return reportError(io, error);
  }
}

async function complete(words: readonly string[], io: Io): Promise<void> {
  const { completeWords } = await import('./complete-words.ts');
  await completeWords(words, io);
}

/** Prints the error in plain words, without a stack trace. @returns the exit code */
export function reportError(io: Pick<Io, 'note' | 'err'>, error: unknown): number {
  // Commander has printed the message already. Requested help is not an error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof UsageError) {
    for (const problem of error.problems) io.note(`${io.err.style('bad', 'error:')} ${problem}`);
    return exitCodes.usage;
  }
  const message = error instanceof CommandError ? error.message : describeError(error);
  io.note(error instanceof CommandError ? message : `${io.err.style('bad', 'error:')} ${message}`);
  return exitCodes.failed;
}

/** Advice by error name, if AWS's own message gives none. */
const advice: Readonly<Record<string, string>> = {
  CredentialsProviderError: 'There are no AWS credentials. Sign in, then set --profile or AWS_PROFILE.',
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
  if (isFailure(error, 'record.unreadable'))
    return `The item ${error.details.item} is unreadable: ${error.details.problems.join('; ')}. Repair it in the table.`;
  if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
    return `${error.message}. If that was the local stage, it has ended: start it with npm start.`;
  const known = advice[errorName(error)];
  if (known !== undefined) return known;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
