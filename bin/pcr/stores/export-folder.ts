import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { stringifyJson, tryParseJson } from '../../../lambdas/core/json-text.ts';
import { errorName } from '../../../lambdas/core/service-error.ts';
import { UsageError } from '../errors.ts';
import { type ExportState, exportState } from '../export/export-state.ts';
import { shellLine } from '../shell-line.ts';
import { lockName } from './export-lock.ts';

/** Beside the files of an export, and what says how to continue it. */
const stateName = 'export.json';

/** @throws UsageError if it is not empty, so that no file of another export is replaced */
export function assertUnused(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  // An export locks the folder before it writes its state.
  if (found?.isDirectory() ? readdirSync(folder).every((name) => name === lockName) : !found) return;
  const reason = found?.isDirectory() ? describeFiles(folder) : 'it is not a folder';
  throw new UsageError(`--out ${folder}: ${reason}; allowed: a folder that is new or empty`);
}

function describeFiles(folder: string): string {
  const state = tryReadState(folder);
  if (!state) return 'it is not empty';
  return state.finishedAt === undefined
    ? `it holds an export, which \`${shellLine('pcr', 'export', 'resume', folder)}\` continues`
    : 'it holds a finished export: remove it, or choose another folder';
}

/** Creates the folder for this user only. @throws UsageError if it cannot be created */
export function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : errorName(error);
    throw new UsageError(
      `--out ${folder}: it cannot be created (${code}); allowed: a folder in which you can write`,
    );
  }
}

/** @throws UsageError if the folder holds no export */
export function readState(folder: string): ExportState {
  const state = tryReadState(folder);
  if (state) return state;
  throw new UsageError(
    `<folder> ${folder}: it has no valid ${stateName}; allowed: a folder that \`pcr export\` has written`,
  );
}

function tryReadState(folder: string): ExportState | undefined {
  const parsed = v.safeParse(exportState, tryParseJson(textOf(join(folder, stateName)) ?? ''));
  return parsed.success ? parsed.output : undefined;
}

function textOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined;
}

export function writeState(folder: string, state: ExportState): void {
  const path = join(folder, stateName);
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, stringifyJson(state, '  '), { mode: 0o600, flag: 'wx', flush: true });
  // A reader, or a process that continues it, sees the state before or the state after.
  renameSync(unfinished, path);
}

/** `deals-00001.parquet`: the name of the next file. */
export function nextFileName({ export: name, format, files }: ExportState): string {
  return `${name}-${String(files.length + 1).padStart(5, '0')}.${format}`;
}

/**
 * Removes files that an interruption left: unfinished ones, and a finished one that the state does
 * not list, whose rows are read again.
 */
export function removeUnlisted(folder: string, { export: name, format, files }: ExportState): void {
  const listed = new Set(files.map((file) => file.name));
  const ours = new RegExp(`^${name}-\\d{5,}\\.${format}(?:\\.part)?$`);
  for (const found of readdirSync(folder))
    if (ours.test(found) && !listed.has(found)) rmSync(join(folder, found));
}
