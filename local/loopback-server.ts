import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';

export interface LoopbackServer {
  readonly url: string;
  /** Ends the connections that wait for a next request. */
  readonly closeIdle: () => void;
  /** Also ends all open connections, including those that wait for an answer. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts an HTTP server on a loopback address.
 * @param port 0 selects any free port
 * @throws Error if the port is in use
 */
export async function startLoopbackServer(
  listener: RequestListener,
  port = 0,
  host: '127.0.0.1' | '::1' = '127.0.0.1',
): Promise<LoopbackServer> {
  return listenOnLoopback(createServer(listener), port, host);
}

/** @throws Error if the port is in use */
export async function listenOnLoopback(
  server: Server | SecureServer,
  port = 0,
  host: '127.0.0.1' | '::1' = '127.0.0.1',
): Promise<LoopbackServer> {
  // The default of 5 s closes connections that a client is about to reuse.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return {
    url: `http://${host === '::1' ? '[::1]' : host}:${address.port}`,
    closeIdle: () => server.closeIdleConnections(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
