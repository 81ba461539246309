import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { Attributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import type { StackTables } from '../stack-tables.ts';

/** The items of the Records table at one time, by their keys. */
export type Snapshot = ReadonlyMap<string, Attributes>;

export async function scanRecords({ client, names }: StackTables): Promise<Snapshot> {
  const items: Attributes[] = [];
  for await (const page of paginateScan({ client: client() }, { TableName: names.RECORDS_TABLE }))
    items.push(...(page.Items ?? []));
  return new Map(items.map((item) => [JSON.stringify(keysOf(item)), item]));
}

const keysOf = ({ pk, sk }: Attributes) => ({ pk, sk });

/** As AWS writes them: bytes are base64. */
function toLine(value: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part instanceof Uint8Array ? Buffer.from(part).toString('base64') : part,
  );
}

export function fullLines(snapshot: Snapshot): readonly string[] {
  return [...snapshot.values()].map((Item) => toLine({ Item }));
}

/**
 * The lines of an incremental export from one snapshot to the next: the newest image of each item
 * that changed, and the keys of each item that was deleted.
 * @param writtenAt microseconds since 1970
 */
export function incrementalLines(before: Snapshot, after: Snapshot, writtenAt: number): readonly string[] {
  const Metadata = { WriteTimestampMicros: { N: String(writtenAt) } };
  const written = [...after]
    .filter(([key, item]) => toLine(before.get(key) ?? {}) !== toLine(item))
    .map(([, item]) => toLine({ Metadata, Keys: keysOf(item), NewImage: item }));
  const deleted = [...before]
    .filter(([key]) => !after.has(key))
    .map(([, item]) => toLine({ Metadata, Keys: keysOf(item) }));
  return [...written, ...deleted];
}

export interface WrittenExport {
  /** Folder of the full export and the incremental ones after it. */
  readonly chain: string;
  readonly id: string;
  readonly kind: 'full' | 'incremental';
  readonly lines: readonly string[];
  /** Whether DynamoDB has written the manifests, which it does last. @default true */
  readonly isComplete?: boolean;
}

/**
 * Writes the files of an export below a folder, with the names and the contents that "DynamoDB
 * table export output format" describes.
 */
export function writeExport(
  folder: string,
  { chain, id, kind, lines, isComplete = true }: WrittenExport,
): void {
  const root = `records/${chain}/AWSDynamoDB`;
  const data = kind === 'full' ? `${root}/${id}/data` : `${root}/data`;
  for (const path of [data, `${root}/${id}`]) mkdirSync(join(folder, path), { recursive: true });
  const half = Math.ceil(lines.length / 2);
  // There is a file for each partition of the table. An empty partition has an empty one.
  const files = [lines.slice(0, half), lines.slice(half), []].map((part, index) => {
    const key = `${data}/${id}-${index}.json.gz`;
    writeFileSync(join(folder, key), gzipSync(part.map((line) => `${line}\n`).join('')));
    return { itemCount: part.length, md5Checksum: 'made-up', etag: 'made-up', dataFileS3Key: key };
  });
  writeFileSync(join(folder, root, id, '_started'), '');
  if (!isComplete) return;
  const manifest = files.map((file) => `${JSON.stringify(file)}\n`).join('');
  writeFileSync(join(folder, root, id, 'manifest-files.json'), manifest);
  writeFileSync(join(folder, root, id, 'manifest-files.md5'), 'bWFkZSB1cA==');
  writeFileSync(join(folder, root, id, 'manifest-summary.json'), JSON.stringify({ itemCount: lines.length }));
}
