import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { outcomeOfStatus } from '../core/delivery.ts';
import { maskTexts } from '../core/mask.ts';
import type { Answer } from '../ports/webhook-transport.ts';

/** At most this much of an answer is read, after decompression. */
const readBytes = 64 * 1024;
/** The first characters of an answer, and of a Location, are kept with the attempt. */
const keptCharacters = 512;

const decoders = new Map<string, () => NodeJS.ReadWriteStream>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

/** An answer up to its body. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Pick<IncomingHttpHeaders, 'retry-after' | 'location' | 'content-encoding'>;
}

/** Judges an answer by its status. A later error of the body does not change it. */
export function answerOf({ status, headers }: AnswerHead, secrets: readonly string[]): Answer {
  const outcome = outcomeOfStatus(status);
  const { location, 'retry-after': retryAfter } = headers;
  return {
    outcome,
    status,
    ...(location !== undefined && outcome === 'redirected' && { reason: redirectReason(location, secrets) }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** The values of a query are often secrets, its names are not. */
function redirectReason(location: string, secrets: readonly string[]): string {
  const [path = '', query] = maskTexts(location.replace(/#.*/s, ''), secrets)
    .replace(/\/\/[^/?]*@/, '//***@')
    .split(/\?(.*)/s);
  const masked = query === undefined ? '' : `?${query.replace(/=[^&]*/g, '=***')}`;
  return `redirects to ${`${path}${masked}`.slice(0, keptCharacters)}; redirects are not followed`;
}

/** Reads the start of a body as text, decompressed. Whatever fails ends it. */
export async function readStart(
  body: Readable,
  { 'content-encoding': encoding = '' }: AnswerHead['headers'],
  secrets: readonly string[],
): Promise<string> {
  const decoder = decoders.get(encoding.trim().toLowerCase())?.();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of decoder ? pipeline(body, decoder, () => undefined) : body) {
      if (!Buffer.isBuffer(chunk)) break;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= readBytes) break;
    }
  } catch {
    // The connection was cut, or the body is not what its header says: keep what has arrived.
  }
  const text = Buffer.concat(chunks).subarray(0, readBytes).toString('utf8');
  return maskTexts(text, secrets).slice(0, keptCharacters).toWellFormed();
}

const statusLine = /^HTTP\/\d\.\d ([1-5]\d\d)(?: .*)?$/;
const headerLine = /^([!#$%&'*+.^_`|~0-9a-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/i;

/**
 * Reads an answer that the strict parser of Node refuses, and whose connection it has closed.
 * Accepts folded headers, line ends without CR, and Content-Length given several times with one
 * value. Returns undefined for all else: control characters, lines that are not headers,
 * lengths that differ, and a length beside a Transfer-Encoding.
 */
export function parseOddAnswer(bytes: Buffer): { head: AnswerHead; body: Readable } | undefined {
  const text = bytes.toString('latin1');
  const end = /\r?\n\r?\n/.exec(text);
  const [first = '', ...lines] = text
    .slice(0, end?.index ?? Math.max(0, text.lastIndexOf('\n')))
    .replace(/\r$/, '')
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const status = Number(statusLine.exec(first)?.[1]);
  const pairs = lines.map((line) => headerLine.exec(line));
  if (Number.isNaN(status) || pairs.includes(null)) return undefined;
  const valuesOf = (name: string) =>
    pairs.flatMap((pair) => (pair?.[1]?.toLowerCase() === name ? [pair[2] ?? ''] : []));
  const lengths = new Set(valuesOf('content-length').flatMap((value) => value.trim().split(/\s*,\s*/)));
  const [length] = lengths;
  if (lengths.size > 1 || (length !== undefined && !/^\d+$/.test(length))) return undefined;
  if (length !== undefined && valuesOf('transfer-encoding').length > 0) return undefined;
  const header = (name: string) => valuesOf(name)[0]?.trim();
  const headers = {
    'retry-after': header('retry-after'),
    location: header('location'),
    'content-encoding': header('content-encoding'),
  };
  const from = end ? end.index + end[0].length : bytes.length;
  const body = bytes.subarray(from, length === undefined ? undefined : from + Number(length));
  return { head: { status, headers }, body: Readable.from([body]) };
}
