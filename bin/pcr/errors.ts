/**
 * 0: done. 1: the command failed or found a problem. 2: the command line or the stack is wrong, and
 * nothing was changed.
 */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Ends a command with exit code 2. Each problem names the field, its value and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly problems: readonly string[];

  constructor(...problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Ends a command with exit code 1 and one sentence that says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
