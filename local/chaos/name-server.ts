import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** How a query is answered: with the address 127.0.0.1, with an error, or not at all. */
export type NameAnswer = 'found' | 'no-such-name' | 'server-failure' | 'silent';

export interface NameServer {
  /** `127.0.0.1:<port>` */
  readonly address: string;
  readonly stop: () => void;
}

/** Offsets and values of RFC 1035. */
const headerBytes = 12;
const flagsOf: Readonly<Record<Exclude<NameAnswer, 'silent'>, number>> = {
  found: 0x8180,
  'server-failure': 0x8182,
  'no-such-name': 0x8183,
};
const typeA = 1;
const addressRecord = Buffer.from([0xc0, 0x0c, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1]);

/** A DNS server on loopback. Every name has the IPv4 address 127.0.0.1 and no other. */
export async function startNameServer(answerNow: (name: string) => NameAnswer): Promise<NameServer> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const answer = answerNow(nameIn(query));
    if (answer !== 'silent') socket.send(responseTo(query, answer), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, stop: () => void socket.close() };
}

/** The name in question: labels, each after its length, until a length of 0. */
function nameIn(query: Buffer): string {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return labels.join('.').toLowerCase();
}

function responseTo(query: Buffer, answer: Exclude<NameAnswer, 'silent'>): Buffer {
  const typeAt = query.indexOf(0, headerBytes) + 1;
  const response = Buffer.from(query.subarray(0, typeAt + 4));
  const records = answer === 'found' && query.readUInt16BE(typeAt) === typeA ? [addressRecord] : [];
  response.writeUInt16BE(flagsOf[answer], 2);
  response.writeUInt16BE(records.length, 6);
  response.writeUInt32BE(0, 8);
  return Buffer.concat([response, ...records]);
}
