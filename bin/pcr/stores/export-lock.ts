import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';

/** Holds the id of the process that writes the export beside it. */
export const lockName = 'export.lock';

/**
 * Runs this while no other process writes an export into the folder: it would remove the files that
 * this one has open.
 * @param place how the user named the folder, such as `--out deals`
 * @throws UsageError if a running process writes it
 */
export async function whileLocked(place: string, folder: string, run: () => Promise<void>): Promise<void> {
  const path = join(folder, lockName);
  while (!tryLock(path)) {
    assertEnded(place, path);
    // A process that was killed left it.
    rmSync(path, { force: true });
  }
  try {
    await run();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Returns false if the file exists already. */
function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function assertEnded(place: string, path: string): void {
  const id = readId(path);
  if (id === undefined || !isRunning(id)) return;
  throw new UsageError(
    `${place}: process ${id} is writing it; allowed: when it has ended. If process ${id} is no export, remove ${path}.`,
  );
}

/** Returns undefined if the file holds no id of a process, or is removed meanwhile. */
function readId(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(id: number): boolean {
  try {
    // Signal 0 only asks whether the process exists.
    return process.kill(id, 0);
  } catch (error) {
    // The process of another user.
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
