/**
 * Imported before the bundle of a function: on request, collects garbage and reports the memory in
 * use.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, threadId } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const channel = new BroadcastChannel('function-memory');
/**
 * Bound here, because a channel between threads has no target origin, unlike one between windows.
 */
const post = channel.postMessage.bind(channel);
channel.addEventListener('message', (event) => {
  const isRequest = 'data' in event && event.data === 'report-memory';
  if (!isRequest || typeof collectGarbage !== 'function') return;
  collectGarbage();
  // Both figures concern only this thread.
  const { heapUsed, external } = process.memoryUsage();
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  post({ name, threadId, bytes: heapUsed + external });
});
// The channel must not keep the function running.
channel.unref();
