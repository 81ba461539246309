import { type ChildProcess, spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number | null;
  /** Stdout and stderr, interleaved. */
  readonly output: string;
}

const running = new Set<ChildProcess>();
process.on('exit', endCommands);

/** Kills the commands with their child processes: each command leads a process group. */
function endCommands(): void {
  for (const { pid, exitCode } of running)
    try {
      if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
}

/** Runs a program until it ends with any exit code. @throws Error if there is no such program */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<CommandResult> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
    });
  } finally {
    running.delete(child);
  }
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
