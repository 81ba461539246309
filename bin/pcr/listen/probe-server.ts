import { connect } from 'node:net';

const standardPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Returns false if the connection is refused: the server has not started yet. An attempt shows all
 * other problems.
 */
export function probeServer(url: string, timeoutMs: number): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(port) || (standardPorts[protocol] ?? 0), timeout: timeoutMs });
  const answer = (isThere: boolean) => () => {
    socket.destroy();
    resolve(isThere);
  };
  socket.on('connect', answer(true));
  socket.on('timeout', answer(true));
  socket.on('error', (error) => answer(!('code' in error && error.code === 'ECONNREFUSED'))());
  return promise;
}
