import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { certificate, privateKey } from './loopback-certificate.ts';

export interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Receiver {
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** Answers after the whole request was read. */
export type Answering = RequestListener;

export async function startHttpReceiver(answer: Answering): Promise<Receiver> {
  const received: Received[] = [];
  return listening(createHttpServer(recording(received, answer)), received);
}

/** @param options certificate and key. @default those of `localhost` */
export async function startHttpsReceiver(
  answer: Answering,
  options = { cert: certificate, key: privateKey },
): Promise<Receiver> {
  const received: Received[] = [];
  return listening(createHttpsServer(options, recording(received, answer)), received);
}

/** A server that answers with any bytes. */
export async function startTcpReceiver(talk: (socket: Socket) => void): Promise<Receiver> {
  return listening(createTcpServer(talk), []);
}

function recording(received: Received[], answer: Answering): RequestListener {
  const receive: (...call: Parameters<RequestListener>) => Promise<void> = async (request, response) => {
    const body = await buffer(request);
    received.push({ method: request.method, path: request.url, headers: request.headers, body });
    answer(request, response);
  };
  return (request, response) => void receive(request, response);
}

async function listening(server: Server, received: readonly Received[]): Promise<Receiver> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => undefined));
  });
  // Every address of this machine, IPv4 and IPv6, to notice any connection.
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    port: address.port,
    received,
    connections: () => connections,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
