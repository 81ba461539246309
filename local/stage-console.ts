import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environmentOf } from '../bin/pcr/local-stage.ts';
import type { LocalStage } from '../bin/pcr/stores/stage-files.ts';

export interface StageConsole {
  /** Undefined if the console did not start: `problem` says why. */
  readonly link?: string;
  readonly problem?: string;
  readonly stop: () => void;
}

const pcr = fileURLToPath(new URL('../bin/pcr.js', import.meta.url));

/** Runs `pcr console` for a stage. It ends with the stage, even if this process is killed. */
export async function startStageConsole(stage: LocalStage): Promise<StageConsole> {
  const child = spawn(process.execPath, [pcr, 'console'], {
    env: environmentOf(stage),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const link = await firstLine(child);
  return link === undefined ? { problem: errors.join('').trim(), stop } : { link, stop };
}

/** Returns undefined if the process ends before it has printed a line. */
function firstLine(child: ChildProcess): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  child.once('error', () => resolve(undefined));
  child.once('close', () => resolve(undefined));
  if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
  return promise;
}
