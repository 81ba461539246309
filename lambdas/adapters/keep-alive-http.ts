import { Agent, type ClientRequest, type IncomingMessage, request as startHttp } from 'node:http';
import { Agent as SecureAgent, request as startHttps } from 'node:https';
import { buildQueryString, type HttpHandler, type HttpRequest, HttpResponse } from '@smithy/core/protocols';

/** Milliseconds. */
export interface HttpTimeouts {
  readonly connectionTimeout: number;
  /** From the beginning of the request until its whole answer is read. */
  readonly requestTimeout: number;
}

/** As in the SDK. */
const agentOptions = { keepAlive: true, maxSockets: 50 };

/**
 * Sends the requests of an SDK client, as the SDK's own handler does, over kept connections. It
 * reads each answer whole, and sets one timer for a request instead of up to four.
 */
export function keepAliveHttp(timeouts: HttpTimeouts): HttpHandler {
  const agent = new Agent(agentOptions);
  const secureAgent = new SecureAgent(agentOptions);
  const start = (request: HttpRequest, signal: AbortSignal | undefined): ClientRequest => {
    const { hostname: host, port, method } = request;
    // Node.js sends a flat list of names and values as it is, which takes less time than an object.
    const headers = Object.entries(request.headers).flat();
    const options = { host, port, method, path: pathOf(request), headers, signal };
    return request.protocol === 'https:'
      ? startHttps({ ...options, agent: secureAgent })
      : startHttp({ ...options, agent });
  };
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request, { abortSignal } = {}) => {
      const sent = start(request, abortSignal instanceof AbortSignal ? abortSignal : undefined);
      return { response: await answerTo(sent, request.body, timeouts) };
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => {
      agent.destroy();
      secureAgent.destroy();
    },
  };
}

function pathOf({ path, query }: HttpRequest): string {
  const text = buildQueryString(query);
  return text === '' ? path : `${path}?${text}`;
}

/** @throws Error `TimeoutError` without an answer or a connection: the SDK repeats such a call. */
function answerTo(
  sent: ClientRequest,
  body: string | Uint8Array | undefined,
  { connectionTimeout, requestTimeout }: HttpTimeouts,
): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const destroyAfter = (ms: number) =>
    setTimeout(() => sent.destroy(new TimeoutError(`no answer within ${ms} ms`)), ms);
  const timer = destroyAfter(requestTimeout);
  const fail = (error: Error): void => {
    clearTimeout(timer);
    reject(isLostConnection(error) ? new TimeoutError(error.message, { cause: error }) : error);
  };
  sent.on('error', fail);
  sent.on('socket', (socket) => {
    if (!socket.connecting) return;
    const connectionTimer = destroyAfter(connectionTimeout);
    sent.once('close', () => clearTimeout(connectionTimer));
    socket.once('connect', () => clearTimeout(connectionTimer));
  });
  sent.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', fail);
    response.on('end', () => {
      clearTimeout(timer);
      resolve(answerOf(response, Buffer.concat(chunks)));
    });
  });
  sent.end(body);
  return promise;
}

function answerOf({ statusCode = 0, rawHeaders }: IncomingMessage, body: Buffer): HttpResponse {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers[(rawHeaders[index] ?? '').toLowerCase()] = rawHeaders[index + 1] ?? '';
  return new HttpResponse({ statusCode, headers, body });
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

const lostConnection: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT']);

function isLostConnection(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && lostConnection.has(error.code);
}
