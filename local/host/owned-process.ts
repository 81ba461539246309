import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A child process that ends with `stop()`, and with this process however it ends short of SIGKILL. */
export interface OwnedProcess {
  readonly stop: () => Promise<void>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const readyWithinMs = 30_000;

/**
 * Takes charge of a spawned server and waits until it answers HTTP, whatever the status.
 * @throws Error with the last output of the process when it ends first, or does not answer within 30 s
 */
export async function ownProcess(name: string, child: ChildProcess, endpoint: string): Promise<OwnedProcess> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output = (output + String(chunk)).slice(-2_000);
    });
  }
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? code}`));
  });
  const release = killAlongWithThisProcess(child);
  const stop = async (): Promise<void> => {
    release();
    child.kill('SIGKILL');
    await ended;
  };
  const problem = await Promise.race([ended, answers(endpoint)]);
  if (problem !== undefined) {
    await stop();
    throw new Error(`${name} did not start: ${problem}. ${output.trim()}`.trim());
  }
  return { stop };
}

/** Below the ports that systems give to whoever asks for any: nobody is given one of these between the look and the use. */
const portRange = { from: 18_000, to: 32_000 };

/** A TCP port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(portRange.from, portRange.to);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await listens)) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

async function answers(endpoint: string): Promise<string | undefined> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return undefined;
    } catch {
      await sleep(10);
    }
  }
  return `it did not answer at ${endpoint} within ${readyWithinMs / 1_000} s`;
}

function killAlongWithThisProcess(child: ChildProcess): () => void {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    kill();
    // A handler takes the default action away: end by the same signal, unless somebody else handles it in their own way.
    process.off(signal, onSignal);
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.on('exit', kill);
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    process.off('exit', kill);
    for (const signal of signals) process.off(signal, onSignal);
  };
}
