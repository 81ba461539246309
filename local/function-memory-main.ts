/**
 * Imported before the bundle of a function: on request, collects garbage and reports the memory in
 * use, or keeps memory.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, threadId } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
const kept: number[][] = [];

const channel = new BroadcastChannel('function-memory');
/**
 * Bound here, because a channel between threads has no target origin, unlike one between windows.
 */
const post = channel.postMessage.bind(channel);
channel.addEventListener('message', (event) => {
  const request = 'data' in event ? event.data : undefined;
  // Eight bytes a number.
  if (request === `keep-memory ${name}`) kept.push(Array.from({ length: 125_000 }, (_, index) => index / 2));
  if (request !== 'report-memory' || typeof collectGarbage !== 'function') return;
  collectGarbage();
  // Both figures concern only this thread.
  const { heapUsed, external } = process.memoryUsage();
  post({ name, threadId, bytes: heapUsed + external });
});
// The channel must not keep the function running.
channel.unref();
