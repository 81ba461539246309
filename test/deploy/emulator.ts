import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, ownProcess } from '../../local/host/owned-process.ts';
import { lastLines } from './commands.ts';
import { installTools } from './python.ts';

export interface Emulator {
  readonly url: string;
  /** Python with the installed tools. Undefined for a given emulator, which needs no Python. */
  readonly python: string | undefined;
  /** Rejects with the last lines of its log if it ends unexpectedly. */
  readonly died: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** Uses the emulator of AWS_ENDPOINT_URL, or installs MiniStack into the folder and starts it. */
export async function startEmulator(folder: string, report: (line: string) => void): Promise<Emulator> {
  const given = process.env['AWS_ENDPOINT_URL'];
  if (given !== undefined && given !== '') {
    report(`Using the emulator at ${given}`);
    return { url: given, python: undefined, died: new Promise(() => {}), stop: async () => {} };
  }
  return startMinistack(await installTools(folder, report), folder, report);
}

const reportedLines = 30;
const mended = fileURLToPath(new URL('mended-ministack.py', import.meta.url));

async function startMinistack(
  python: string,
  folder: string,
  report: (line: string) => void,
): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const scratch = join(folder, 'tmp');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  // MiniStack writes CommonJS here to run a function, but the package.json above sets ES modules.
  await writeFile(join(scratch, 'package.json'), '{ "type": "commonjs" }');
  const log = join(folder, 'ministack.log');
  const child = spawn(python, [mended], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // The functions run on the Node.js of this process, which is the version of their runtime.
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: scratch,
      TMPDIR: scratch,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
    },
  });
  const file = createWriteStream(log);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(file, { end: false });
  let stopping = false;
  const died = new Promise<never>((_, reject) => {
    child.once('close', (code, signal) => {
      if (stopping) return;
      const last = lastLines(readFileSync(log, 'utf8'), reportedLines);
      reject(new Error(`MiniStack ended unexpectedly (${signal ?? code}). Last lines of ${log}:\n${last}`));
    });
  });
  // All waits include this promise. Between two waits its rejection must not end the process.
  died.catch(() => {});
  const { stop } = await ownProcess('MiniStack', child, `${url}/_ministack/health`);
  report(`MiniStack answers at ${url}`);
  return {
    url,
    python,
    died,
    stop: async () => {
      stopping = true;
      await stop();
      file.end();
    },
  };
}
