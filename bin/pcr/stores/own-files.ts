import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder of what this user keeps between commands, by the XDG Base Directory Specification.
 * @param stateHome the variable XDG_STATE_HOME
 */
export function stateFolderOf(stateHome: string | undefined): string {
  return join(stateHome || join(homedir(), '.local', 'state'), 'partner-central-relay');
}

/**
 * Reads a file that only this user can read and write, and not through a link, which could lead to
 * a file of another user.
 * @returns undefined if it is open to other users
 * @throws Error of `node:fs` if it cannot be opened
 */
export function readOwnFile(path: string): string | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { uid, mode } = fstatSync(descriptor);
    // On Windows there is no user id, and the home folder is closed to others.
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
    return isOwn ? readFileSync(descriptor, 'utf8') : undefined;
  } finally {
    closeSync(descriptor);
  }
}
