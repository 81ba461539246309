import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { freePort } from '../../local/host/owned-process.ts';

/** A receiver that docs/webhooks.md prints, and how to run it unchanged. */
export interface ShownReceiver {
  readonly language: string;
  readonly code: string;
  readonly command: readonly [string, ...string[]];
  /** Lines of it at most: readers do not copy a longer one. */
  readonly mostLines: number;
}

const guide = readFileSync('docs/webhooks.md', 'utf8');

export const nodeReceiver: ShownReceiver = {
  language: 'Node',
  code: /```js\n([\s\S]*?createServer[\s\S]*?)```/.exec(guide)?.[1] ?? '',
  command: [process.execPath, '--input-type=module', '--eval'],
  mostLines: 12,
};

export const pythonReceiver: ShownReceiver = {
  language: 'Python and its standard library',
  code: /```python\n([\s\S]*?HTTPServer[\s\S]*?)```/.exec(guide)?.[1] ?? '',
  // -I and -S: of what is installed beside the standard library nothing is found.
  command: ['python3', '-I', '-S', '-c'],
  mostLines: 22,
};

/** Why the Python receiver cannot run here; undefined where it can. With CI set nothing is skipped. */
export function pythonMissing(): string | undefined {
  if (process.env['CI']) return undefined;
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no python3 here';
  }
}

export interface RunningReceiver {
  /** @returns the status that it answers with */
  readonly post: (headers: Readonly<Record<string, string>>, body: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startReceiver(
  { code, command: [program, ...options], language }: ShownReceiver,
  secret: string,
): Promise<RunningReceiver> {
  const port = await freePort();
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) };
  const child = spawn(program, [...options, code], { env, stdio: 'ignore' });
  const post: RunningReceiver['post'] = (headers, body) =>
    fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body }).then(({ status }) => status);
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (await post({}, '{}').catch(() => undefined)) return { post, stop: () => stop(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop(child);
  throw new Error(`the receiver of docs/webhooks.md in ${language} does not listen`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill();
  await exited;
}
