import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import { type LoopbackServer, startLoopbackServer } from '../../loopback-server.ts';
import { malformedBody, unknownOperation, WireError } from './wire-error.ts';

export interface WireCall {
  readonly operation: string;
  readonly input: JsonObject;
  /** Time when the headers were read. The body may arrive later. */
  readonly arrivedAtMs: number;
  /** Closes the connection without an answer. */
  readonly hangUp: () => void;
}

/**
 * @returns the body, sent byte for byte; undefined leaves the call without an answer
 * @throws WireError that is sent to the client. Any other error is a bug and ends the process.
 */
export type CallHandler = (call: WireCall) => string | undefined;

/**
 * Serves the protocol of Partner Central Selling: AWS JSON 1.0 with the operation in
 * `x-amz-target`.
 */
export function startWireServer(
  answer: CallHandler,
  { port, nowMs = Date.now }: { readonly port?: number | undefined; readonly nowMs?: () => number } = {},
): Promise<LoopbackServer> {
  return startLoopbackServer((request, response) => void respond(request, response, answer, nowMs()), port);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: CallHandler,
  arrivedAtMs: number,
): Promise<void> {
  // A client that disconnects while it sends gets no answer.
  const requestBody = await text(request).catch(() => undefined);
  if (requestBody === undefined) return;
  const { status, body } = handleCall(request, requestBody, answer, arrivedAtMs);
  if (body === undefined || response.destroyed) return;
  response.writeHead(status, {
    // Recorded responses do not have x-amz-json-1.0.
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
  });
  response.end(body);
}

function handleCall(request: IncomingMessage, requestBody: string, answer: CallHandler, arrivedAtMs: number) {
  try {
    const call = {
      operation: operationOf(request),
      input: inputOf(requestBody),
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
  const actual = `${request.method} ${request.url}, x-amz-target "${target}"`;
  const expected = 'POST /, x-amz-target "AWSPartnerCentralSelling.<Operation>"';
  throw unknownOperation(`Expected ${expected}; got ${actual}`);
}

function inputOf(requestBody: string): JsonObject {
  const input = tryParseJson(requestBody);
  if (!isJsonObject(input)) throw malformedBody('The request body is not a JSON object');
  return input;
}
