import { CommanderError } from 'commander';
import { stringifyJson } from '../../lambdas/core/json-text.ts';
import { UsageError } from './errors.ts';
import { type FieldProblem, problemIn, problemOfCommander } from './field-problem.ts';

/**
 * An error as `--json` prints it, in one line.
 * @param message what is printed without `--json`
 */
export function errorJson(error: unknown, message: string): string {
  const problems = problemsOf(error);
  const kind = problems.length > 0 ? 'usage' : 'failed';
  return stringifyJson({ error: { kind, message, ...(problems.length > 0 && { problems }) } });
}

function problemsOf(error: unknown): readonly FieldProblem[] {
  if (error instanceof UsageError) return error.problems.map(problemIn);
  return error instanceof CommanderError ? [problemOfCommander(error)] : [];
}
