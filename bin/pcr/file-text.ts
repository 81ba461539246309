import { readFileSync, statSync } from 'node:fs';
import { UsageError } from './errors.ts';

/** @param path a file, or `-` for standard input. @throws UsageError if the file does not exist */
export function fileText(option: string, path: string): string {
  // Descriptor 0 is standard input.
  if (path === '-') return readFileSync(0, 'utf8');
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(
      `${option} ${path}: this file does not exist; allowed: a file, or - for standard input`,
    );
  return readFileSync(path, 'utf8');
}
