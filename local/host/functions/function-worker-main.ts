/** Runs inside the worker thread: loads a function's bundle and calls its handler. Types only are imported, to start fast. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Invocation, WorkerClock, WorkerMessage, WorkerStart } from './worker-protocol.ts';

const { bundleUrl, exportName, clock }: WorkerStart = workerData;

try {
  if (clock) setClock(clock);
  const bundle: Readonly<Record<string, unknown>> = await import(bundleUrl);
  const handler = bundle[exportName];
  if (typeof handler !== 'function') throw new TypeError(`${exportName} is not a function of ${bundleUrl}`);
  parentPort?.on('message', (invocation: Invocation) => {
    void answer((event, context) => handler(event, context), invocation).then(say);
  });
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'start-failed', ...describe(error) });
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

/** In this thread alone, before the bundle is loaded: `Date.now()`, `new Date()` and `Date()` tell another time. */
function setClock({ skewMs, passedMs }: WorkerClock): void {
  const RealDate = Date;
  const now = (): number => RealDate.now() + skewMs + Atomics.load(passedMs, 0);
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, asked) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, asked),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
}

function describe(error: unknown): { errorType: string; errorMessage: string } {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message };
}

function say(message: WorkerMessage): void {
  // Nothing is transferred: all of it is text.
  parentPort?.postMessage(message, []);
}
