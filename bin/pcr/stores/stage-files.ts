import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { stringifyJson, tryParseJson } from '../../../lambdas/core/json-text.ts';
import { errorName } from '../../../lambdas/core/service-error.ts';
import { UsageError } from '../errors.ts';
import { readOwnFile, stateFolderOf } from './own-files.ts';

const localStage = v.object({
  /** Folder of the checkout in which `npm start` runs. */
  checkout: v.string(),
  pid: v.number(),
  startedAt: v.string(),
  /** The variables that point the AWS SDK to the stage, with its credentials. */
  variables: v.record(v.string(), v.string()),
  /** Where the stage takes requests of `pcr` that no AWS API has. */
  door: v.object({ url: v.string(), token: v.string() }),
});

/** Where a running `npm start` is. */
export type LocalStage = v.InferOutput<typeof localStage>;

export interface StageFile {
  readonly path: string;
  readonly stage: LocalStage;
}

/**
 * The folder of the stages of this user, a file for each: checkouts do not share one.
 * @param stateHome the variable XDG_STATE_HOME
 */
export function stageFolderOf(stateHome: string | undefined): string {
  return join(stateFolderOf(stateHome), 'stages');
}

/** Writes the file of a stage, for this user only. @returns its path */
export function writeStageFile(folder: string, stage: LocalStage): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${stage.pid}.json`);
  const unfinished = `${path}.new`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, stringifyJson(stage, '  '), { mode: 0o600, flag: 'wx' });
  // Readers see the whole file or no file.
  renameSync(unfinished, path);
  return path;
}

export function removeStageFile(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Reads the files of all stages of this user, the newest first.
 * @throws UsageError naming a file that another user owns or can change, or that is malformed
 */
export function readStageFiles(folder: string): readonly StageFile[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const path = join(folder, name);
      const text = readOwn(path);
      return text === undefined ? [] : [{ path, stage: parseStage(path, text) }];
    })
    .toSorted((a, b) => (a.stage.startedAt < b.stage.startedAt ? 1 : -1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @returns undefined if the file has been removed meanwhile, or cannot be read */
function readOwn(path: string): string | undefined {
  let text: string | undefined;
  try {
    text = readOwnFile(path);
  } catch {
    return undefined;
  }
  if (text !== undefined) return text;
  throw new UsageError(
    `local stage: ${path} is open to other users; allowed: a file that only you can read and write. Remove it, or name a stack with --stack.`,
  );
}

function parseStage(path: string, text: string): LocalStage {
  const parsed = v.safeParse(localStage, tryParseJson(text));
  if (parsed.success) return parsed.output;
  throw new UsageError(
    `local stage: ${path} is malformed; allowed: a file that \`npm start\` wrote. Remove it, or name a stack with --stack.`,
  );
}

/** Longer than a busy stage takes to answer. */
const answerMs = 5_000;

/**
 * Asks a stage whether it is up. `silent`: it is stopped, for example by Ctrl-Z. `gone`: another
 * process may have its address by now.
 */
export async function reachStage({
  door: { url, token },
}: Pick<LocalStage, 'door'>): Promise<'up' | 'silent' | 'gone'> {
  try {
    const answer = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMs),
    });
    return answer.ok ? 'up' : 'gone';
  } catch (error) {
    return errorName(error) === 'TimeoutError' ? 'silent' : 'gone';
  }
}
