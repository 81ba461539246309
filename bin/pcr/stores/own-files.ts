import type { Stats } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder of what this user keeps between commands, by the XDG Base Directory Specification.
 * @param stateHome the variable XDG_STATE_HOME
 */
export function stateFolderOf(stateHome: string | undefined): string {
  return join(stateHome || join(homedir(), '.local', 'state'), 'partner-central-relay');
}

/** Whether only this user can read and write a file. */
export function isOwn({ uid, mode }: Stats): boolean {
  // On Windows there is no user id, and the home folder is closed to others.
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
}
