import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';

/** Answers a request of `pcr` that no AWS API has. @throws Error with a message for the user */
export type ControlRequest = (path: string, body: string) => Promise<object>;

export interface ControlDoor extends LoopbackServer {
  /** A caller with this token may change the simulated partner. */
  readonly token: string;
}

/**
 * Starts the door through which `pcr` finds and controls the local stage. Web pages that a browser
 * on this machine shows can reach the address, but do not know the token.
 */
export async function startControlDoor(answer: ControlRequest): Promise<ControlDoor> {
  const token = randomBytes(32).toString('base64url');
  const server = await startLoopbackServer((request, response) => {
    void respond(request, response, token, answer);
  });
  return { ...server, token };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  answer: ControlRequest,
): Promise<void> {
  const { method, url = '/', headers } = request;
  const body = await text(request).catch(() => '');
  const send = (status: number, content: object): void => {
    if (!response.destroyed)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  };
  if (!isEqual(headers.authorization ?? '', `Bearer ${token}`))
    return send(401, { message: 'The token is wrong.' });
  if (method === 'GET') return send(200, { pid: process.pid });
  try {
    send(200, await answer(url, body));
  } catch (error) {
    send(400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
