import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { type LoopbackServer, startLoopbackServer } from '../../loopback-server.ts';
import { unknownOperation, unreadable, WireError } from './wire-error.ts';

export interface WireCall {
  readonly operation: string;
  readonly input: JsonObject;
  /** When the request's headers were read: its body may come later, and the answer waits for other work. */
  readonly arrivedAtMs: number;
  /** Ends the connection without an answer. */
  readonly hangUp: () => void;
}

/**
 * @returns the body, sent byte for byte; undefined leaves the call without an answer.
 * @throws WireError what the client gets instead. Anything else is a bug of ours and ends the process.
 */
export type AnswerCall = (call: WireCall) => string | undefined;

/** HTTP as Partner Central Selling speaks it: AWS JSON 1.0, `POST /`, the operation in `x-amz-target`. */
export function startWireServer(
  answer: AnswerCall,
  { port, nowMs = Date.now }: { readonly port?: number | undefined; readonly nowMs?: () => number } = {},
): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => void respond(request, response, answer, nowMs()), port);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: AnswerCall,
  arrivedAtMs: number,
): Promise<void> {
  // A client that goes away while it sends gets no answer.
  const sent = await text(request).catch(() => undefined);
  if (sent === undefined) return;
  const { status, body } = outcomeOf(request, sent, answer, arrivedAtMs);
  if (body === undefined || response.destroyed) return;
  response.writeHead(status, {
    // Not x-amz-json-1.0: recorded so.
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

function outcomeOf(request: IncomingMessage, sent: string, answer: AnswerCall, arrivedAtMs: number) {
  try {
    const call = {
      operation: operationOf(request),
      input: inputOf(sent),
      arrivedAtMs,
      hangUp: () => request.socket.destroy(),
    };
    return { status: 200, body: answer(call) };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { status: error.status, body: JSON.stringify(error.body) };
  }
}

function operationOf(request: IncomingMessage): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  const operation = /^AWSPartnerCentralSelling\.(\w+)$/.exec(target)?.[1];
  if (request.method === 'POST' && request.url === '/' && operation) return operation;
  const got = `${request.method} ${request.url}, x-amz-target "${target}"`;
  throw unknownOperation(`expected POST /, x-amz-target "AWSPartnerCentralSelling.<Operation>"; got ${got}`);
}

function inputOf(sent: string): JsonObject {
  const input = parsed(sent);
  if (!isJsonObject(input)) throw unreadable('the request body is not a JSON object');
  return input;
}

function parsed(sent: string): unknown {
  try {
    return JSON.parse(sent);
  } catch {
    return undefined;
  }
}
