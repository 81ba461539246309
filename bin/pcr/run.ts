import { CommanderError } from 'commander';
import { errorJson } from './error-json.ts';
import { messageOf } from './error-text.ts';
import { CommandError, exitCodes, UsageError } from './errors.ts';
import { problemIn } from './field-problem.ts';
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
  const isCompletion = args[0] === 'complete' && args[1] === '--';
  const io: Io =
    given ??
    terminalIo(async () => {
      // Loading the SDK takes half a second, which help and invalid options do not need.
      const { findRelay } = await import('./relay.ts');
      return isCompletion
        ? findRelay(choiceIn(args), () => undefined)
        : findRelay(program.opts<StackChoice>(), io.note);
    }, run);
  const isJson = asksForJson(args);
  // With `--json` the error is printed once, as JSON.
  const program = await createProgram(args, io, isJson ? () => undefined : io.note);
  try {
    if (isCompletion) {
      await complete(args.slice(2), io);
      // A slow stack may still be answering.
      if (!given) process.stdout.write('', () => process.exit());
    }
    // The help of a command is loaded with the command.
    else await program.parseAsync(args[0] === 'help' ? [...args.slice(1), '--help'] : args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    return reportError(io, error, isJson);
  }
}

/** Also on a command line that cannot be parsed. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => ['--json', '--print-json'].includes(arg));
}

/** Finds the stack that an unfinished command line names. */
function choiceIn(words: readonly string[]): StackChoice {
  const valueOf = (option: string) => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined);
  return { stack: valueOf('--stack'), profile: valueOf('--profile') };
}

async function complete(words: readonly string[], io: Io): Promise<void> {
  const { completeWords } = await import('./complete/complete-words.ts');
  const { storedIds } = await import('./complete/stored-ids.ts');
  await completeWords(words, (kind) => storedIds(kind, io), io);
}

/**
 * Prints the error in plain words, without a stack trace.
 * @param isJson whether to print it as one line of JSON instead
 * @returns the exit code
 */
export function reportError(io: Pick<Io, 'note' | 'err'>, error: unknown, isJson = false): number {
  // Help was requested.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
  if (isJson) io.note(errorJson(error, messageOf(error)));
  else
    for (const line of linesOf(error)) io.note(line.replace(/^error:/, (word) => io.err.style('bad', word)));
  const isUsage = error instanceof CommanderError || error instanceof UsageError;
  return isUsage ? exitCodes.usage : exitCodes.failed;
}

function linesOf(error: unknown): readonly string[] {
  // Commander has printed its message already.
  if (error instanceof CommanderError) return [];
  if (error instanceof UsageError)
    return error.problems.map(problemIn).flatMap(({ message, didYouMean }) => [
      `error: ${message}`,
      // As commander suggests commands and options.
      ...(didYouMean === undefined ? [] : [`(Did you mean ${didYouMean}?)`]),
    ]);
  return [error instanceof CommandError ? error.message : `error: ${messageOf(error)}`];
}
