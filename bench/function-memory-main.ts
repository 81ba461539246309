/** Put before the bundle of a function: tells what the function holds in memory, once all that is garbage is gone. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, threadId } from 'node:worker_threads';

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

const channel = new BroadcastChannel('function-memory');
/** A channel between threads has no origin to name, as one between windows has. */
const tell = channel.postMessage.bind(channel);
channel.addEventListener('message', (event) => {
  const isAsked = 'data' in event && event.data === 'asked';
  if (!isAsked || typeof collectGarbage !== 'function') return;
  collectGarbage();
  // Of this thread alone, both.
  const { heapUsed, external } = process.memoryUsage();
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  tell({ name, threadId, bytes: heapUsed + external });
});
// A function must not be kept awake by it.
channel.unref();
