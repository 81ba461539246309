import * as v from 'valibot';
import { parseJson, tryParseJson } from '../../../lambdas/core/json-text.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { plainScreen } from '../screen.ts';
import { shellLine } from '../shell-line.ts';
import type { ActionResult, JsonValue } from './api.ts';
import { plainJson } from './plain-json.ts';

const errorSchema = v.object({
  error: v.object({ message: v.string(), problems: v.optional(v.array(v.object({ message: v.string() }))) }),
});

/**
 * Runs a command of `pcr` in this process, without questions, and returns what it prints with
 * `--json`.
 * @param args with `--json` left out
 * @param operands come last; none is read as an option
 * @throws UsageError if the command refuses a value; CommandError if it fails
 */
export async function runAction(
  args: readonly string[],
  operands: readonly string[],
  io: Io,
): Promise<ActionResult> {
  const out: string[] = [];
  const notes: string[] = [];
  const code = await io.run([...args, '--json', '--', ...operands], quietIo(io, out, notes));
  const command = shellLine('pcr', ...args.filter((arg) => arg !== '--yes'), ...operands);
  if (code === 0) return { command, result: printed(out), notes };
  const failure = v.safeParse(errorSchema, tryParseJson(notes.at(-1) ?? ''));
  if (!failure.success) throw new CommandError(notes.join(' '));
  const { message, problems } = failure.output.error;
  if (problems) throw new UsageError(...problems.map((each) => each.message));
  throw new CommandError([...notes.slice(0, -1), message].join(' '));
}

function printed(out: readonly string[]): JsonValue | undefined {
  return out.length === 0 ? undefined : plainJson(parseJson(out.join('\n')));
}

function quietIo(io: Io, out: string[], notes: string[]): Io {
  const progress = { advance: () => undefined, of: () => undefined, end: () => undefined };
  return {
    ...io,
    print: (text) => void out.push(text),
    note: (text) => void notes.push(text),
    out: plainScreen,
    err: plainScreen,
    isTerminal: false,
    isOutputTerminal: false,
    confirm: async () => false,
    progress: () => progress,
    interrupted: () => new AbortController().signal,
  };
}
