import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'vitest';
import {
  createDynoxideDatabase,
  type DynoxideDatabase,
} from '../../../../local/host/tables/dynoxide-database.ts';

/** The table of streams as dynoxide 1.2.1 creates it, in src/storage_backend/sql_builders.rs. */
const streamRecords = `CREATE TABLE _stream_records (
  id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, event_name TEXT NOT NULL,
  keys_json TEXT NOT NULL, new_image TEXT, old_image TEXT, sequence_number TEXT NOT NULL,
  shard_id TEXT NOT NULL, created_at INTEGER NOT NULL, user_identity TEXT)`;

/** A database with the table of dynoxide and our index. It is removed at the end of the test. */
export async function createLoadedDatabase({ onTestFinished }: TestContext): Promise<DynoxideDatabase> {
  const parent = mkdtempSync(join(tmpdir(), 'relay-database-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const database = createDynoxideDatabase(parent);
  if (database === undefined) throw new Error(`${parent} has no space for a database`);
  const connection = new DatabaseSync(database.file);
  connection.exec(streamRecords);
  connection.close();
  database.indexStreams();
  return database;
}
