import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { freePort } from '../../local/host/owned-process.ts';

/** A receiver example of the documentation and the command that runs it. */
export interface DocumentedReceiver {
  readonly language: string;
  readonly code: string;
  readonly command: readonly [string, ...string[]];
  /** Maximum length, so that the example is short enough to copy. */
  readonly maximumLines: number;
}

const guide = readFileSync('docs/webhooks.md', 'utf8');

export const nodeReceiver: DocumentedReceiver = {
  language: 'Node',
  code: /```js\n([\s\S]*?createServer[\s\S]*?)```/.exec(guide)?.[1] ?? '',
  command: [process.execPath, '--input-type=module', '--eval'],
  maximumLines: 12,
};

export const pythonReceiver: DocumentedReceiver = {
  language: 'Python and its standard library',
  code: /```python\n([\s\S]*?HTTPServer[\s\S]*?)```/.exec(guide)?.[1] ?? '',
  // -I and -S hide all installed packages except the standard library.
  command: ['python3', '-I', '-S', '-c'],
  maximumLines: 22,
};

/** Why the Python receiver cannot run. Undefined if it can, or in CI, where no test is skipped. */
export function pythonMissing(): string | undefined {
  if (process.env['CI']) return undefined;
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'python3 is not installed';
  }
}

export interface RunningReceiver {
  /** @returns the HTTP status */
  readonly post: (headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
  /** Sends half of a message and disconnects. */
  readonly breakOff: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startReceiver(
  { code, command: [program, ...options], language }: DocumentedReceiver,
  secret: string,
): Promise<RunningReceiver> {
  const port = await freePort();
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) };
  const child = spawn(program, [...options, code], { env, stdio: 'ignore' });
  const post: RunningReceiver['post'] = (headers, body) =>
    fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body }).then(({ status }) => status);
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (await post({}, '{}').catch(() => undefined))
      return { post, breakOff: () => breakOff(port), stop: () => stop(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop(child);
  throw new Error(`the receiver of docs/webhooks.md in ${language} does not listen`);
}

async function breakOff(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
  // The receiver reads the first half before the connection ends.
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await once(socket, 'close');
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
