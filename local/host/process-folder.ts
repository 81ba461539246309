import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Creates a folder of this process: its name is the prefix, the process id and random letters. */
export function createProcessFolder(parent: string, prefix: string): string {
  removeOrphanedFolders(parent, prefix);
  return mkdtempSync(join(parent, `${prefix}-${process.pid}-`));
}

/**
 * Removes the folders of processes that a signal ended before they could do it.
 * @param prefix of their names, before the process id
 */
export function removeOrphanedFolders(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(`${prefix}-`)
      ? /^\d+(?=-|$)/.exec(name.slice(prefix.length + 1))?.[0]
      : undefined;
    if (pid !== undefined && !isRunning(Number(pid)))
      rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** Whether a process with this id runs, of any user. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
