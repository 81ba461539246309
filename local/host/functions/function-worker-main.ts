/**
 * Entry point of the worker thread: loads the bundle of a function and calls its handler. It
 * imports as little as possible, to start fast.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { setClock } from './worker-clock.ts';
import type { Invocation, WorkerMessage, WorkerStart } from './worker-protocol.ts';

const { bundleUrl, exportName, clock, nameServers }: WorkerStart = workerData;

try {
  if (clock) setClock(clock);
  if (nameServers) (await import('node:dns')).setServers(nameServers);
  const bundle: Readonly<Record<string, unknown>> = await import(bundleUrl);
  const handler = bundle[exportName];
  if (typeof handler !== 'function') throw new TypeError(`${exportName} is not a function of ${bundleUrl}`);
  parentPort?.on('message', (invocation: Invocation) => {
    void answer((event, context) => handler(event, context), invocation).then(send);
  });
  send({ kind: 'ready' });
} catch (error) {
  send({ kind: 'start-failed', ...describe(error) });
  // Stays alive until the parent ends it: an exit could overtake the message.
  parentPort?.on('message', () => undefined);
}

async function answer(
  handler: (event: unknown, context: unknown) => unknown,
  { event, context, deadlineAtEpochMs }: Invocation,
): Promise<WorkerMessage> {
  try {
    const getRemainingTimeInMillis = (): number => Math.max(0, deadlineAtEpochMs - Date.now());
    const response = await handler(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    return { kind: 'answered', response: JSON.stringify(response) ?? 'null' };
  } catch (error) {
    return { kind: 'failed', ...describe(error) };
  }
}

function describe(error: unknown): { errorType: string; errorMessage: string } {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message };
}

function send(message: WorkerMessage): void {
  // The message is text, so the transfer list is empty.
  parentPort?.postMessage(message, []);
}
