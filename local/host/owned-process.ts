import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A child process that ends with `stop()` or with this process, unless SIGKILL ends this process.
 */
export interface OwnedProcess {
  readonly stop: () => Promise<void>;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const readyTimeoutMs = 30_000;

/**
 * Waits until a spawned server answers HTTP with any status, and kills it when this process ends.
 * @param cleanUp called after the server is killed. @default nothing is done
 * @throws Error with the last output of the server if it ends or does not answer within 30 s
 */
export async function ownProcess(
  name: string,
  child: ChildProcess,
  endpoint: string,
  cleanUp: () => void = () => undefined,
): Promise<OwnedProcess> {
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
  const release = killOnExit(child, cleanUp);
  const stop = async (): Promise<void> => {
    release();
    child.kill('SIGKILL');
    await ended;
    cleanUp();
  };
  const problem = await Promise.race([ended, waitUntilItAnswers(endpoint)]);
  if (problem !== undefined) {
    await stop();
    throw new Error(`${name} did not start: ${problem}. ${output.trim()}`.trim());
  }
  return { stop };
}

/**
 * Below the ephemeral ports, so that the system does not assign one between the check and the use.
 */
const portRange = { from: 18_000, to: 32_000 };

/** Finds a TCP port of the loopback interface that is free. */
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

async function waitUntilItAnswers(endpoint: string): Promise<string | undefined> {
  const deadline = performance.now() + readyTimeoutMs;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) });
      await response.arrayBuffer();
      return undefined;
    } catch {
      await sleep(10);
    }
  }
  return `it did not answer at ${endpoint} within ${readyTimeoutMs / 1_000} s`;
}

function killOnExit(child: ChildProcess, cleanUp: () => void): () => void {
  const kill = (): void => {
    child.kill('SIGKILL');
    cleanUp();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    kill();
    // This handler replaces the default action, so end by the same signal, unless there is another
    // handler.
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
