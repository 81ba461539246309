import { createServer, type RequestListener } from 'node:http';

export interface LoopbackServer {
  readonly url: string;
  /** Ends open connections too, those still waiting for an answer included. */
  readonly stop: () => Promise<void>;
}

/**
 * HTTP on 127.0.0.1.
 * @param port 0 is any free port
 * @throws Error when the port is taken
 */
export async function startLoopbackServer(listener: RequestListener, port = 0): Promise<LoopbackServer> {
  const server = createServer(listener);
  // The default of 5 s resets connections that a client keeps and is about to use again.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
