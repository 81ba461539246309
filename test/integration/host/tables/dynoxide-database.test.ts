import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  createDynoxideDatabase,
  type DynoxideDatabase,
} from '../../../../local/host/tables/dynoxide-database.ts';
import packageJson from '../../../../package.json' with { type: 'json' };
import { createLoadedDatabase } from './loaded-database.ts';

/** How SQLite answers a query of dynoxide, in its own words. */
function planOf({ file }: DynoxideDatabase, query: string): string {
  const database = new DatabaseSync(file);
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all();
  database.close();
  return JSON.stringify(steps);
}

/** The release whose SQL is copied below, from src/storage.rs, and in loaded-database.ts. */
const copiedFrom = '1.2.1';
const nextNumber =
  'SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1';
const nextRecords = `SELECT event_name, keys_json, new_image, old_image, sequence_number, created_at, user_identity
  FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3
  ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4`;
const rangeOfShard =
  'SELECT MIN(sequence_number), MAX(sequence_number) FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2';

describe('the database of dynoxide', () => {
  it('is tested with the SQL of the release that package.json names', () => {
    expect(
      packageJson.optionalDependencies['@dynoxide/linux-x64'],
      'another release of dynoxide: compare its SQL of _stream_records (src/storage.rs, src/storage_backend/sql_builders.rs) with the copies in dynoxide-database.test.ts and loaded-database.ts, copy what differs, then change copiedFrom',
    ).toBe(copiedFrom);
  });

  it.for([
    ['the next number of a stream', nextNumber],
    ['the next records of a shard', nextRecords],
    ['the first and last number of a shard', rangeOfShard],
  ] as const)('has an index for %s, so that no write reads the whole stream', async ([, query], context) => {
    const database = await createLoadedDatabase(context);
    expect(planOf(database, query)).toMatch(/SEARCH .* relay_stream_order \(table_name=/);
  });

  it('needs no sort for the next records, so that a read of a long stream ends at its limit', async (context) => {
    const database = await createLoadedDatabase(context);
    expect(planOf(database, nextRecords)).not.toContain('TEMP B-TREE');
  });

  it('is not created where there is no file system in memory', () => {
    expect(createDynoxideDatabase(join(tmpdir(), 'relay-no-such-folder'))).toBeUndefined();
  });

  it('is removed with its folder', () => {
    const parent = mkdtempSync(join(tmpdir(), 'relay-database-'));
    const database = createDynoxideDatabase(parent);
    expect(existsSync(dirname(database?.file ?? ''))).toBe(true);
    database?.remove();
    expect(existsSync(dirname(database?.file ?? ''))).toBe(false);
    rmSync(parent, { recursive: true });
  });
});
