import { type ChildProcess, spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  /** Both streams, as they came. */
  readonly output: string;
}

const running = new Set<ChildProcess>();
process.on('exit', endCommands);

/** With all that they started themselves: each leads a process group. */
function endCommands(): void {
  for (const { pid, exitCode } of running)
    try {
      if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
}

/** Runs a program to its end, whatever its exit code. @throws Error where there is no such program */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string },
): Promise<Finished> {
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
