import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLoopbackServer } from '../local/loopback-server.ts';

/** A request of the SDK to a service that names the operation in a header. */
export interface RecordedCall {
  /** The value of `X-Amz-Target`. */
  readonly target: string;
  readonly body: string;
}

/** Stands before a service, passes everything on, and remembers the calls in their order. */
export interface Recorder {
  readonly url: string;
  /** Returns the calls since the last time. */
  readonly take: () => readonly RecordedCall[];
  readonly stop: () => Promise<void>;
}

export async function startRecorder(serviceUrl: string): Promise<Recorder> {
  const agent = new Agent({ keepAlive: true });
  let calls: RecordedCall[] = [];
  const passOn = async (incoming: IncomingMessage, response: ServerResponse) => {
    const body = await text(incoming);
    calls.push({ target: String(incoming.headers['x-amz-target']), body });
    const { method, headers } = incoming;
    const passedOn = request(new URL(incoming.url ?? '/', serviceUrl), { agent, method, headers });
    passedOn.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passedOn.on('error', () => response.destroy());
    passedOn.end(body);
  };
  const { url, stop } = await startLoopbackServer((incoming, response) => void passOn(incoming, response));
  return {
    url,
    take: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    stop: async () => {
      await stop();
      agent.destroy();
    },
  };
}

/** `3.0 PutItem, 0.7 GetItem`: how many calls of each operation an event takes. */
export function callsPerEvent(calls: readonly RecordedCall[], events: number): string {
  const counts = new Map<string, number>();
  for (const { target } of calls) {
    const operation = target.slice(target.indexOf('.') + 1);
    counts.set(operation, (counts.get(operation) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([operation, count]) => `${(count / events).toFixed(2)} ${operation}`)
    .join(', ');
}
