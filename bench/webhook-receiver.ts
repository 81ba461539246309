import { createServer } from 'node:https';
import { certificate, privateKey } from '../test/conformance/loopback-certificate.ts';

/** An HTTPS server on loopback that answers every request with 204. */
export interface WebhookReceiver {
  readonly url: string;
  /** Number of messages received so far. */
  readonly received: () => number;
  readonly stop: () => void;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  let received = 0;
  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    request.resume().once('end', () => {
      received += 1;
      response.writeHead(204).end();
    });
  });
  // The default of 5 s closes connections that are about to be reused.
  server.keepAliveTimeout = 600_000;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return {
    url: `https://127.0.0.1:${address.port}/webhooks`,
    received: () => received,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
