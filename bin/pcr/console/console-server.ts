import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { UsageError } from '../errors.ts';
import { type ConsoleDeps, consoleApp } from './app.ts';

export interface ConsoleServer {
  /** With the token in the fragment, which browsers send to no server. */
  readonly link: string;
  readonly stop: () => Promise<void>;
}

/**
 * Serves the console on the loopback interface.
 * @param wantedPort 0 chooses any free port
 * @throws UsageError if the port is in use; CommandError if the page is not built
 */
export async function startConsole(
  deps: Omit<ConsoleDeps, 'port'>,
  wantedPort: number,
): Promise<ConsoleServer> {
  let port = wantedPort;
  const app = consoleApp({ ...deps, port: () => port });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UsageError(
          `--port ${wantedPort}: cannot be used (${error.message}); allowed: a free port, or none`,
        ),
      ),
    );
    server.listen(wantedPort, '127.0.0.1', resolve);
  });
  port = portOf(server.address());
  return {
    link: `http://127.0.0.1:${port}/#token=${deps.token}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address !== 'object' || address === null) throw new TypeError('a server on a port');
  return address.port;
}
