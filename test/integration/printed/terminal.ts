import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { findPython } from '../../python.ts';

const script = fileURLToPath(new URL('terminal.py', import.meta.url));

/** No person types sooner after a text. */
const reactionMs = 500;

/** The size that terminals open with. */
export const terminalColumns = 80;
const terminalRows = 24;

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A command that hangs is ended after this time. @default 110 s, before its test times out */
  readonly lastsMs?: number;
  /** What a person types, each after the screen shows the text. @default nothing */
  readonly types?: readonly (readonly [after: RegExp, text: string])[];
}

/** A command that runs on a terminal of 80 columns and 24 rows. */
export interface Terminal {
  /** What it has printed, with both streams as a person sees them, without control characters. */
  readonly screen: () => string;
  readonly exitCode: Promise<number | null>;
  readonly type: (text: string) => void;
  /** Closes the terminal. */
  readonly close: () => void;
}

/** Runs a command line as a person does who pastes it. @throws PythonMissing */
export async function openTerminal(command: string, options: TerminalOptions): Promise<Terminal> {
  const size = [String(terminalColumns), String(terminalRows)];
  const child = spawn(await findPython(), [script, ...size, 'bash', '-c', command], {
    cwd: options.cwd,
    env: { TERM: 'xterm-256color', ...options.env },
    timeout: options.lastsMs ?? 110_000,
  });
  return terminalOf(child, [...(options.types ?? [])]);
}

function terminalOf(
  child: ChildProcessWithoutNullStreams,
  types: [RegExp, string][] | (readonly [RegExp, string])[],
): Terminal {
  let printed = '';
  const screen = () => screenOf(printed);
  const listen = (chunk: Buffer) => {
    printed += chunk.toString();
    const [next] = types;
    if (!next || !next[0].test(screen())) return;
    types.shift();
    setTimeout(() => child.stdin.write(next[1]), reactionMs);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  // What ends while a key is on its way reads no key.
  child.stdin.on('error', () => undefined);
  return {
    screen,
    exitCode: new Promise((resolve) => child.once('close', resolve)),
    type: (text) => void child.stdin.write(text),
    close: () => void child.kill('SIGTERM'),
  };
}

/** What is left of a line after the cursor went back to its start, and before it went on. */
function screenOf(printed: string): string {
  const lines = printed.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => stripVTControlCharacters(line.split(backToStart).at(-1) ?? '')).join('\n');
}

/** Carriage return, or the control sequence that moves the cursor to the first column. */
const backToStart = new RegExp(['\\r', `${String.fromCodePoint(0x1b)}\\[1?G`].join('|'));

/** Runs a command line on a terminal until it ends. */
export async function runOnTerminal(
  command: string,
  options: TerminalOptions,
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const terminal = await openTerminal(command, options);
  const code = await terminal.exitCode;
  return { code, screen: terminal.screen() };
}
