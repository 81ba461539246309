import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, ownProcess } from '../../local/host/owned-process.ts';
import { lastLines } from './commands.ts';
import { installEmulator } from './python.ts';

export interface Emulator {
  readonly url: string;
  /** Rejects with the last lines of its log when it ends by itself. */
  readonly died: Promise<never>;
  readonly stop: () => Promise<void>;
}

/** The one that the environment names, or MiniStack, installed into the folder and started on a free port. */
export async function startEmulator(folder: string, told: (line: string) => void): Promise<Emulator> {
  const given = process.env['AWS_ENDPOINT_URL'];
  if (given !== undefined && given !== '') {
    told(`Using the emulator at ${given}`);
    return { url: given, died: new Promise(() => {}), stop: async () => {} };
  }
  return startMinistack(await installEmulator(folder, told), folder, told);
}

const shownLines = 30;
const mended = fileURLToPath(new URL('mended-ministack.py', import.meta.url));

async function startMinistack(
  python: string,
  folder: string,
  told: (line: string) => void,
): Promise<Emulator> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const scratch = join(folder, 'tmp');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  // What MiniStack writes there to run a function is CommonJS; the package.json above it says otherwise.
  await writeFile(join(scratch, 'package.json'), '{ "type": "commonjs" }');
  const log = join(folder, 'ministack.log');
  const child = spawn(python, [mended], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its functions run on the Node that runs this, which is the one that they are deployed for.
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
      const last = lastLines(readFileSync(log, 'utf8'), shownLines);
      reject(
        new Error(`MiniStack ended in the middle (${signal ?? code}). Its last lines, of ${log}:\n${last}`),
      );
    });
  });
  // Whoever waits for anything waits for this too; between two waits nobody does.
  died.catch(() => {});
  const { stop } = await ownProcess('MiniStack', child, `${url}/_ministack/health`);
  told(`MiniStack answers at ${url}`);
  return {
    url,
    died,
    stop: async () => {
      stopping = true;
      await stop();
      file.end();
    },
  };
}
