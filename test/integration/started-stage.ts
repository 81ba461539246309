import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Exited } from './pcr/deployed-stage.ts';

/** `npm start` as a process that stays up, with a folder for its file of its own. */
export interface StartedStage {
  /** Everything that it has printed. */
  readonly printed: () => string;
  /** Runs `pcr` in another folder, without any variable of AWS. */
  readonly pcr: (...args: readonly string[]) => Promise<Exited>;
  /** Runs another `npm start` of the same user to its end. */
  readonly start: (...args: readonly string[]) => Promise<Exited>;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
  readonly remove: () => void;
}

/** Waits until the stage stays up. @throws Error with its output if it ends before */
export async function startStayingStage(...args: readonly string[]): Promise<StartedStage> {
  const home = mkdtempSync(join(tmpdir(), 'state-'));
  const env = { PATH: process.env['PATH'], HOME: '/nowhere', XDG_STATE_HOME: home };
  // In a process group of its own, so that a kill also ends the engines that it started.
  const child = spawn(process.execPath, ['local/main.ts', '--stay', ...args], { env, detached: true });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const exited = new Promise<number | null>((done) => child.once('close', done));
  const isUp = new Promise<void>((done) => {
    child.stdout.on('data', () => printed.includes('Press Ctrl-C') && done());
  });
  const run = (script: string, given: readonly string[]) =>
    new Promise<Exited>((done) => {
      const options = { env: { ...env, AWS_EC2_METADATA_DISABLED: 'true' }, cwd: tmpdir() };
      execFile(process.execPath, [resolve(script), ...given], options, (error, out, err) =>
        done({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  await Promise.race([
    isUp,
    exited.then((code) => Promise.reject(new Error(`npm start ended with ${code}:\n${printed}`))),
  ]);
  return {
    printed: () => printed,
    pcr: (...given) => run('bin/pcr.js', given),
    start: (...given) => run('local/main.ts', given),
    end: async (signal) => {
      process.kill(-(child.pid ?? 0), signal);
      return exited;
    },
    remove: () => rmSync(home, { recursive: true }),
  };
}
