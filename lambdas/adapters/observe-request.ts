import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type AttemptProgress, addressText, connectionReason } from './failure-reason.ts';

/** More than the headers of an answer may have. */
const mostBytes = 128 * 1024;

export interface Observation {
  readonly progress: Readonly<AttemptProgress>;
  /** What has arrived on the connection since the request began. */
  readonly received: () => Buffer;
  readonly stop: () => void;
}

/** Follows a request up to its answer: which address is tried, how far it comes, what arrives. */
export function observeRequest(request: ClientRequest): Observation {
  const progress: AttemptProgress = { step: 'resolving', address: undefined, failed: [] };
  const chunks: Buffer[] = [];
  let bytes = 0;
  const keep = (chunk: Buffer): void => {
    if (bytes < mostBytes) chunks.push(chunk);
    bytes += chunk.length;
  };
  request.on('socket', (socket) => {
    // Before the parser of Node, whose errors end the request.
    socket.prependListener('data', keep);
    followConnection(socket, progress);
  });
  return {
    progress,
    received: () => Buffer.concat(chunks),
    stop: () => {
      request.socket?.off('data', keep);
      chunks.length = 0;
    },
  };
}

function followConnection(socket: Socket, progress: AttemptProgress): void {
  const answering = (): void => {
    const { remoteAddress, remotePort = 0 } = socket;
    if (remoteAddress !== undefined) progress.address = addressText(remoteAddress, remotePort);
    progress.step = 'answering';
  };
  if (!socket.connecting) return answering();
  socket.on('connectionAttempt', (address: string, port: number) => {
    progress.step = 'connecting';
    progress.address = addressText(address, port);
  });
  socket.on('connectionAttemptTimeout', (address: string, port: number) => {
    progress.failed.push(`${addressText(address, port)}: no connection in time`);
  });
  socket.on('connectionAttemptFailed', (address: string, port: number, _family: number, error: Error) => {
    progress.failed.push(connectionReason(error, { address: addressText(address, port) }));
  });
  socket.once('connect', () => {
    answering();
    if (socket instanceof TLSSocket) progress.step = 'securing';
  });
  socket.once('secureConnect', answering);
}
