import { existsSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createProcessFolder } from '../process-folder.ts';

/** The file of a database of dynoxide, in a folder that is removed at the end. */
export interface DynoxideDatabase {
  readonly file: string;
  /** Adds the index. Called once, when dynoxide has created its tables. */
  readonly indexStreams: () => void;
  readonly remove: () => void;
}

/** A file system in memory. Elsewhere dynoxide would wait for the disk at each write. */
const memory = '/dev/shm';
/** More than the stage writes in 100,000 events. Containers often have 64 MB. */
const leastFreeBytes = 2 ** 30;

/**
 * Dynoxide finds the last record and the next records of a stream by their sequence number, and has
 * no index for that: each write and each read of a stream searches all of its records. An index
 * that another connection adds to its SQLite file serves it too.
 * @returns undefined if this machine has no file system in memory with enough space. Then the
 *   database is in the memory of dynoxide, without the index.
 */
export function createDynoxideDatabase(folder: string = memory): DynoxideDatabase | undefined {
  if (!hasSpace(folder)) return undefined;
  const own = createProcessFolder(folder, 'partner-central-relay');
  const file = join(own, 'tables.db');
  return {
    file,
    indexStreams: () => {
      // Dynoxide may hold its lock at this moment.
      const database = new DatabaseSync(file, { timeout: 5_000 });
      try {
        database.exec(streamIndex);
      } finally {
        database.close();
      }
    },
    remove: () => rmSync(own, { recursive: true, force: true }),
  };
}

/** It contains every column that dynoxide's searches compare, so that they read no record. */
const streamIndex = `CREATE INDEX relay_stream_order ON _stream_records
  (table_name, CAST(sequence_number AS INTEGER), shard_id, sequence_number)`;

function hasSpace(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= leastFreeBytes;
}
