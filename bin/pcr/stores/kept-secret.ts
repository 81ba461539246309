import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSecretValue, type SigningSecret } from '../../../lambdas/core/signature.ts';
import { UsageError } from '../errors.ts';
import { secretValue } from '../secrets/new-secret.ts';
import { readOwnFile } from './own-files.ts';

/** The secret of all listeners of this user on one stack. */
export interface KeptSecret {
  readonly value: readonly SigningSecret[];
  readonly path: string;
  /** Whether this call created it. */
  readonly isNew: boolean;
}

/**
 * Reads the secret that an earlier `pcr listen` kept, or creates it in a file that only this user
 * can read: the receiver under development needs it once.
 * @param folder of what this user keeps between commands
 * @throws UsageError if the file is open to other users, or has no valid secret
 */
export function keptSecret(folder: string, stackName: string, wantsNew: boolean): KeptSecret {
  const listeners = join(folder, 'listeners');
  const path = join(listeners, `${stackName}.secret`);
  const value = secretValue({});
  if (tryCreate(listeners, path, value, wantsNew)) return { value, path, isNew: true };
  return { value: readOwn(path), path, isNew: false };
}

/** Returns false if the file exists already. @throws UsageError if it cannot be written */
function tryCreate(
  folder: string,
  path: string,
  value: readonly SigningSecret[],
  replaces: boolean,
): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (replaces) rmSync(path, { force: true });
    writeFileSync(path, `${value.join(' ')}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    const code = codeOf(error);
    // `mkdir` fails in the same way if a file is in the place of the folder.
    const isThere = error instanceof Error && 'syscall' in error && error.syscall === 'open';
    if (code === 'EEXIST' && isThere) return false;
    throw new UsageError(
      `${path}: cannot be written (${code}); allowed: a folder that you can write to, below $XDG_STATE_HOME. Or bring a secret with --secret-file.`,
    );
  }
}

/** @throws UsageError if it is open to other users, cannot be read, or is not a secret */
function readOwn(path: string): readonly SigningSecret[] {
  const { text, problem = 'not a valid secret' } = tryRead(path);
  const value = text === undefined ? undefined : parseSecretValue(text.trim());
  if (value) return value;
  throw new UsageError(
    `${path}: ${problem}; allowed: whsec_ and 24 to 64 bytes in base64, in a file that only you can read and write. --new-secret replaces it.`,
  );
}

function tryRead(path: string): { readonly text?: string; readonly problem?: string } {
  try {
    const text = readOwnFile(path);
    return text === undefined ? { problem: 'open to other users' } : { text };
  } catch (error) {
    return { problem: `cannot be read (${codeOf(error)})` };
  }
}

/** Why a call of `node:fs` failed, such as `EACCES`. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
